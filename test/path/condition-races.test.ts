import { describe, expect, it } from "vitest";
import { agentId } from "../../contract/agent-id.ts";
import { EMPTY_CHAIN, nextEvent } from "../../functions/core/journal/event.ts";
import { rootPath, type TaskPath } from "../../functions/core/task-path.ts";
import { recheckBatch } from "../../functions/recheck/recheck-batch.ts";
import { type Answer, FakeService } from "../fakes/world/service.ts";
import { ACCOUNT, type FakeWorld, fakeWorld } from "../fakes/world/world.ts";
import { aroundCalls, unlessNobodyWrites } from "../harness/around-calls.ts";
import { type Actor, everyInterleaving, someInterleavings } from "../harness/interleavings.ts";
import { seededRandom } from "../harness/seeded-random.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { cedarOf } from "../unit/core/cedar-of.ts";

watchWorlds();

const POLICIES = cedarOf([
  'permit (principal is Agent, action, resource) unless { context.conditions.contains("change-freeze") };',
]);
const READS = {
  authorization_details: JSON.stringify([
    { type: "aws", account: ACCOUNT, actions: ["s3:GetObject"], resources: ["arn:aws:s3:::acme-data/reports/a"] },
  ]),
};

/** Request of an agent while somebody sets a freeze. @returns the answer; a success has handed something out. */
interface Deed {
  readonly does: string;
  /** Sets the world up, and returns what the actor does in it. */
  readonly prepare: (service: FakeService) => Promise<(service: FakeService) => Promise<Answer>>;
}

const DEEDS: readonly Deed[] = [
  { does: "a task is opened", prepare: async () => (service) => service.exchange(READS) },
  {
    does: "a task is renewed",
    prepare: async (service) => {
      const held = await service.start(READS);
      service.world.pass(11);
      return (racing) => racing.renew(held);
    },
  },
  {
    does: "a task is opened below another one",
    prepare: async (service) => {
      const parent = await service.start(READS);
      const token = await service.delegation(parent, { audience: "helper" });
      const actor = { actor_token: service.world.agentToken({ sub: "agent:helper" }) };
      return (racing) => racing.exchangeDelegation(token, { ...actor, ...READS });
    },
  },
];

/** A freeze is set, as `operate` sets it, and the queue's message is handled, in one go after the other. */
const freezing =
  (world: FakeWorld, scope: "hub" | "agent:demo"): Actor =>
  async (around) => {
    const ports = { ...aroundCalls(world.ports, unlessNobodyWrites(around)), policies: POLICIES };
    const at = world.nowSeconds();
    const facts = { condition: "change-freeze", scope, until: at + 600, by: "staff|alice", reason: "a drill" };
    const event = nextEvent(
      EMPTY_CHAIN,
      rootPath(seededRandom("freeze").bytes(32)),
      "condition.tightened",
      at * 1_000,
      facts,
    );
    const held = { name: "change-freeze", scope, until: at + 600, at, by: "staff|alice", reason: "a drill" };
    await ports.setConditions.set("restricts", held, event);
    const agents = scope === "hub" ? [agentId("demo"), agentId("helper")] : [agentId("demo")];
    const body = JSON.stringify({ condition: "change-freeze", scope, agents });
    const message = { messageId: "m", receiptHandle: "r", body };
    // The queue delivers a message again that was not handled to its end.
    for (let delivery = 0; delivery < 5; delivery += 1)
      if ((await recheckBatch({ Records: [message] }, ports)).batchItemFailures.length === 0) return;
    throw new Error("the message was not handled");
  };

const statusOf = (world: FakeWorld, id: string | undefined): string | undefined =>
  world.ports.tasks.tasks.get(id as TaskPath)?.status;

const OUTCOMES = ["200", "policy_denied", "task_ended", "delegation_token_invalid"];

describe.each(["hub", "agent:demo"] as const)("a freeze of %s, set and rechecked at any moment", (scope) => {
  it.each(DEEDS)("while $does: no task that it denies is alive afterwards", async ({ prepare }) => {
    const outcomes = new Set<string>();
    const run = async () => {
      const world = fakeWorld({ random: seededRandom("world") });
      world.addAgent({ id: "helper" });
      const calm = new FakeService(world, { ...world.ports, policies: POLICIES });
      // The process has read that nothing holds, and goes by that for some seconds.
      await calm.start(READS);
      const deed = await prepare(calm);
      const older = [...world.ports.tasks.tasks.keys()];
      let answer: Answer | undefined;
      const actors: readonly Actor[] = [
        async (around) => {
          const ports = { ...aroundCalls(world.ports, unlessNobodyWrites(around)), random: seededRandom("actor") };
          answer = await deed(new FakeService(world, { ...ports, policies: POLICIES }));
        },
        freezing(world, scope),
      ];
      const check = async (order: readonly string[]): Promise<void> => {
        const place = order.join(" ");
        const alive = [...world.ports.tasks.tasks.values()].filter(({ status }) => status === "active");
        expect(
          alive.map(({ path }) => path),
          place,
        ).toEqual([]);
        for (const id of older) expect(statusOf(world, id), place).toBe("revoked");
        outcomes.add(answer?.body.code ?? String(answer?.status));
      };
      return { actors, check };
    };
    await everyInterleaving(run, 400, ["agent", "panic"]);
    await someInterleavings(run, 300, 7);
    expect(outcomes.size).toBeGreaterThan(1);
    const unforeseen = [...outcomes].filter((each) => !OUTCOMES.includes(each));
    expect(unforeseen).toEqual([]);
  });
});
