import { nearest } from "../../../functions/core/catalogue/nearest.ts";
import { pathOf } from "../../../functions/policy/clauses/subject.ts";
import { type Finding, finding } from "../../../functions/policy/read/finding.ts";
import type { ReadPolicy } from "../../../functions/policy/read/parse-policies.ts";
import { entitiesIn, isNode, nodesIn } from "../../../functions/policy/read/policy-nodes.ts";
import type { KnownAgent } from "./known-agents.ts";

/** Name of a team, an agent or a label in a policy. */
interface Named {
  readonly kind: "team" | "agent" | "label";
  readonly name: string;
  /** Text in the policy. */
  readonly text: string;
}

/** Finds names that no known agent has, which are mostly misspelt. Finds nothing where no agent is known. */
export function nobodyHas(policies: readonly ReadPolicy[], agents: readonly KnownAgent[]): readonly Finding[] {
  if (agents.length === 0) return [];
  const known = {
    team: [...new Set(agents.map(({ team }) => team))],
    agent: [...new Set(agents.map(({ id }) => id))],
    label: [...new Set(agents.flatMap(({ labels }) => labels))],
  };
  return policies.flatMap(({ json, policy, source }) => {
    const unknown = namedIn(json).filter(({ kind, name }) => !known[kind].includes(name));
    return [...new Map(unknown.map((each) => [each.text, each])).values()].map(({ kind, name, text }) => {
      const meant = nearest(name, known[kind]);
      const instead = meant === undefined ? "" : `; did you mean ${JSON.stringify(meant)}?`;
      const message = `agents.yaml and the cases have no ${kind} ${JSON.stringify(name)}${instead}`;
      return finding("nobody_has", { ...source.spotOf(text), policy: policy.id }, message);
    });
  });
}

const KINDS: Readonly<Record<string, Named["kind"]>> = {
  "principal.team": "team",
  "principal.id": "agent",
  "context.delegation.chain": "agent",
  "principal.labels": "label",
};

function namedIn(json: ReadPolicy["json"]): readonly Named[] {
  const entities = entitiesIn(json).flatMap(({ type, id }): readonly Named[] => {
    const text = `${type}::${JSON.stringify(id)}`;
    return type === "Team" || type === "Agent" ? [{ kind: type === "Team" ? "team" : "agent", name: id, text }] : [];
  });
  // Skips policies on people, which compare ids of people in the same way.
  const isOfPeople = json.principal.op === "is" && json.principal.entity_type === "User";
  const compared = isOfPeople ? [] : nodesIn(json.conditions).flatMap(comparedIn);
  return [...entities, ...compared];
}

/** Lists the names in `principal.team == "data"`, `["a", "b"].contains(principal.id)`, `principal.labels.contains("deployer")`. */
function comparedIn(node: Readonly<Record<string, unknown>>): readonly Named[] {
  return ["==", "!=", "contains", "containsAny", "containsAll"].flatMap((operator) => {
    const operands = node[operator];
    if (!isNode(operands)) return [];
    const sides = [operands.left, operands.right];
    const kind = sides.map((side) => KINDS[pathOf(side) ?? ""]).find((each) => each !== undefined);
    if (kind === undefined) return [];
    return sides
      .flatMap((side) => (isNode(side) && Array.isArray(side.Set) ? side.Set : [side]))
      .flatMap((side: unknown) => (isNode(side) && typeof side.Value === "string" ? [side.Value] : []))
      .map((name) => ({ kind, name, text: JSON.stringify(name) }));
  });
}
