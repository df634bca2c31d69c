import { describe, expect, it } from "vitest";
import { Refusal } from "../../functions/core/refusal.ts";
import type { Held } from "../fakes/world/service.ts";
import { ACCOUNT } from "../fakes/world/world.ts";
import { Triggers } from "../harness/triggers.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";

watchWorlds();

describe("from an ending to IAM's denial: stream, relay, queue, reconciler (I5)", () => {
  const endings: readonly (readonly [string, (triggers: Triggers, held: Held) => Promise<unknown>])[] = [
    ["completed", ({ service }, held) => service.complete(held)],
    ["revoked", ({ service }, held) => service.revoke(held.token)],
    ["ended by an operator", ({ service }, held) => service.endTask(held.id)],
  ];
  it.each(endings)("a task that was %s is denied by name in the role of its session", async (_, end) => {
    const triggers = new Triggers();
    const held = await triggers.service.start();
    await end(triggers, held);
    await triggers.relay();
    expect(triggers.revocationQueue.sent).toEqual([[{ account: ACCOUNT, role: triggers.roleOf(held) }]]);
    expect(await triggers.reconcile()).toEqual({ batchItemFailures: [] });
    expect(JSON.parse(triggers.textFor(held) ?? "")).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Deny",
          Action: "*",
          Resource: "*",
          Condition: { StringLike: { "aws:userid": [`*:${held.id}*`] } },
        },
      ],
    });
  });

  it("a withdrawn task is denied too: STS may have issued its session", async () => {
    const triggers = new Triggers();
    triggers.service.world.ports.sessions.before = () => {
      throw new Refusal("sts_unavailable");
    };
    await triggers.service.exchange();
    await triggers.relay();
    await triggers.reconcile();
    const [path] = triggers.service.world.ports.tasks.tasks.keys();
    expect([...triggers.revocations.texts.values()]).toEqual([expect.stringContaining(`*:${path}*`)]);
  });

  it("a live task of the same role is not named", async () => {
    const triggers = new Triggers();
    const [held, live] = [await triggers.service.start(), await triggers.service.start()];
    await triggers.service.complete(held);
    await triggers.relay();
    await triggers.reconcile();
    expect(JSON.stringify([...triggers.revocations.texts.values()])).not.toContain(live.id);
  });

  it("the policy is taken away once every fence has surely fallen", async () => {
    const triggers = new Triggers();
    const held = await triggers.service.start();
    await triggers.service.complete(held);
    await triggers.relay();
    await triggers.reconcile();
    triggers.service.world.pass(900 + 301);
    await triggers.sweep();
    await triggers.reconcile();
    expect(triggers.revocations.texts.size).toBe(0);
  });
});
