import { isEnforced } from "../../../functions/core/policy/enforced.ts";
import { obligationsOf } from "../../../functions/core/policy/obligations.ts";
import { namedActions } from "../../../functions/policy/clauses/heads.ts";
import { pathsIn } from "../../../functions/policy/clauses/subject.ts";
import { type Finding, finding } from "../../../functions/policy/read/finding.ts";
import type { ReadPolicy } from "../../../functions/policy/read/parse-policies.ts";

const READS_BY_ARN = "secretsmanager:GetSecretValue";
const READS_BY_NAME = "secret:Read";

/** Finds rules that apply only to the request for credentials, or to one of two ways to a resource, where a reader may expect more. */
export function besides(policies: readonly ReadPolicy[]): readonly Finding[] {
  const enforced = policies.filter(({ policy }) => isEnforced(policy));
  return [...enforced.flatMap(addressProblems), ...enforced.flatMap(purposeProblems), ...secretProblems(enforced)];
}

/** Finds rules on the purpose of a request. The agent writes this text itself, so a manipulated agent writes whatever the rule needs. */
function purposeProblems({ json, policy, source }: ReadPolicy): readonly Finding[] {
  if (!pathsIn(json.conditions).includes("context.purpose")) return [];
  const how = policy.effect === "permit" ? "whoever wants this types it" : "whoever would avoid this types another";
  const message = `it goes by context.purpose, the agent's own word: ${how}; go by labels, claims or the resource`;
  return [finding("purpose_is_the_agents_own_word", { ...source.spotOf("purpose"), policy: policy.id }, message)];
}

/** Finds permits on the source address without `@bindIp`. The address is that of the request for credentials; unbound sessions work from any address. */
function addressProblems({ json, policy, source }: ReadPolicy): readonly Finding[] {
  const { bindIp } = obligationsOf(policy.annotations);
  if (policy.effect !== "permit" || bindIp || !pathsIn(json.conditions).includes("context.sourceIp")) return [];
  const message = "it looks at the address of the request, and its sessions work from any other as well; add @bindIp";
  return [finding("address_unbound", { ...source.spotOf("sourceIp"), policy: policy.id }, message)];
}

/** Finds forbids on reading secrets by ARN where permits allow reading by name (`secret:Read`), which such a forbid does not cover. */
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
