import type { Catalogue } from "../../functions/core/catalogue/catalogue.ts";
import { mintingReason } from "../../functions/core/catalogue/minting/minting.ts";
import type { ReadPolicy } from "../../scripts/parse-policies.ts";
import { clausesOf } from "./clauses.ts";
import type { Finding } from "./finding.ts";
import { awsAction, namedActions } from "./heads.ts";

/** Permits that hand out more than a task's work: what mints, and what names no resource at all. */
export function wide({ json, policy, file }: ReadPolicy, catalogue: Catalogue): readonly Finding[] {
  if (policy.effect !== "permit" || (json.principal.op === "is" && json.principal.entity_type === "User")) return [];
  const at = { file, policy: policy.id };
  const actions = namedActions(json);
  return [
    ...(actions ?? []).flatMap((name) => minting(name, policy.annotations.outlives, at, catalogue)),
    ...(actions === undefined
      ? [
          {
            level: "warning",
            code: "every-action",
            ...at,
            message: "it permits every action that mints nothing; name actions or groups",
          } as const,
        ]
      : []),
    ...(isUnbounded(json, actions, catalogue)
      ? [
          {
            level: "warning",
            code: "every-resource",
            ...at,
            message:
              "it permits its actions on every resource of every account; bound it by resource.arn, resource.account or a tag",
          } as const,
        ]
      : []),
  ];
}

type At = Pick<Finding, "file" | "policy">;

function minting(name: string, outlives: string | undefined, at: At, catalogue: Catalogue): readonly Finding[] {
  const action = awsAction(name, catalogue);
  const why = action && mintingReason(action.service, name.slice(action.service.length + 1), action.levels);
  if (why === undefined) return [];
  if (outlives === undefined)
    return [
      {
        level: "warning",
        code: "mints-nothing",
        ...at,
        message: `${name} is never granted without @outlives("why this is meant"), since ${why}`,
      },
    ];
  return outlives === ""
    ? [
        {
          level: "warning",
          code: "mints",
          ...at,
          message: `it hands out ${name}: ${why}; say in @outlives("...") why that is meant`,
        },
      ]
    : [{ level: "note", code: "mints", ...at, message: `it hands out ${name}: ${why}. Meant: ${outlives}` }];
}

/** Whether some way to meet the conditions says nothing of the resource. */
function isUnbounded(json: ReadPolicy["json"], actions: readonly string[] | undefined, catalogue: Catalogue): boolean {
  const isOfAws =
    json.resource.op === "All" ||
    (json.resource.op === "is" && ["AWS::Resource", "AWS::Account"].includes(json.resource.entity_type));
  if (!isOfAws || actions?.every((name) => !awsAction(name, catalogue) && !/:(List|Read|Write)$/.test(name)))
    return false;
  return (
    clausesOf(json)?.some(({ must }) => !must.some(({ about }) => /resource\.(arn|account|tags)/.test(about))) ?? false
  );
}
