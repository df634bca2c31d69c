import type { AgentId } from "../../../contract/agent-id.ts";
import type { Binding } from "./agent.ts";
import { type Claims, claimText } from "./claims.ts";

/** Binding as the index stores it, under the value of the issuer's pin: one read finds every candidate. */
export interface BoundAgent {
  readonly agent: AgentId;
  readonly claims: Readonly<Record<string, string>>;
}

/**
 * Lists the agents whose required claims the token has, each once. More than one is a fault of the bindings: the caller
 * must refuse.
 */
export const agentsBoundTo = (claims: Claims, candidates: readonly BoundAgent[]): readonly AgentId[] => [
  ...new Set(candidates.filter((candidate) => carries(claims, candidate.claims)).map((candidate) => candidate.agent)),
];

/** True where one of the bindings makes a token of the issuer with these claims the agent's own. */
export const isBoundBy = (bindings: readonly Binding[], issuer: string, claims: Claims): boolean =>
  bindings.some((binding) => binding.issuer === issuer && carries(claims, binding.claims));

/** True where some token could match both bindings: always, unless they require two different values of one claim. */
export const overlap = (a: Binding["claims"], b: Binding["claims"]): boolean =>
  !Object.entries(a).some(([name, value]) => Object.hasOwn(b, name) && b[name] !== value);

/**
 * Lists the bindings of other agents that share a possible token with one of these bindings. An agent of the same id is
 * an earlier registration, which `agent_exists` refuses.
 */
export const clashing = (
  bound: readonly BoundAgent[],
  agent: AgentId,
  bindings: readonly Pick<Binding, "claims">[],
): readonly BoundAgent[] =>
  bound.filter((other) => other.agent !== agent && bindings.some(({ claims }) => overlap(other.claims, claims)));

const carries = (claims: Claims, required: Readonly<Record<string, string>>): boolean =>
  Object.entries(required).length > 0 &&
  Object.entries(required).every(([name, value]) => claimText(claims, name) === value);
