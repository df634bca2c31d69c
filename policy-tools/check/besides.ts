import { obligationsOf } from "../../functions/core/policy/obligations.ts";
import { type Finding, finding } from "../read/finding.ts";
import type { ReadPolicy } from "../read/parse-policies.ts";
import { namedActions } from "./heads.ts";
import { pathsIn } from "./subject.ts";

const READS_BY_ARN = "secretsmanager:GetSecretValue";
const READS_BY_NAME = "secret:Read";

/** Rules that hold at the request for credentials, or for one way to a thing, where a reader would believe that they hold for more. */
export function besides(policies: readonly ReadPolicy[]): readonly Finding[] {
  const enforced = policies.filter(({ policy }) => policy.annotations.mode !== "shadow");
  return [...enforced.flatMap(addressProblems), ...secretProblems(enforced)];
}

/** The address that a policy sees is that of the request for credentials: sessions work from any, unless the permit binds them. */
function addressProblems({ json, policy, source }: ReadPolicy): readonly Finding[] {
  const { bindIp } = obligationsOf(policy.annotations);
  if (policy.effect !== "permit" || bindIp || !pathsIn(json.conditions).includes("context.sourceIp")) return [];
  const message = "it looks at the address of the request, and its sessions work from any other as well; add @bindIp";
  return [finding("address_unbound", { ...source.spotOf("sourceIp"), policy: policy.id }, message)];
}

/** A managed secret is read under its name (`secret:Read`), whatever forbids say of its ARN. */
function secretProblems(policies: readonly ReadPolicy[]): readonly Finding[] {
  const names = ({ json }: ReadPolicy) => namedActions(json) ?? [];
  if (!policies.some((each) => each.policy.effect === "permit" && names(each).includes(READS_BY_NAME))) return [];
  return policies
    .filter((each) => each.policy.effect === "forbid" && names(each).includes(READS_BY_ARN))
    .map(({ policy, source }) =>
      finding(
        "secret_by_name",
        { ...source.spotOfAction(READS_BY_ARN), policy: policy.id },
        `a permit hands out secrets by name, which this does not forbid; forbid ${READS_BY_NAME} too, by resource.name`,
      ),
    );
}
