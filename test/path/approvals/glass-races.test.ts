import { describe, expect, it } from "vitest";
import { glassNonce, recordHash, reviewNonce } from "../../../functions/core/approvals/approval-record.ts";
import { REVIEW_SECONDS } from "../../../functions/core/approvals/break-glass.ts";
import { sealedUseOf } from "../../../functions/core/approvals/stored-approval.ts";
import type { Refusal } from "../../../functions/core/refusal.ts";
import { reviewGlass } from "../../../functions/exchange/approvals/review-glass.ts";
import type { HttpAnswer } from "../../../functions/http/event.ts";
import { declarePanic } from "../../../functions/panic/declare-panic.ts";
import { offboardAgent } from "../../../functions/steps/agents/offboard-agent.ts";
import { suspendAgent } from "../../../functions/steps/agents/suspend-agent.ts";
import { attempt } from "../../../functions/steps/requests/attempt.ts";
import { endTask } from "../../../functions/steps/tasks/end-task.ts";
import { suspendUnreviewed } from "../../../functions/sweep/sweep.ts";
import { ALL_PROVEN } from "../../fakes/world/answering-proofs.ts";
import { fakeWorld, jsonEvent } from "../../fakes/world/world.ts";
import { aroundCalls } from "../../harness/around-calls.ts";
import { type Actor, everyInterleaving, someInterleavings } from "../../harness/interleavings.ts";
import { seededRandom } from "../../harness/seeded-random.ts";
import { expectSound } from "../../harness/watch-worlds.ts";
import { cedarOf } from "../../unit/core/cedar-of.ts";
import { APPROVERS, APPROVING, ApprovalScene, intentOf, permitting, type WaitingHeld } from "./approving.ts";
import { GLASS, reader, tokenOver, usesOf } from "./breaking-glass.ts";
import { pollUnder } from "./poll-under.ts";

type Ports = ApprovalScene["world"]["ports"];
type Deed = readonly [name: string, by: (ports: Ports, scene: ApprovalScene, held: WaitingHeld) => Promise<unknown>];

const TEXT = permitting(GLASS);

/** Stores Bob's vote that breaks the glass. @param at time of his sign-in; one sign-in may sign several votes. */
const putGlass = (ports: Ports, scene: ApprovalScene, { approval }: WaitingHeld, at = scene.world.nowSeconds()) => {
  const hash = recordHash(scene.record(approval));
  const token = tokenOver(scene, glassNonce(hash), "bob", { auth_time: at });
  const person = { issuer: "staff", value: "bob" };
  return ports.ballots.putVote(approval, { person, token, hashes: [hash], glass: true });
};
const agentOf = async (ports: Ports) => {
  const agent = await ports.agents.record("demo");
  if (!agent) throw new Error("no such agent");
  return agent;
};

const statusOf = ({ body }: HttpAnswer): string => {
  const { status, code } = JSON.parse(body) as { readonly status?: string; readonly code?: string };
  return String(code ?? status);
};

const poll = pollUnder(TEXT);
const POLL: Deed = ["poll", (ports, _, held) => poll(ports, held)];
const BREAK: Deed = ["break the glass", putGlass];
const VOTE: Deed = [
  "the second ordinary vote",
  (ports, scene, { approval }) =>
    ports.ballots.putVote(approval, {
      ...{ person: { issuer: "staff", value: "dave" }, token: scene.voteToken([approval], "dave") },
      hashes: [recordHash(scene.record(approval))],
    }),
];
const DENY: Deed = [
  "deny",
  (ports, scene, { approval }) =>
    ports.ballots.putOutcome(approval, {
      ...{ decision: "denied", by: { issuer: "staff", value: "eve" } },
      at: scene.world.nowSeconds(),
    }),
];
const END: Deed = [
  "end",
  (ports, _, { id }) => endTask(id as Parameters<typeof endTask>[0], { status: "revoked" }, "operator", ports),
];
const SUSPEND: Deed = ["suspend", async (ports) => suspendAgent(await agentOf(ports), "operator", ports)];
const OFFBOARD: Deed = ["offboard", async (ports) => offboardAgent(await agentOf(ports), "operator", ports)];
const PANIC: Deed = [
  "panic",
  async (ports, scene) => {
    const headers = { authorization: `Bearer ${scene.world.operatorToken()}` };
    return statusOf(
      await declarePanic(jsonEvent("POST /v1/panic", { reason: "an agent ran wild" }, { headers }), ports),
    );
  },
];
const POLICIES = cedarOf([TEXT, APPROVERS]);
const REVIEW: Deed = [
  "review",
  async (ports, scene, held) => {
    const [use] = usesOf(scene, held);
    const vote = tokenOver(scene, reviewNonce(use ? sealedUseOf(held.approval, use) : {}), "carol");
    const headers = { authorization: `Bearer ${reader(scene, "carol")}` };
    const given = { headers, pathParameters: { approval: held.approval } };
    const event = jsonEvent("POST /v1/approvals/{approval}/review", { vote }, given);
    return statusOf(await reviewGlass(event, { ...ports, policies: POLICIES }));
  },
];
const SWEEP: Deed = ["sweep", (ports) => suspendUnreviewed(ports)];
/** The last second passes in which a review counts, while others act. */
const PASS: Deed = [
  "the time passes",
  async (ports, scene, { approval }) => {
    await ports.ballots.read(approval);
    scene.world.pass(1);
    await suspendUnreviewed(ports);
  },
];

