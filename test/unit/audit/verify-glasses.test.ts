import { describe, expect, it } from "vitest";
import { verifyArchive } from "../../../client/audit/verify-archive.ts";
import type { EventType } from "../../../contract/journal-types.ts";
import type { ArchivedEvent } from "../../../functions/core/archive/entry.ts";
import { type ChainHead, EMPTY_CHAIN, headOf, linkEvent } from "../../../functions/core/journal/event.ts";
import { archivedWorld } from "../../fakes/archive/archived-world.ts";

const USED_AT = 1_800_000_000_000;
const HOUR = 3_600_000;
const ID = "a".repeat(26);

/** Events of one agent or task, linked, each some hours after the use. */
function journal(
  name: ArchivedEvent["journal"],
  of: string,
  told: readonly (readonly [EventType, number, object])[],
): readonly ArchivedEvent[] {
  let head: ChainHead = EMPTY_CHAIN;
  return told.map(([type, hours, facts]) => {
    const event = linkEvent(head, of, type, USED_AT + hours * HOUR, { ...facts });
    head = headOf(event);
    return { journal: name, ...event };
  });
}

const used = (glass: object = { glass: true }) =>
  journal("tasks", "k7f3m2q9x4ab.", [["approval.used", 0, { agent: "deployer", approval: { id: ID, ...glass } }]]);
const agent = (...told: readonly (readonly [EventType, number])[]) =>
  journal(
    "agents",
    "deployer",
    told.map(([type, hours]) => [type, hours, { by: "check" }] as const),
  );
const reviewed = (approval: string) =>
  journal("tasks", "rev13w000000.", [["approval.reviewed", 5, { agent: "deployer", approval }]]);
/** Event of another agent, to whose time the log goes on. */
const later = (hours: number) => journal("agents", "other", [["agent.registered", hours, {}]]);

async function faultsIn(...events: readonly (readonly ArchivedEvent[])[]) {
  const world = archivedWorld();
  await world.receive(events.flat());
  await world.settle();
  const { verdict, faults } = await verifyArchive(world.source);
  return [verdict, ...faults.map(({ what, found }) => `${what}: ${found}`)];
}

const FLAGGED = [
  "incomplete",
  "k7f3m2q9x4ab. event 1: a glass was broken at 2027-01-15T08:00:00.000Z: within 24 hours nobody reviewed it, and nobody suspended the agent",
];

describe("a broken glass in the log", () => {
  it.each<[string, readonly (readonly ArchivedEvent[])[]]>([
    ["nobody reviewed it and nobody suspended the agent", []],
    ["another glass was reviewed", [reviewed("b".repeat(26))]],
    [
      "the agent was suspended, resumed in time, and never again suspended",
      [agent(["agent.suspended", 1], ["agent.resumed", 2])],
    ],
    ["the agent was suspended before", [agent(["agent.suspended", -2], ["agent.resumed", -1])]],
    ["another agent was suspended", [journal("agents", "stranger", [["agent.suspended", 24.1, {}]])]],
  ])("is reported where %s", async (_, more) => {
    expect(await faultsIn(used(), ...more, later(25))).toEqual(FLAGGED);
  });

  it.each<[string, readonly (readonly ArchivedEvent[])[]]>([
    ["it was reviewed", [reviewed(ID)]],
    ["the agent was suspended when the review was due", [agent(["agent.suspended", 24.01])]],
    ["the agent was suspended late, by a sweep that was down", [agent(["agent.suspended", 30])]],
    ["the agent was suspended before, and is", [agent(["agent.suspended", 3])]],
    ["the agent was resumed after the suspension", [agent(["agent.suspended", 24.01], ["agent.resumed", 25])]],
    ["the agent was offboarded", [agent(["agent.offboarding", 3])]],
  ])("is not reported where %s", async (_, more) => {
    expect(await faultsIn(used(), ...more, later(25))).toEqual(["intact"]);
  });

  it("is not reported in a log that ends before the sweep has had its time", async () => {
    expect(await faultsIn(used(), later(24.2))).toEqual(["intact"]);
    expect(await faultsIn(used(), later(24.3))).toEqual(FLAGGED);
  });

  it("is none where the approval was an ordinary one", async () => {
    expect(await faultsIn(used({}), later(48))).toEqual(["intact"]);
  });
});
