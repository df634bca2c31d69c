import { describe, expect, it } from "vitest";
import type { Refusal } from "../../../functions/core/refusal.ts";
import { suspendAgent } from "../../../functions/steps/agents/suspend-agent.ts";
import { attempt } from "../../../functions/steps/requests/attempt.ts";
import { endTask } from "../../../functions/steps/tasks/end-task.ts";
import { ALL_PROVEN } from "../../fakes/world/answering-proofs.ts";
import { fakeWorld } from "../../fakes/world/world.ts";
import { aroundCalls } from "../../harness/around-calls.ts";
import { type Actor, everyInterleaving, someInterleavings } from "../../harness/interleavings.ts";
import { seededRandom } from "../../harness/seeded-random.ts";
import { expectSound } from "../../harness/watch-worlds.ts";
import { APPROVING, ApprovalScene, permitting, type WaitingHeld } from "./approving.ts";
import { pollUnder } from "./poll-under.ts";

type Ports = ApprovalScene["world"]["ports"];
type Deed = readonly [name: string, by: (ports: Ports, held: WaitingHeld, scene: ApprovalScene) => Promise<unknown>];

const POLL: Deed = ["poll", pollUnder(permitting('@approval("sre")'))];
const NEW_BUNDLE: Deed = ["poll under a new bundle", pollUnder(permitting('@approval("sre") @bindIp'))];
const VOTE: Deed = [
  "vote",
  async (ports, { approval }, scene) => {
    const token = scene.voteToken([approval], "bob");
    const { recordHash } = await import("../../../functions/core/approvals/approval-record.ts");
    const hashes = [recordHash(scene.record(approval))];
    return ports.ballots.putVote(approval, { person: { issuer: "staff", value: "bob" }, token, hashes });
  },
];
const DENY: Deed = [
  "deny",
  (ports, { approval }, scene) =>
    ports.ballots.putOutcome(approval, {
      ...{ decision: "denied", by: { issuer: "staff", value: "eve" } },
      at: scene.world.nowSeconds(),
    }),
];
const END: Deed = [
  "end",
  (ports, { id }) => endTask(id as Parameters<typeof endTask>[0], { status: "revoked" }, "operator", ports),
];

const CANCEL: Deed = [
  "cancel",
  (ports, { id }) =>
    endTask(
      id as Parameters<typeof endTask>[0],
      { status: "completed", outcome: { result: "failure" } },
      "demo",
      ports,
    ),
];
const SUSPEND: Deed = [
  "suspend",
  async (ports) => {
    const agent = await ports.agents.record("demo");
    if (!agent) throw new Error("no such agent");
    return suspendAgent(agent, "operator", ports);
  },
];
/** Time passes while others act: longer than an approval may be used, and then longer than the request waits. */
const EXPIRE: Deed = [
  "expire",
  async (ports, { approval }, scene) => {
    for (const seconds of [301, 600]) {
      await ports.ballots.read(approval);
      scene.world.pass(seconds);
    }
  },
];

/**
 * One race in a world of its own, with a task that waits for one vote.
 * @param seen what came of it: codes of refusals, and `used`.
 * @param turnsBefore turns that an actor waits before it acts. A poll takes many turns, an act that ends a request
 * takes one.
 */
async function run(deeds: readonly Deed[], isVoted: boolean, seen: Set<string>, turnsBefore = () => 0) {
  const world = fakeWorld({ deployment: APPROVING, random: seededRandom("approvals"), proofs: ALL_PROVEN });
  const scene = new ApprovalScene([permitting('@approval("sre")')], world);
  const held = await scene.waiting();
  if (isVoted) await scene.vote(held);
  const askedAt = world.nowSeconds();
  const outcomes: { readonly value?: unknown; readonly refusal?: Refusal }[] = [];
  const actors = deeds.map(
    ([, by], index): Actor =>
      async (around) => {
        const ports = { ...aroundCalls(world.ports, around), random: seededRandom(`actor ${index}`) };
        for (let turns = turnsBefore(); turns > 0; turns -= 1) await ports.ballots.read(held.approval);
        outcomes[index] = await attempt(() => by(ports, held, scene));
      },
  );
  const check = async (order: readonly string[]): Promise<void> => {
    const place = order.join(" ");
    expectSound(world);
    const { uses, outcomes: decided, voids } = world.ports.ballots;
    const isUsed = uses.get(held.approval)?.length ?? 0;
    if (isUsed > 0) seen.add("used");
    // I9c: once, and a use, a denial and a void exclude each other.
    expect(isUsed, place).toBeLessThanOrEqual(1);
    expect(isUsed + Number(decided.has(held.approval)) + Number(voids.has(held.approval)), place).toBeLessThanOrEqual(
      2,
    );
    if (decided.has(held.approval) || voids.has(held.approval)) expect(isUsed, place).toBe(0);
    // I9a: no session without a use, and none beyond it.
    expect(world.ports.sessions.asked.length, place).toBeLessThanOrEqual(isUsed);
    // I9a: no use without the vote.
    if (isUsed > 0) expect(world.ports.ballots.votes.get(held.approval)?.has("staff|bob"), place).toBe(true);
    for (const [index, { value, refusal }] of outcomes.entries()) {
      // I9b: other effects than the approved ones are given to nobody.
      if (value && deeds[index] === NEW_BUNDLE) expect(value, place).toBe(undefined);
      if (!refusal) continue;
      seen.add(refusal.code);
      expect(REFUSED, `${refusal.code} ${place}`).toContain(refusal.code);
      // I9e: who denies is a person, and what expires is past its time.
      if (refusal.code === "approval_denied") expect(decided.has(held.approval), place).toBe(true);
      if (refusal.code === "approval_expired") expect(world.nowSeconds(), place).toBeGreaterThan(askedAt + 300);
    }
    // I5: what has ended is not active, and what was issued for it is denied.
    const task = world.ports.tasks.tasks.get(held.id);
    if (deeds.some((deed) => ENDINGS.includes(deed))) expect(task?.status, place).not.toBe("active");
  };
  return { actors, check };
}