/** Causes that end the task by themselves: a panic leaves it to the sweep. */
const ENDINGS: readonly Deed[] = [END, SUSPEND, OFFBOARD];
const HALTS: readonly Deed[] = [SUSPEND, OFFBOARD];

interface Race {
  readonly deeds: readonly Deed[];
  /** The glass was broken before: `asked` by the vote, `used` by the vend. */
  readonly begins: "not" | "asked" | "used";
  /** Age of the use when the race begins; seconds. */
  readonly age?: number;
  /** An ordinary vote is there already. */
  readonly isVoted?: boolean;
}

/** @param seen what came of it. */
async function run({ deeds, begins, age, isVoted }: Race, seen: Set<string>) {
  const world = fakeWorld({ deployment: APPROVING, random: seededRandom("glass"), proofs: ALL_PROVEN });
  const scene = new ApprovalScene([TEXT], world);
  const held = await scene.waiting();
  if (isVoted) await scene.vote(held, "carol");
  if (begins !== "not") await putGlass(world.ports, scene, held);
  if (begins === "used") expect((await scene.poll(held)).status).toBe(200);
  if (age !== undefined) world.pass(age);
  const outcomes: { readonly value?: unknown; readonly refusal?: Refusal }[] = [];
  const actors = deeds.map(
    ([, by], index): Actor =>
      async (around) => {
        const ports = { ...aroundCalls(world.ports, around), random: seededRandom(`actor ${index}`) };
        outcomes[index] = await attempt(() => by(ports, scene, held));
      },
  );
  const check = async (order: readonly string[]): Promise<void> => {
    const place = order.join(" ");
    expectSound(world);
    const { uses, outcomes: decided, glasses, reviews, votes } = world.ports.ballots;
    const own = uses.get(held.approval) ?? [];
    const isReviewed = reviews.has(held.approval);
    if (own.length > 0) seen.add(own[0]?.glass ? "broken" : "used");
    // I9c: one use, and none beside a denial.
    expect(own.length, place).toBeLessThanOrEqual(decided.has(held.approval) ? 0 : 1);
    expect(world.ports.sessions.asked.length, place).toBeLessThanOrEqual(own.length);
    // I9a: no use without the votes that it records.
    const stored = votes.get(held.approval);
    if (own[0]?.glass) expect(stored?.get("staff|bob")?.glass, place).toBe(true);
    else if (own.length > 0) expect([...(stored?.keys() ?? [])].length, place).toBeGreaterThanOrEqual(2);
    // A broken glass waits for its review until there is one, and no other use does.
    expect(glasses.length, place).toBe(own[0]?.glass && !isReviewed ? 1 : 0);
    if (isReviewed) seen.add("reviewed");
    // An ended task is not active, and an agent that was halted stays so.
    if (age === undefined && deeds.some((deed) => ENDINGS.includes(deed)))
      expect(world.ports.tasks.tasks.get(held.id)?.status, place).not.toBe("active");
    const status = (await world.ports.agents.record("demo"))?.status;
    if (deeds.some((deed) => HALTS.includes(deed))) expect(status, place).not.toBe("active");
    // After 24 hours: reviewed, or suspended.
    const isDue = glasses.some(({ dueAt }) => dueAt <= world.nowSeconds());
    if (status !== "active") seen.add(String(status));
    await suspendUnreviewed(world.ports);
    if (isDue) expect((await world.ports.agents.record("demo"))?.status, place).not.toBe("active");
    for (const { refusal, value } of outcomes) {
      if (refusal) expect(REFUSED, `${refusal.code} ${place}`).toContain(refusal.code);
      if (typeof value === "string") seen.add(value);
    }
  };
  return { actors, check };
}

