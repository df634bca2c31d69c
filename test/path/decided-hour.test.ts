import { describe, expect, it } from "vitest";
import { FakeService } from "../fakes/fake-service.ts";
import { ACCOUNT, fakeWorld } from "../fakes/fake-world.ts";
import { watchWorlds } from "../fakes/watch-worlds.ts";
import { sessionPolicyAllows } from "../property/iam-oracle.ts";
import { cedarOf } from "../unit/core/cedar-of.ts";

watchWorlds();

const REPORT = "arn:aws:s3:::acme-data/reports/a";
const UNTIL_ONE = cedarOf([
  'permit (principal in Team::"demo", action == Action::"s3:GetObject", resource is AWS::Resource) when { context.time.hour < 13 };',
]);
const READ = {
  task_ttl: "7200",
  authorization_details: JSON.stringify([
    { type: "aws", account: ACCOUNT, actions: ["s3:GetObject"], resources: [REPORT] },
  ]),
};

describe("I2: a session that policy permits until one o'clock", () => {
  it.each([
    ["the second before it", "2026-11-24T12:59:59Z", true],
    ["one o'clock itself", "2026-11-24T13:00:00Z", false],
    ["within that second", "2026-11-24T13:00:00.999Z", false],
  ])("at %s (%s): %s", async (_when, at, isAllowed) => {
    const world = fakeWorld({ policies: UNTIL_ONE });
    world.pass(50 * 60);
    await new FakeService(world).start(READ);
    const policy = world.ports.sessions.asked.at(-1)?.policy ?? "";
    const call = { action: "s3:GetObject", resource: REPORT, resourceAccount: ACCOUNT };
    expect(await sessionPolicyAllows(policy, { ...call, context: { "aws:CurrentTime": at } })).toBe(isAllowed);
  });
});
