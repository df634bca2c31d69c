import { describe, expect, it } from "vitest";
import { recordHash } from "../../../functions/core/approvals/approval-record.ts";
import { attempt } from "../../../functions/steps/requests/attempt.ts";
import { endTask } from "../../../functions/steps/tasks/end-task.ts";
import { ALL_PROVEN } from "../../fakes/world/answering-proofs.ts";
import { fakeWorld } from "../../fakes/world/world.ts";
import { aroundCalls } from "../../harness/around-calls.ts";
import { type Actor, everyInterleaving } from "../../harness/interleavings.ts";
import { seededRandom } from "../../harness/seeded-random.ts";
import { expectSound } from "../../harness/watch-worlds.ts";
import { APPROVING, permitting, type WaitingHeld } from "./approving.ts";
import { ConsentScene, OWN, people } from "./consent.ts";
import { pollUnder } from "./poll-under.ts";

type Ports = ConsentScene["world"]["ports"];
type Deed = readonly [name: string, by: (ports: Ports, held: WaitingHeld, scene: ConsentScene) => Promise<unknown>];

const votes =
  (value: string, claims: object): Deed[1] =>
  (ports, { approval }, scene) =>
    ports.ballots.putVote(approval, {
      ...{ person: { issuer: "staff", value }, token: scene.voteToken([approval], value, { ...claims }) },
      hashes: [recordHash(scene.record(approval))],
    });

const POLL: Deed = ["poll", pollUnder(permitting("@consent"), people())];
const CONSENT: Deed = ["the person consents", votes("pat", OWN)];
const APPROVER: Deed = ["an approver votes", votes("bob", {})];
const WITHDRAW: Deed = [
  "the person withdraws",
  (ports, { approval }, scene) =>
    ports.ballots.putOutcome(approval, {
      ...{ decision: "withdrawn", by: { issuer: "staff", value: "pat" }, at: scene.world.nowSeconds() },
    }),
];
const END: Deed = [
  "end",
  (ports, { id }) => endTask(id as Parameters<typeof endTask>[0], { status: "revoked" }, "operator", ports),
];

async function run(deeds: readonly Deed[], isGiven: boolean, seen: Set<string>) {
  const world = fakeWorld({ deployment: APPROVING, random: seededRandom("consents"), proofs: ALL_PROVEN });
  const scene = new ConsentScene(undefined, world);
  const held = await scene.asked();
  if (isGiven) await scene.consent(held);
  const actors = deeds.map(
    ([, by], index): Actor =>
      async (around) => {
        const ports = { ...aroundCalls(world.ports, around), random: seededRandom(`actor ${index}`) };
        await attempt(() => by(ports, held, scene));
      },
  );
  const check = async (order: readonly string[]): Promise<void> => {
    const place = order.join(" ");
    expectSound(world);
    const { uses, outcomes, votes: cast } = world.ports.ballots;
    const used = uses.get(held.approval)?.length ?? 0;
    if (used > 0) seen.add("used");
    expect(used, place).toBeLessThanOrEqual(1);
    expect(world.ports.sessions.asked.length, place).toBeLessThanOrEqual(used);
    if (used > 0) expect(cast.get(held.approval)?.has("staff|pat"), place).toBe(true);
    if (outcomes.has(held.approval)) expect(used, place).toBe(0);
    const task = world.ports.tasks.tasks.get(held.id);
    if (deeds.includes(END)) expect(task?.status, place).not.toBe("active");
  };
  return { actors, check };
}

/** Nobody here changes an agent or halts everything; what an agent has alive is far from its limit. */
const SETTLED = ["agent", "live", "ending", "panic"];
const MOST = 600;

const RACES: readonly (readonly [isGiven: boolean, deeds: readonly Deed[], canBeUsed: boolean])[] = [
  [false, [POLL, CONSENT], true],
  [false, [POLL, APPROVER], false],
  [true, [POLL, WITHDRAW], true],
  [true, [POLL, END], true],
  [false, [CONSENT, WITHDRAW], false],
];

describe("in every interleaving a consent is the person's own, used once or not at all", () => {
  const rows = RACES.map((race) => {
    const [isGiven, deeds] = race;
    return [`${deeds.map(([name]) => name).join(", ")}${isGiven ? ", already given" : ""}`, ...race] as const;
  });
  it.each(rows)("%s", async (_, isGiven, deeds, canBeUsed) => {
    const seen = new Set<string>();
    const { count, isComplete } = await everyInterleaving(() => run(deeds, isGiven, seen), MOST, SETTLED);
    expect(count).toBeGreaterThan(1);
    expect([isComplete, seen.has("used")]).toEqual([true, canBeUsed]);
  });
});
