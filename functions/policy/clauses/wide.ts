import type { Catalogue } from "../../core/catalogue/catalogue.ts";
import { mintingReason } from "../../core/catalogue/minting/minting.ts";
import { type Finding, finding } from "../read/finding.ts";
import type { ReadPolicy } from "../read/parse-policies.ts";
import { clausesOf, type Fact } from "./clauses.ts";
import { awsAction, namedActions } from "./heads.ts";

/** Finds permits that grant more than a task's work: actions that mint, and permits that name no resource. */
export function wide(read: ReadPolicy, catalogue: Catalogue): readonly Finding[] {
  const { json, policy, source } = read;
  if (policy.effect !== "permit" || (json.principal.op === "is" && json.principal.entity_type === "User")) return [];
  const at = { ...source.spot(), policy: policy.id };
  const actions = namedActions(json);
  const findings = (actions ?? []).flatMap((name) => minting(name, read, catalogue));
  if (actions === undefined)
    findings.push(finding("every_action", at, "it permits every action that mints nothing; name actions or groups"));
  if (isUnbounded(json, actions, catalogue))
    findings.push(
      finding(
        "every_resource",
        at,
        "it permits its actions on every resource of every account; bound it by resource.arn, resource.account or a tag",
      ),
    );
  return findings;
}

function minting(name: string, { policy, source }: ReadPolicy, catalogue: Catalogue): readonly Finding[] {
  const action = awsAction(name, catalogue);
  const why = action && mintingReason(action.service, name.slice(action.service.length + 1), action.levels);
  if (why === undefined) return [];
  const { outlives } = policy.annotations;
  const at = { ...source.spotOfAction(name), policy: policy.id };
  if (outlives === undefined)
    return [
      finding("outlives_missing", at, `${name} is never granted without @outlives("why this is meant"), since ${why}`),
    ];
  return outlives === ""
    ? [finding("outlives_unexplained", at, `it hands out ${name}: ${why}; say in @outlives("...") why that is meant`)]
    : [finding("mints", at, `it hands out ${name}: ${why}. Meant: ${outlives}`)];
}

const namesResource = ({ about }: Fact): boolean => /resource\.(arn|account|tags)/.test(about);

/** True where a clause of the conditions has nothing that bounds the resource. @param bounds true for a condition that bounds it. */
export function isUnbounded(
  json: ReadPolicy["json"],
  actions: readonly string[] | undefined,
  catalogue: Catalogue,
  bounds = namesResource,
): boolean {
  const isOfAws =
    json.resource.op === "All" ||
    (json.resource.op === "is" && ["AWS::Resource", "AWS::Account"].includes(json.resource.entity_type));
  if (!isOfAws || actions?.every((name) => !awsAction(name, catalogue) && !/:(List|Read|Write)$/.test(name)))
    return false;
  return clausesOf(json)?.some(({ must }) => !must.some(bounds)) ?? false;
}