const REFUSED = [
  ...["authorization_pending", "approval_denied", "approval_void", "task_ended", "agent_inactive", "contended"],
  ...["halted"],
];

const title = ({ deeds, begins, isVoted }: Race): string =>
  `${deeds.map(([name]) => name).join(", ")}; ${begins} before${isVoted ? ", beside an ordinary vote" : ""}`;

const RACES: readonly (readonly [Race, readonly string[]])[] = [
  [{ deeds: [POLL, POLL], begins: "asked" }, ["broken"]],
  [{ deeds: [POLL, BREAK], begins: "not" }, ["broken"]],
  [{ deeds: [POLL, VOTE], begins: "asked", isVoted: true }, ["broken", "used"]],
  [{ deeds: [POLL, DENY], begins: "asked" }, ["broken"]],
  [{ deeds: [POLL, END], begins: "asked" }, ["broken"]],
  [{ deeds: [POLL, SUSPEND], begins: "asked" }, ["broken", "suspended"]],
  [{ deeds: [POLL, OFFBOARD], begins: "asked" }, ["broken", "offboarding"]],
  [{ deeds: [POLL, PANIC], begins: "asked" }, ["broken"]],
  [{ deeds: [REVIEW, REVIEW], begins: "used" }, ["reviewed"]],
  [{ deeds: [REVIEW, SUSPEND], begins: "used" }, ["reviewed", "suspended"]],
  [{ deeds: [REVIEW, OFFBOARD], begins: "used" }, ["reviewed", "offboarding"]],
  [{ deeds: [REVIEW, PANIC], begins: "used" }, ["reviewed"]],
  [{ deeds: [REVIEW, PASS], begins: "used", age: REVIEW_SECONDS - 1 }, ["reviewed", "suspended", "approval_expired"]],
  [{ deeds: [SWEEP, SWEEP], begins: "used", age: REVIEW_SECONDS }, ["suspended"]],
  [{ deeds: [SWEEP, OFFBOARD], begins: "used", age: REVIEW_SECONDS }, ["offboarding"]],
];

describe("in every interleaving a broken glass is used once, and reviewed or its agent suspended (I9a, I9c, I5)", () => {
  it.each(RACES.map(([race, expected]) => [title(race), race, expected] as const))("%s", async (_, race, expected) => {
    const seen = new Set<string>();
    const { count } = await everyInterleaving(() => run(race, seen), 120);
    expect(count).toBeGreaterThan(1);
    for (const each of expected) expect(seen, each).toContain(each);
  });

  it("by chance, all at once", async () => {
    const deeds = [POLL, POLL, BREAK, VOTE, DENY, END, SUSPEND];
    await someInterleavings(() => run({ deeds, begins: "not", isVoted: true }, new Set()), 100, 20_261_127);
  });
});

describe("in every interleaving one sign-in breaks one glass (I9c)", () => {
  it("though its issuer signs votes on two requests with the time of the same sign-in", async () => {
    const seen = new Set<number>();
    const both = async () => {
      const world = fakeWorld({ deployment: APPROVING, random: seededRandom("two"), proofs: ALL_PROVEN });
      const scene = new ApprovalScene([TEXT], world);
      const other = { authorization_details: intentOf("s3:GetObject").replace("/a", "/b") };
      const held = [await scene.waiting(), await scene.waiting(other)];
      const at = world.nowSeconds();
      for (const each of held) await putGlass(world.ports, scene, each, at);
      const actors = held.map(
        (each, index): Actor =>
          async (around) => {
            const ports = { ...aroundCalls(world.ports, around), random: seededRandom(`actor ${index}`) };
            await attempt(() => poll(ports, each));
          },
      );
      const check = async (order: readonly string[]): Promise<void> => {
        const used = held.filter(({ approval }) => world.ports.ballots.uses.has(approval)).length;
        seen.add(used);
        expect(used, order.join(" ")).toBeLessThanOrEqual(1);
        expect(world.ports.sessions.asked.length, order.join(" ")).toBeLessThanOrEqual(used);
        expect(world.ports.glasses.glasses.length, order.join(" ")).toBe(used);
      };
      return { actors, check };
    };
    const { count } = await everyInterleaving(both, 400, ["agent", "live", "ending", "panic"]);
    expect(count).toBeGreaterThan(1);
    expect(seen).toEqual(new Set([1]));
  });
});
