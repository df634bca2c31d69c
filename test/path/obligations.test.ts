import { describe, expect, it } from "vitest";
import { FakeService } from "../fakes/world/service.ts";
import { ACCOUNT, type FakeWorld, fakeWorld } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { sessionPolicyAllows } from "../property/iam-oracle.ts";
import { cedarOf } from "../unit/core/cedar-of.ts";

watchWorlds();

const REPORT = "arn:aws:s3:::acme-data/reports/a";
const permit = (annotations: string, action = "s3:GetObject", when = "true") =>
  `${annotations} permit (principal in Team::"demo", action == Action::"${action}", resource is AWS::Resource) when { ${when} };`;
const intent = (...actions: readonly string[]) =>
  JSON.stringify([{ type: "aws", account: ACCOUNT, actions, resources: [REPORT] }]);
const READ = { task_ttl: "7200", authorization_details: intent("s3:GetObject") };

const under = (world: FakeWorld, ...texts: readonly string[]) =>
  new FakeService(world, { ...world.ports, policies: cedarOf(texts) });
const serve = (...texts: readonly string[]) => under(fakeWorld(), ...texts);
const lastPolicy = ({ world }: FakeService): string => world.ports.sessions.asked.at(-1)?.policy ?? "";
const expirations = ({ body }: Awaited<ReturnType<FakeService["exchange"]>>) => ({
  task: body.task?.expires_at,
  fence: body.credentials?.[0]?.Expiration,
});

describe("@maxTtl", () => {
  it("is the longest that the task lives, and its fence with it", async () => {
    const service = serve(permit('@maxTtl("10m")'));
    expect(expirations(await service.exchange(READ))).toEqual({
      task: "2026-11-24T12:10:00Z",
      fence: "2026-11-24T12:10:00Z",
    });
  });

  it("lets a shorter task be", async () => {
    const service = serve(permit('@maxTtl("10m")'));
    expect(expirations(await service.exchange({ ...READ, task_ttl: "60" })).task).toBe("2026-11-24T12:01:00Z");
  });

  it("of several permits that decide is the shortest", async () => {
    const service = serve(permit('@maxTtl("10m")'), permit('@maxTtl("5m")', "s3:PutObject"));
    const both = { ...READ, authorization_details: intent("s3:GetObject", "s3:PutObject") };
    expect(expirations(await service.exchange(both)).task).toBe("2026-11-24T12:05:00Z");
  });

  it("counts from the opening, for a renewal too", async () => {
    const service = serve(permit('@maxTtl("20m")'));
    const held = await service.start(READ);
    service.world.pass(600);
    expect((await service.renew(held)).body.Expiration).toBe("2026-11-24T12:20:00Z");
    service.world.pass(600);
    expect(await service.renew(held)).toMatchObject({ status: 403, body: { code: "task_ended" } });
  });

  it("that policy shortened meanwhile shortens the fence of a renewal, and then denies it", async () => {
    const world = fakeWorld();
    const held = await under(world, permit("")).start(READ);
    const shorter = under(world, permit('@maxTtl("20m")'));
    world.pass(600);
    expect((await shorter.renew(held)).body.Expiration).toBe("2026-11-24T12:20:00Z");
    world.pass(600);
    expect(await shorter.renew(held)).toMatchObject({ status: 403, body: { code: "policy_denied" } });
  });
});

describe("@bindIp", () => {
  const allows = (policy: string, context: Readonly<Record<string, string>>) =>
    allowsWithout(policy, { "aws:ViaAWSService": "false", ...context });
  const allowsWithout = (policy: string, context: Readonly<Record<string, string>>) =>
    sessionPolicyAllows(policy, {
      action: "s3:GetObject",
      resource: REPORT,
      resourceAccount: ACCOUNT,
      context: { "aws:CurrentTime": "2026-11-24T12:01:00Z", ...context },
    });

  it("lets the session work from the requester's address, and from no other", async () => {
    const service = serve(permit("@bindIp"));
    await service.exchange(READ);
    expect(await allows(lastPolicy(service), { "aws:SourceIp": "203.0.113.7" })).toBe(true);
    expect(await allows(lastPolicy(service), { "aws:SourceIp": "203.0.113.8" })).toBe(false);
    expect(await allows(lastPolicy(service), {})).toBe(false);
  });

  it("holds where AWS does not say whether a service calls", async () => {
    const service = serve(permit("@bindIp"));
    await service.exchange(READ);
    expect(await allowsWithout(lastPolicy(service), { "aws:SourceIp": "203.0.113.7" })).toBe(true);
    expect(await allowsWithout(lastPolicy(service), { "aws:SourceIp": "203.0.113.8" })).toBe(false);
  });

  it("lets AWS services call on its behalf, which they do from elsewhere", async () => {
    const service = serve(permit("@bindIp"));
    await service.exchange(READ);
    const viaService = { "aws:SourceIp": "198.51.100.1", "aws:ViaAWSService": "true" };
    expect(await allows(lastPolicy(service), viaService)).toBe(true);
  });

  it("holds for the renewals of the task", async () => {
    const service = serve(permit("@bindIp"));
    const held = await service.start(READ);
    service.world.pass(600);
    await service.renew(held);
    const later = { "aws:CurrentTime": "2026-11-24T12:11:00Z" };
    expect(await allows(lastPolicy(service), { ...later, "aws:SourceIp": "203.0.113.7" })).toBe(true);
    expect(await allows(lastPolicy(service), { ...later, "aws:SourceIp": "203.0.113.8" })).toBe(false);
  });

  it("binds nobody whose permit does not require it", async () => {
    const service = serve(permit(""));
    await service.exchange(READ);
    expect(await allows(lastPolicy(service), { "aws:SourceIp": "203.0.113.8" })).toBe(true);
  });
});

