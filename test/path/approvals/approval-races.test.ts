import { describe, expect, it } from "vitest";
import { fakeWorld } from "../../../fakes/fake-world.ts";
import type { Refusal } from "../../../functions/core/refusal.ts";
import { attempt } from "../../../functions/steps/requests/attempt.ts";
import { endTask } from "../../../functions/steps/tasks/end-task.ts";
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

/** One race in a world of its own, with a task that waits for one vote. */
async function run(deeds: readonly Deed[], isVoted: boolean, seen: Set<number>) {
  const proofs = { answer: () => ({ verdict: "proven" as const }) };
  const world = fakeWorld({ deployment: APPROVING, random: seededRandom("approvals"), proofs });
  const scene = new ApprovalScene([permitting('@approval("sre")')], world);
  const held = await scene.waiting();
  if (isVoted) await scene.vote(held);
  const outcomes: { readonly value?: unknown; readonly refusal?: Refusal }[] = [];
  const actors = deeds.map(
    ([, by], index): Actor =>
      async (around) => {
        const ports = { ...aroundCalls(world.ports, around), random: seededRandom(`actor ${index}`) };
        outcomes[index] = await attempt(() => by(ports, held, scene));
      },
  );
  const check = async (order: readonly string[]): Promise<void> => {
    const place = order.join(" ");
    expectSound(world);
    const { uses, outcomes: decided, voids } = world.ports.ballots;
    const isUsed = uses.get(held.approval)?.length ?? 0;
    seen.add(isUsed);
    // I9c: once, and a use, a denial and a void exclude each other.
    expect(isUsed, place).toBeLessThanOrEqual(1);
    expect(isUsed + Number(decided.has(held.approval)) + Number(voids.has(held.approval)), place).toBeLessThanOrEqual(
      2,
    );
    if (decided.has(held.approval) || voids.has(held.approval)) expect(isUsed, place).toBe(0);
    // I9a: no session without a use, and none beyond it.
    expect(world.ports.sessions.asked.length, place).toBeLessThanOrEqual(isUsed);
    for (const { refusal } of outcomes)
      if (refusal)
        expect(
          ["authorization_pending", "approval_denied", "approval_void", "task_ended", "contended"],
          `${refusal.code} ${place}`,
        ).toContain(refusal.code);
    // I5: what has ended is not active, and what was issued for it is denied.
    const task = world.ports.tasks.tasks.get(held.id);
    if (deeds.some(([name]) => name === "end")) expect(task?.status, place).not.toBe("active");
  };
  return { actors, check };
}

const RACES: readonly (readonly [boolean, readonly Deed[]])[] = [
  [true, [POLL, POLL]],
  [true, [POLL, DENY]],
  [true, [POLL, END]],
  [false, [POLL, VOTE]],
  [true, [POLL, NEW_BUNDLE]],
  [false, [VOTE, DENY]],
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
  it.each(RACES.map(([isVoted, deeds]) => [title(deeds), isVoted, deeds] as const))("%s", async (_, isVoted, deeds) => {
    const seen = new Set<number>();
    const { count } = await everyInterleaving(() => run(deeds, isVoted, seen), 600, SETTLED);
    expect(count).toBeGreaterThan(1);
    // Some order ends with a use, or the race shows nothing.
    expect(seen.has(1)).toBe(deeds.some(([name]) => name === "poll"));
  });

  it.each(CROWDS.map(([isVoted, deeds]) => [title(deeds), isVoted, deeds] as const))(
    "by chance: %s",
    async (_, isVoted, deeds) => {
      await someInterleavings(() => run(deeds, isVoted, new Set()), 60, 20_261_127);
    },
  );
});
