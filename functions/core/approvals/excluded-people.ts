import type { Registration } from "../identity/agent.ts";
import type { Issuer } from "../identity/issuer.ts";
import { type Person, personNamed } from "../identity/person.ts";
import { shapersAt } from "../identity/shapers.ts";
import { type NeededVotes, votesIn } from "../policy/needed-votes.ts";
import type { Excluded } from "./fill-slots.ts";

/** Facts of an agent by which people are excluded from its approvals. */
export type Shaped = Pick<Registration, "owner" | "shapers">;

/**
 * Lists the people who may not vote on a request: its own person, and the shapers of the agent and of agents above it.
 * An owner that is no known person could be anybody, and so could an unknown registrant. All people of every people's
 * issuer are then excluded.
 * @param agents the task's own agent and the agents above it; undefined for one that is not registered any more.
 * @param persons people on whose behalf the task and the tasks above it act.
 * @param nowSeconds epoch seconds.
 */
export function excludedPeople(
  agents: readonly (Shaped | undefined)[],
  persons: readonly Person[],
  needed: readonly NeededVotes[],
  issuers: readonly Pick<Issuer, "name" | "kind">[],
  nowSeconds: number,
): Excluded {
  const named = (text: string) => personNamed(text, issuers);
  const shapers = agents.flatMap((agent) =>
    agent?.shapers ? shapersAt(agent.shapers, nowSeconds).map(({ by }) => named(by)) : [undefined],
  );
  const registrants = agents.flatMap((agent) =>
    (agent?.shapers ?? []).filter(({ registered }) => registered).map(({ by }) => named(by)),
  );
  const owners = agents.map((agent) => agent && named(agent.owner));
  // With two votes an owner may give one of them, so an unknown owner excludes nobody there.
  const unknown = shapers.includes(undefined) || (votesIn(needed) < 2 && owners.includes(undefined));
  return {
    people: [...persons, ...shapers.filter((person) => person !== undefined)],
    actedFor: persons,
    registrants: registrants.filter((person) => person !== undefined),
    owners: owners.filter((person) => person !== undefined),
    unresolvedIssuers: unknown ? issuers.filter(({ kind }) => kind === "people").map(({ name }) => name) : [],
  };
}
