import type * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import { CONNECTOR_ACTIONS } from "../../connectors/connectors.ts";
import type { Catalogue } from "../../core/catalogue/catalogue.ts";
import type { ReadPolicy } from "../read/parse-policies.ts";
import { type Clause, isNever } from "./clauses.ts";
import { mayShareActions, namedActions } from "./heads.ts";
import { withFacts } from "./unreachable.ts";

export interface RuleClauses {
  readonly rule: ReadPolicy;
  readonly clauses: readonly Clause[];
}

/** True unless no call can match both, whoever makes it. */
export const mayMeet = (one: RuleClauses, other: RuleClauses, catalogue: Catalogue): boolean =>
  mayShareActions(one.rule.json, other.rule.json, catalogue) &&
  mayShareTypes(one.rule.json, other.rule.json) &&
  one.clauses.some((a) => other.clauses.some((b) => mayHoldTogether(a, b)));

/** True unless the two clauses contradict each other. */
export const mayHoldTogether = (one: Clause, other: Clause): boolean =>
  !isNever(withFacts({ must: [...one.must, ...other.must], mustNot: [...one.mustNot, ...other.mustNot] }));

/** True unless the two are about different types of resources. */
function mayShareTypes(one: cedar.PolicyJson, other: cedar.PolicyJson): boolean {
  const [own, others] = [typesOf(one), typesOf(other)];
  return own === undefined || others === undefined || own.some((type) => others.includes(type));
}

/** Lists the types of resources of a rule, by its head or by its named actions; undefined for any type. */
function typesOf(json: cedar.PolicyJson): readonly string[] | undefined {
  if (json.resource.op === "is") return [json.resource.entity_type];
  return namedActions(json)?.flatMap(
    (name) => CONNECTOR_ACTIONS.get(name)?.resource ?? (name === "tool:Call" ? "Tool" : OTHERS),
  );
}

/** Types of resources of any other action. A group of a connector's actions counts as any of them. */
const OTHERS = ["AWS::Resource", "AWS::Account", ...[...CONNECTOR_ACTIONS.values()].map(({ resource }) => resource)];
