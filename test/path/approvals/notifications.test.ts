import { parse } from "valibot";
import { describe, expect, it } from "vitest";
import { readApproval } from "../../../contract/approvals.ts";
import type { Deployment } from "../../../functions/core/deployment/deployment.ts";
import { notify } from "../../../functions/notify/notify.ts";
import { FakeChannels } from "../../fakes/people/notification-board.ts";
import { approverToken, askForApproval, voteToken } from "../../fakes/samples/asked-approval.ts";
import { FakeService } from "../../fakes/world/service.ts";
import { DEPLOYMENT, fakeWorld } from "../../fakes/world/world.ts";
import { watchWorlds } from "../../harness/watch-worlds.ts";

watchWorlds();

const TELLING: Deployment = {
  ...DEPLOYMENT,
  approvers: (DEPLOYMENT.approvers ?? []).map((group) => ({ ...group, notify: group.name === "sre" ? ["ops"] : [] })),
  notify: { ops: { kind: "slack", secret: "valetkey/notify/ops" } },
};

/** A world whose group `sre` has the channel `ops`. `notify` runs at each call of `tell`. */
function telling() {
  const service = new FakeService(fakeWorld({ deployment: TELLING }));
  const { world } = service;
  const channels = new FakeChannels();
  const { notificationBoard, clock } = world.ports;
  // The lines of `notify` are its own test's.
  const log = { write: () => undefined };
  return {
    ...{ service, world, channels },
    tell: () => notify({ deployment: TELLING, notificationBoard, channels, clock, log }),
    noticesOf: async (id: string): Promise<unknown> => {
      const token = approverToken(world);
      const { body } = await service.operate("GET /v1/approvals/{approval}", { parameters: { approval: id }, token });
      return parse(readApproval.answer.schema, body).notices;
    },
  };
}

describe("notices in an approval's answer", () => {
  it("show a channel as not notified, then as notified", async () => {
    const { world, tell, noticesOf } = telling();
    const { id } = await askForApproval(world);
    expect(await noticesOf(id)).toEqual([{ channel: "ops", told: false }]);
    await tell();
    expect(await noticesOf(id)).toEqual([{ channel: "ops", told: true }]);
  });

  it("show a message that failed, with its time, until a later one is delivered; the time runs on", async () => {
    const { world, channels, tell, noticesOf } = telling();
    const { id, record } = await askForApproval(world);
    channels.before = () => {
      throw Object.assign(new Error("https://hooks.slack.com/secret"), { name: "ChannelUnreachableError" });
    };
    world.pass(20);
    const failedAt = new Date(world.nowSeconds() * 1_000).toISOString().replace(".000", "");
    await tell();
    expect(await noticesOf(id)).toEqual([{ channel: "ops", told: false, failed_at: failedAt }]);
    expect((await world.ports.ballots.read(id)).record?.expires_at).toBe(record.expires_at);
    channels.before = () => undefined;
    world.pass(60);
    await tell();
    expect(await noticesOf(id)).toEqual([{ channel: "ops", told: true }]);
  });

  it("show no failed message about an earlier request of the agent", async () => {
    const { world, channels, tell, noticesOf } = telling();
    await askForApproval(world);
    channels.before = () => {
      throw new Error("down");
    };
    await tell();
    world.pass(30);
    const { id } = await askForApproval(world, { purpose: "another" });
    expect(await noticesOf(id)).toEqual([{ channel: "ops", told: false }]);
  });

  it("name no request whose task ended before people were notified; nobody is shown it, and a vote is refused", async () => {
    const { service, world, channels, tell } = telling();
    const { id, hash, record } = await askForApproval(world);
    const waits = await askForApproval(world, { purpose: "another" });
    await service.operate("POST /v1/tasks/{task}/end", { parameters: { task: record.task } });
    await tell();
    expect(channels.delivered.flatMap(({ message }) => message.requests.map((each) => each.id))).toEqual([waits.id]);
    expect((await service.operate("GET /v1/overview")).body).toMatchObject({
      approvals: [
        { group: "sre", waiting: 1 },
        { group: "security", waiting: 0 },
      ],
    });
    const token = approverToken(world);
    expect((await service.operate("GET /v1/approvals", { token })).body).toMatchObject({
      approvals: [{ id: waits.id }],
    });
    const vote = { decision: "approve", vote: voteToken(world, [hash]) };
    expect(
      await service.operate("POST /v1/approvals/{approval}/decide", {
        parameters: { approval: id },
        token,
        body: vote,
      }),
    ).toMatchObject({ body: { code: "task_ended" } });
  });

  it("list no channel where the requested groups have none", async () => {
    const { world, tell, noticesOf } = telling();
    const { id } = await askForApproval(world, { needed: [{ group: "security", count: 1 }] });
    await tell();
    expect(await noticesOf(id)).toBeUndefined();
  });
});
