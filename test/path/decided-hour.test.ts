import { describe, expect, it } from "vitest";
import type { Policies } from "../../functions/core/policy/query.ts";
import { FakeService } from "../fakes/world/service.ts";
import { ACCOUNT, fakeWorld } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { sessionPolicyAllows } from "../property/iam-oracle.ts";
import { answersOf, cedarOf } from "../unit/core/cedar-of.ts";

watchWorlds();

const REPORT = "arn:aws:s3:::acme-data/reports/a";
const UNTIL_ONE = cedarOf([
  `permit (principal == Agent::"demo", action == Action::"s3:GetObject", resource is AWS::Resource)
     when { context.time.hour < 13 };`,
  'permit (principal == Agent::"helper", action == Action::"s3:GetObject", resource is AWS::Resource);',
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

describe("I2: where the hour ends between the decision and the fence", () => {
  /** Policies that take some time to decide; the service's clock goes on meanwhile. */
  const slowly = (policies: typeof UNTIL_ONE, pass: () => void): Policies => ({
    ...answersOf(policies),
    evaluate: (query) => {
      const answer = policies.evaluate(query);
      pass();
      return answer;
    },
  });

  /** A service at 200 ms before one o'clock, where each decision takes 300 ms once `late` is set. */
  function aroundOne() {
    const late = { isSlow: false };
    const world = fakeWorld({ policies: slowly(UNTIL_ONE, () => late.isSlow && world.pass(0.3)) });
    world.pass(3_600 - 120.2);
    return { world, service: new FakeService(world), late };
  }

  it("nothing is opened on what the hour before permitted: the request is to be made again", async () => {
    const { world, service, late } = aroundOne();
    world.pass(120);
    late.isSlow = true;
    expect(await service.exchange(READ)).toMatchObject({ status: 503, body: { code: "contended" } });
    expect(world.ports.sessions.asked).toEqual([]);
    expect(await service.exchange(READ)).toMatchObject({ status: 403, body: { code: "policy_denied" } });
  });

  it("nothing is renewed on it", async () => {
    const { world, service, late } = aroundOne();
    const held = await service.start(READ);
    world.pass(120);
    late.isSlow = true;
    expect(await service.renew(held)).toMatchObject({ status: 503, body: { code: "contended" } });
    expect(world.ports.sessions.asked).toHaveLength(1);
  });

  it("no child is opened on what its parent was permitted in it, though the child was decided in the next", async () => {
    const { world, service, late } = aroundOne();
    const token = await service.delegation(await service.start(READ));
    world.pass(120);
    late.isSlow = true;
    expect(await service.exchangeDelegation(token, READ)).toMatchObject({ status: 503, body: { code: "contended" } });
    expect(world.ports.sessions.asked).toHaveLength(1);
  });
});
