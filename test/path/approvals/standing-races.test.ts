import { describe, expect, it } from "vitest";
import type { SealingPorts } from "../../../functions/core/ports.ts";
import { Refusal } from "../../../functions/core/refusal.ts";
import { attempt } from "../../../functions/steps/requests/attempt.ts";
import { ALL_PROVEN } from "../../fakes/world/answering-proofs.ts";
import { fakeWorld } from "../../fakes/world/world.ts";
import { aroundCalls } from "../../harness/around-calls.ts";
import { type Actor, everyInterleaving } from "../../harness/interleavings.ts";
import { seededRandom } from "../../harness/seeded-random.ts";
import { expectSound } from "../../harness/watch-worlds.ts";
import { APPROVING, ApprovalScene, permitting, type WaitingHeld } from "./approving.ts";
import { pollUnder } from "./poll-under.ts";

type Ports = ApprovalScene["world"]["ports"];
type Deed = (ports: Ports, held: WaitingHeld) => Promise<unknown>;

const TEXT = permitting('@approval("sre") @standing("2/7d")');
const WITHDRAW: Deed = ({ ballots }, { approval }) =>
  ballots.putOutcome(approval, { decision: "withdrawn", by: { issuer: "staff", value: "bob" }, at: 1 }, undefined, 2);

/** Opens a task under a standing approval that waits, as it does while its issuer cannot be reached. */
function furtherTask(scene: ApprovalScene): Promise<WaitingHeld> {
  const tokens: SealingPorts["tokens"] = {
    verify: async (token, issuer) => {
      if (issuer.kind === "people") throw new Refusal("issuer_unreachable");
      return scene.world.ports.tokens.verify(token);
    },
  };
  return new ApprovalScene([TEXT], scene.world, { tokens }).waiting({ standing: "2/7d" });
}

/** One race of two further tasks for the one use that is left. */
async function run(withdraws: boolean, seen: Set<number>) {
  const world = fakeWorld({ deployment: APPROVING, random: seededRandom("standing"), proofs: ALL_PROVEN });
  const scene = new ApprovalScene([TEXT], world);
  const first = await scene.waiting({ standing: "2/7d" });
  await scene.vote(first);
  expect((await scene.poll(first)).status).toBe(200);
  world.pass(61);
  const tasks = [await furtherTask(scene), await furtherTask(scene)];
  const poll = pollUnder(TEXT);
  const polls = tasks.map((task) => [poll, task] as const);
  const deeds: readonly (readonly [Deed, WaitingHeld])[] = withdraws ? [...polls.slice(1), [WITHDRAW, first]] : polls;
  const issuedBefore = world.ports.sessions.asked.length;
  let withdrawn: unknown;
  const actors = deeds.map(
    ([by, held], index): Actor =>
      async (around) => {
        const ports = { ...aroundCalls(world.ports, around), random: seededRandom(`actor ${index}`) };
        const outcome = await attempt(() => by(ports, held));
        if (by === WITHDRAW && "value" in outcome) withdrawn = outcome.value;
        if ("refusal" in outcome)
          expect(["approval_expired", "approval_denied", "contended"]).toContain(outcome.refusal.code);
      },
  );
  const check = async (order: readonly string[]): Promise<void> => {
    const place = order.join(" ");
    expectSound(world);
    const uses = world.ports.ballots.uses.get(first.approval) ?? [];
    seen.add(uses.length);
    expect(
      uses.map(({ n }) => n),
      place,
    ).toEqual([1, 2].slice(0, uses.length));
    expect(new Set(uses.map(({ task }) => task)).size, place).toBe(uses.length);
    expect(world.ports.sessions.asked.length - issuedBefore, place).toBeLessThanOrEqual(uses.length - 1);
    // The last use and a withdrawal exclude each other.
    if (withdraws) expect(withdrawn, place).toBe(uses.length === 2 ? "used" : "recorded");
  };
  return { actors, check };
}

/** Nobody here changes an agent or halts everything; what an agent has alive is far from its limit. */
const SETTLED = ["agent", "live", "ending", "panic"];

describe("in every interleaving a standing approval is used at most as often as people approved (I9c)", () => {
  it("though two tasks race for its last use: one has it", async () => {
    const seen = new Set<number>();
    const { count } = await everyInterleaving(() => run(false, seen), 200, SETTLED);
    expect(count).toBeGreaterThan(1);
    expect(seen).toEqual(new Set([2]));
  });

  it("though its approver withdraws it at the same moment: one of both counts", async () => {
    const seen = new Set<number>();
    const { count } = await everyInterleaving(() => run(true, seen), 600, SETTLED);
    expect(count).toBeGreaterThan(1);
    expect(seen).toEqual(new Set([1, 2]));
  });
});