describe("@approval", () => {
  it("hands out nothing, and names the approvers", async () => {
    expect(await serve(permit('@id("by-hand") @approval("sre")')).exchange(READ)).toMatchObject({
      status: 200,
      body: {
        task: { status: "pending_approval", approval: { needed: [{ group: "sre", count: 1 }] } },
        credentials: [],
      },
    });
  });

  it("has the whole task wait, in either mode", async () => {
    const service = serve(permit('@approval("sre")'), permit("", "s3:PutObject"));
    const both = intent("s3:GetObject", "s3:PutObject");
    for (const mode of ["all", "narrow"]) {
      const { body } = await service.exchange({ ...READ, mode, authorization_details: both });
      expect(body).toMatchObject({ task: { status: "pending_approval" }, credentials: [] });
      expect(body.authorization_details).toMatchObject([{ actions: ["s3:GetObject", "s3:PutObject"] }]);
    }
  });
});

describe('@mode("shadow")', () => {
  const watched = '@id("no-reports") @mode("shadow") forbid (principal, action, resource);';

  it("enforces nothing, and records the decision that it would have made", async () => {
    const service = serve(permit('@id("reads")'), watched);
    expect(await service.exchange(READ)).toMatchObject({ status: 200 });
    expect(service.world.ports.tasks.events[0]?.facts).toMatchObject({
      policies: ["reads"],
      shadows: ["forbid:no-reports"],
    });
  });

  it("grants nothing either", async () => {
    expect(await serve(permit('@mode("shadow")')).exchange(READ)).toMatchObject({ status: 403 });
  });

  it("leaves no mark where it would have changed nothing", async () => {
    const service = serve(permit(""), watched.replace("action,", 'action == Action::"s3:PutObject",'));
    await service.exchange(READ);
    expect(service.world.ports.tasks.events[0]?.facts).not.toHaveProperty("shadows");
  });
});

describe("policies that read the time", () => {
  const untilOne = permit("", "s3:GetObject", "context.time.hour < 13");

  it("end every fence with the hour, since the next hour may be decided otherwise", async () => {
    const world = fakeWorld();
    world.pass(50 * 60);
    const service = under(world, untilOne);
    const answer = await service.exchange(READ);
    expect(expirations(answer)).toEqual({ task: "2026-11-24T14:50:00Z", fence: "2026-11-24T13:00:00Z" });
    const held = { id: answer.body.task?.id ?? "", token: answer.body.access_token ?? "" };
    world.pass(10 * 60);
    expect(await service.renew(held)).toMatchObject({ status: 403, body: { code: "policy_denied" } });
  });

  it("leave an earlier fence as it is", async () => {
    expect(expirations(await serve(untilOne).exchange(READ)).fence).toBe("2026-11-24T12:15:00Z");
  });
});

describe("the size of a session token that STS reports", () => {
  it("is in the log, of a vend and of a renewal", async () => {
    const service = serve(permit(""));
    service.world.ports.sessions.tokenPercent = 37;
    const held = await service.start(READ);
    service.world.pass(600);
    await service.renew(held);
    expect(service.world.lines).toMatchObject([{ session_token_percent: 37 }, { session_token_percent: 37 }]);
  });
});

describe("@outlives", () => {
  /** A deployment whose account lets tasks tag objects. */
  const tagging = (...texts: readonly string[]) => {
    const world = fakeWorld();
    const accounts = world.ports.deployment.accounts.map((each) => ({ ...each, ceiling: ["s3:PutObjectTagging"] }));
    const deployment = { ...world.ports.deployment, accounts };
    return new FakeService(world, { ...world.ports, deployment, policies: cedarOf(texts) });
  };

  it("is what it takes to be granted something that outlives the task", async () => {
    const request = { ...READ, authorization_details: intent("s3:PutObjectTagging") };
    expect(await tagging(permit("", "s3:PutObjectTagging")).exchange(request)).toMatchObject({
      status: 403,
      body: { denials: [{ reason: expect.stringMatching(/outlives/) }] },
    });
    expect(await tagging(permit('@outlives("reviewed")', "s3:PutObjectTagging")).exchange(request)).toMatchObject({
      status: 200,
    });
  });
});