const ENDINGS: readonly Deed[] = [END, CANCEL, SUSPEND];
const REFUSED = [
  ...["authorization_pending", "approval_denied", "approval_void", "approval_expired"],
  ...["task_ended", "agent_inactive", "contended"],
];

/** All that can happen to a waiting request. */
const DEEDS = [POLL, NEW_BUNDLE, VOTE, DENY, EXPIRE, CANCEL, END, SUSPEND];
/** Each two of them, a deed beside itself included; with the vote given before, and without. */
const PAIRS = DEEDS.flatMap((one, index) => DEEDS.slice(index).map((other) => [one, other] as const));
/** Each three deeds without a poll. With a poll: a vote and an ending, or a denial past the deadline. */
const [, , ...OTHERS] = DEEDS;
const TRIPLES = [
  ...OTHERS.flatMap((one, at) =>
    OTHERS.slice(at + 1).flatMap((two, after) =>
      OTHERS.slice(at + after + 2).map((three) => [one, two, three] as const),
    ),
  ),
  ...[DENY, EXPIRE, CANCEL, END].map((other) => [POLL, VOTE, other] as const),
  [POLL, DENY, EXPIRE] as const,
];
/**
 * Most orders that are run of one race: all of them, except for two polls that have the vote and for the longest
 * triples.
 */
const MOST = { race: 800, polls: 200, long: 200 } as const;
const RACES: readonly (readonly [isVoted: boolean, deeds: readonly Deed[], most: number])[] = [
  ...PAIRS.flatMap((deeds) =>
    [true, false].map((isVoted) => {
      const arePolls = isVoted && deeds[0] === POLL && (deeds[1] === POLL || deeds[1] === NEW_BUNDLE);
      return [isVoted, deeds, arePolls ? MOST.polls : MOST.race] as const;
    }),
  ),
  ...TRIPLES.map((deeds) => {
    const isLong = deeds.includes(EXPIRE) && deeds.includes(SUSPEND);
    return [!deeds.includes(VOTE), deeds, isLong ? MOST.long : MOST.race] as const;
  }),
];
const CROWDS: readonly (readonly [boolean, readonly Deed[]])[] = [
  [false, [POLL, VOTE, DENY, END]],
  [true, [POLL, POLL, DENY, END]],
  [true, [POLL, NEW_BUNDLE, DENY, END]],
];
const title = (deeds: readonly Deed[]): string => deeds.map(([name]) => name).join(", ");

/** Nobody here changes an agent or halts everything; what an agent has alive is far from its limit. */
const SETTLED = ["agent", "live", "ending", "panic"];

describe("in every interleaving an approval is used once or not at all (I9a, I9c, I5)", () => {
  const rows = RACES.map(
    ([isVoted, deeds, most]) => [`${title(deeds)}${isVoted ? ", already voted" : ""}`, isVoted, deeds, most] as const,
  );
  it.each(rows)("%s", async (_, isVoted, deeds, most) => {
    const seen = new Set<string>();
    const settled = deeds.includes(SUSPEND) ? [] : SETTLED;
    const { count, isComplete } = await everyInterleaving(() => run(deeds, isVoted, seen), most, settled);
    expect(count).toBeGreaterThan(1);
    expect(isComplete, "every order was run").toBe(most === MOST.race);
    // Some order ends with a use, or the race shows nothing.
    expect(seen.has("used")).toBe(deeds.includes(POLL) && (isVoted || deeds.includes(VOTE)));
  });

  it.each(CROWDS.map(([isVoted, deeds]) => [title(deeds), isVoted, deeds] as const))(
    "by chance: %s",
    async (_, isVoted, deeds) => {
      await someInterleavings(() => run(deeds, isVoted, new Set<string>()), 60, 20_261_127);
    },
  );

  it.each([false, true])("by chance, all at once, already voted: %s", async (isVoted) => {
    const seen = new Set<string>();
    const all = [POLL, POLL, NEW_BUNDLE, VOTE, DENY, EXPIRE, CANCEL, END, SUSPEND];
    const random = seededRandom("turns");
    const turns = () => [0, 0, 10, 40, 100][(random.bytes(1)[0] ?? 0) % 5] ?? 0;
    await someInterleavings(() => run(all, isVoted, seen, turns), 300, 20_261_127);
    const reached = REFUSED.filter((code) => code !== "contended" && !(isVoted && code === "authorization_pending"));
    for (const each of ["used", ...reached]) expect(seen, each).toContain(each);
  });
});
