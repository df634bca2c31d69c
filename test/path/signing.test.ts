import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { knownPath } from "../../functions/core/task-path.ts";
import { CANARY_SECRET } from "../fakes/tasks/sessions.ts";
import { type Answer, FakeService, type Held, READ_OBJECT } from "../fakes/world/service.ts";
import { ACCOUNT, fakeWorld } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { cedarOf } from "../unit/core/cedar-of.ts";
import { intentOf } from "./approvals/approving.ts";

watchWorlds();

const SIGN = { deliver: "sign" } as const;

/** Requests a signature. */
const signed = (service: FakeService, held: Held, request?: object): Promise<Answer> => service.sign(held, request);

const codeOf = ({ status, body }: Answer) => (status === 200 ? 200 : body.code);

/** Policies that permit every action, with these annotations. */
const permitting = (annotations: string) => cedarOf([`${annotations} permit (principal is Agent, action, resource);`]);

const under = (annotations: string, service = new FakeService(fakeWorld())) =>
  new FakeService(service.world, { ...service.world.ports, policies: permitting(annotations) });

/** Everything that has left the hub, or that its record and log have, but the vault. */
const everythingOf = ({ world }: FakeService): string =>
  JSON.stringify([
    world.answers,
    world.lines,
    [...world.ports.tasks.tasks.values()],
    world.ports.tasks.events,
    [...world.ports.tasks.kept.items.values()],
  ]);

describe("I12: no byte of a secret access key", () => {
  it("is in an answer, a record, an event or a log line of a task whose sessions stay in the hub", async () => {
    const service = new FakeService(fakeWorld());
    const request = { ...SIGN, idempotency_key: "once", subject_token: service.world.agentToken() };
    const { body } = await service.exchange(request);
    const held = { id: body.task?.id ?? "", token: body.access_token ?? "" };
    expect(body.credentials).toMatchObject([{ type: "aws-sign", name: "aws-0", account: ACCOUNT }]);
    expect(body.credentials?.[0]).toMatchObject({
      endpoints: expect.arrayContaining([
        { service: "s3", variable: "AWS_ENDPOINT_URL_S3", host: "s3.{region}.amazonaws.com" },
      ]),
    });
    // At once, from this process's memory; and after it.
    expect((await service.renew(held)).body).toMatchObject({ deliver: "sign", AccountId: ACCOUNT });
    service.world.pass(60);
    expect((await service.renew(held)).body).toMatchObject({ deliver: "sign", AccountId: ACCOUNT });
    service.world.pass(15);
    const repeated = await service.exchange({ ...request, subject_token: service.world.agentToken() });
    expect(repeated.body.credentials).toMatchObject([{ type: "aws-sign" }]);
    expect(codeOf(await signed(service, held))).toBe(200);
    expect(everythingOf(service)).not.toContain(CANARY_SECRET);
  });

  it("is handed out where policy demands signatures, though the request does not", async () => {
    const service = under('@deliver("sign")');
    const { body } = await service.exchange();
    expect(body.credentials).toMatchObject([{ type: "aws-sign" }]);
    expect(everythingOf(service)).not.toContain(CANARY_SECRET);
  });

  it("is handed out at a renewal, once policy demands signatures", async () => {
    const before = new FakeService(fakeWorld());
    const held = await before.start();
    before.world.pass(60);
    const after = under('@deliver("sign")', before);
    expect((await after.renew(held)).body).toMatchObject({ deliver: "sign" });
    expect(codeOf(await signed(after, held))).toBe(200);
  });

  it("is handed out for a task that began with signatures, whatever policy demands later and its record says", async () => {
    const before = under('@deliver("sign")');
    const held = await before.start();
    before.world.pass(60);
    const after = under("", before);
    expect((await after.renew(held)).body).toMatchObject({ deliver: "sign" });
    const { tasks } = before.world.ports.tasks;
    const path = knownPath(held.id);
    const task = tasks.get(path);
    if (!task) throw new Error("no task");
    const { delivery: _, ...changed } = task;
    tasks.set(path, changed);
    before.world.pass(60);
    expect(codeOf(await after.renew(held))).toBe("task_token_invalid");
  });

  it("is handed out to a sub-agent of such a task", async () => {
    const service = under("");
    const parent = await service.start({ ...SIGN, authorization_details: intentOf("s3:GetObject") });
    await service.startBelow(parent, { authorization_details: intentOf("s3:GetObject") });
    const last = JSON.parse(service.world.answers.at(-1)?.answer.body ?? "{}");
    expect(last.credentials).toMatchObject([{ type: "aws-sign" }]);
  });

  it("is handed out below a task for whose agent policy has come to demand signatures, two levels down", async () => {
    const before = under("");
    const read = { authorization_details: intentOf("s3:GetObject"), task_ttl: "3600" };
    const root = await before.start(read);
    const child = await before.startBelow(root, read);
    const grandchild = await before.startBelow(child, read, "scout");
    before.world.pass(60);
    const permits = ['@deliver("sign") permit (principal == Agent::"demo", action, resource);'].concat(
      ["helper", "scout"].map((id) => `permit (principal == Agent::"${id}", action, resource);`),
    );
    const after = new FakeService(before.world, { ...before.world.ports, policies: cedarOf(permits) });
    expect((await after.renew(grandchild)).body).toMatchObject({ deliver: "sign" });
  });

  it("is returned by an action of such a task: those that hand out credentials are denied, with @outlives too", async () => {
    const permit = (action: string) =>
      `@outlives("a test") permit (principal is Agent, action == Action::"${action}", resource);`;
    const world = fakeWorld();
    const policies = cedarOf(["codeartifact:GetAuthorizationToken", "s3:PutObjectTagging"].map(permit));
    const ceiling = ["codeartifact:GetAuthorizationToken", "s3:PutObjectTagging"];
    const accounts = world.ports.deployment.accounts.map((account) => ({ ...account, ceiling }));
    const deployment = { ...world.ports.deployment, accounts };
    const service = new FakeService(world, { ...world.ports, policies, deployment });
    const detail = (action: string, resource: string) =>
      JSON.stringify([{ type: "aws", account: ACCOUNT, actions: [action], resources: [resource] }]);
    const domain = `arn:aws:codeartifact:us-east-1:${ACCOUNT}:domain/acme`;
    const token = detail("codeartifact:GetAuthorizationToken", domain);
    expect(codeOf(await service.exchange({ authorization_details: token }))).toBe(200);
    const refused = await service.exchange({ ...SIGN, authorization_details: token });
    expect(refused.body).toMatchObject({
      code: "policy_denied",
      denials: [
        { action: "codeartifact:GetAuthorizationToken", reason: expect.stringContaining("hands out credentials") },
      ],
    });
    const lasting = detail("s3:PutObjectTagging", "arn:aws:s3:::acme-data/a");
    expect(codeOf(await service.exchange({ ...SIGN, authorization_details: lasting }))).toBe(200);
  });
});

describe("I13: no signature", () => {
  it("is given after the task's end, by whomever, nor after its deadline", async () => {
    const service = new FakeService(fakeWorld());
    const completed = await service.start(SIGN);
    expect(codeOf(await signed(service, completed))).toBe(200);
    await service.complete(completed);
    expect(codeOf(await signed(service, completed))).toBe("task_ended");
    const brief = await service.start({ ...SIGN, task_ttl: "60" });
    service.world.pass(60);
    expect(codeOf(await signed(service, brief))).toBe("task_ended");
  });

  it("is given by a session that was sealed for another task, another lease, or another fence", async () => {
    const service = new FakeService(fakeWorld());
    const [one, other] = [await service.start(SIGN), await service.start(SIGN)];
    const { kept } = service.world.ports.tasks;
    const [of, from] = [`${knownPath(one.id)} aws-0`, `${knownPath(other.id)} aws-0`];
    const own = kept.items.get(of);
    const foreign = kept.items.get(from);
    if (!own || !foreign) throw new Error("no sessions");
    kept.items.set(of, foreign);
    expect(codeOf(await signed(service, one))).toBe("renew_needed");
    kept.items.set(of, { ...own, fenceAt: own.fenceAt + 600 });
    service.world.pass(150);
    expect(codeOf(await signed(service, one))).toBe("renew_needed");
    expect(service.world.lines).toContainEqual(expect.objectContaining({ event: "seal_broken", type: "session" }));
    expect(service.world.ports.vault.opened).toBe(0);
  });

  it("is given at or after the fence, two minutes after the issue by default, or as policy says", async () => {
    const service = new FakeService(fakeWorld());
    const held = await service.start(SIGN);
    service.world.pass(114);
    expect(codeOf(await signed(service, held))).toBe(200);
    service.world.pass(1);
    expect(codeOf(await signed(service, held))).toBe("renew_needed");
    await service.renew(held);
    expect(codeOf(await signed(service, held))).toBe(200);
    const longer = under('@deliver("sign") @fence("5m")');
    const { body } = await longer.exchange();
    expect(body.credentials).toMatchObject([{ expires_at: "2026-11-24T12:05:00Z" }]);
  });

  it("is given for a host that is not of a granted service, in another partition, or none of AWS", async () => {
    const service = new FakeService(fakeWorld());
    const held = await service.start(SIGN);
    const at = (host: string) => signed(service, held, { ...READ_OBJECT, host }).then(codeOf);
    expect(await at("acme-data.s3.dualstack.us-east-1.amazonaws.com")).toBe(200);
    for (const host of [
      ...["dynamodb.us-east-1.amazonaws.com", "s3.cn-north-1.amazonaws.com.cn", "s3.us-gov-west-1.amazonaws.com"],
      ...["s3.us-east-1.amazonaws.com.evil.test", "evil.test", "x.s3-accesspoint.us-east-1.amazonaws.com"],
    ])
      expect([host, await at(host)]).toEqual([host, "host_not_granted"]);
  });

  it("is given for a request to STS but the one that asks who calls, where that is granted", async () => {
    const world = fakeWorld();
    const ceiling = ["sts:GetCallerIdentity", "s3:GetObject"];
    const accounts = world.ports.deployment.accounts.map((account) => ({ ...account, ceiling }));
    const policies = cedarOf([
      'permit (principal is Agent, action == Action::"s3:GetObject", resource);',
      '@outlives("a test") permit (principal is Agent, action == Action::"sts:GetCallerIdentity", resource);',
    ]);
    const service = new FakeService(world, {
      ...world.ports,
      ...{ policies, deployment: { ...world.ports.deployment, accounts } },
    });
    const detail = { type: "aws", account: ACCOUNT, actions: ["sts:GetCallerIdentity"], resources: ["*"] };
    const held = await service.start({ ...SIGN, authorization_details: JSON.stringify([detail]) });
    const asking = (body: string) => ({
      ...{ lease: "aws-0", method: "POST", host: "sts.us-east-1.amazonaws.com", path: "/", query: "" },
      headers: [["content-type", "application/x-www-form-urlencoded"]],
      payload_hash: createHash("sha256").update(body).digest("hex"),
    });
    const answer = await signed(service, held, asking("Action=GetCallerIdentity&Version=2011-06-15"));
    expect(answer).toMatchObject({ status: 200, body: { operation: "sts:GetCallerIdentity" } });
    for (const name of ["GetSessionToken", "GetScopedCredentials"])
      expect(codeOf(await signed(service, held, asking(`Action=${name}&Version=2011-06-15`)))).toBe("call_refused");
    const unhashed = { ...asking(""), payload_hash: "UNSIGNED-PAYLOAD" };
    expect(codeOf(await signed(service, held, unhashed))).toBe("call_refused");
    const elsewhere = await service.start(SIGN);
    expect(codeOf(await signed(service, elsewhere, asking("Action=GetCallerIdentity&Version=2011-06-15")))).toBe(
      "host_not_granted",
    );
  });

  it("is given for a request that brings a signature of its own, and none for a lease with a key", async () => {
    const service = new FakeService(fakeWorld());
    const held = await service.start(SIGN);
    for (const request of [
      { ...READ_OBJECT, headers: [["authorization", "AWS4-HMAC-SHA256 Credential=x"]] },
      { ...READ_OBJECT, query: "X-Amz-Signature=abc" },
      { ...READ_OBJECT, path: "/acme-data/a\nb" },
    ])
      expect(codeOf(await signed(service, held, request))).toBe("request_unsignable");
    const withKey = await service.start();
    expect(codeOf(await signed(service, withKey))).toBe("lease_unknown");
    expect(codeOf(await signed(service, { ...held, token: withKey.token }))).toBe("task_token_invalid");
  });

  it("is given while KMS does not answer: the caller tries again", async () => {
    const service = new FakeService(fakeWorld());
    const held = await service.start(SIGN);
    const { Refusal } = await import("../../functions/core/refusal.ts");
    service.world.ports.vault.before = () => {
      throw new Refusal("store_unavailable", { retryAfterSeconds: 1 });
    };
    expect(await signed(service, held)).toMatchObject({ status: 503 });
  });

  it("is given that was not counted", async () => {
    const service = new FakeService(fakeWorld());
    const held = await service.start(SIGN);
    const { Refusal } = await import("../../functions/core/refusal.ts");
    service.world.ports.signedCalls.before = () => {
      throw new Refusal("store_unavailable", { retryAfterSeconds: 1 });
    };
    expect(codeOf(await signed(service, held))).toBe("store_unavailable");
  });
});

describe("I13: no signature above a budget of calls", () => {
  const hourly = '@deliver("sign") @calls("reads 3/1h agent")';

  it("is given: the fourth within an hour is refused, with the moment at which it is free", async () => {
    const service = under(hourly);
    const [one, other] = [await service.start(), await service.start()];
    const codes: unknown[] = [];
    for (const held of [one, other, one, other]) codes.push(codeOf(await signed(service, held)));
    expect(codes).toEqual([200, 200, 200, "budget_spent"]);
    const { body, headers } = await signed(service, one);
    expect(body).toMatchObject({ budget: "reads 3/1h agent", retry_after: 3_670 });
    expect(headers["retry-after"]).toBe("3670");
    expect(body.error_description).toContain("allows a further signature from");
  });

  it("is given to many requests at once: each count is one step, and its answer has the sum", async () => {
    const service = under(hourly);
    const held = await service.start();
    const answers = await Promise.all(Array.from({ length: 8 }, () => signed(service, held)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
  });

  it("is counted for a refused request, or one that another rule refuses", async () => {
    const service = under(hourly);
    const held = await service.start();
    for (const request of [
      { ...READ_OBJECT, host: "evil.test" },
      { ...READ_OBJECT, path: "/a/../b" },
    ])
      await signed(service, held, request);
    expect(service.world.ports.callCounts.counted.size).toBe(0);
  });

  it("is given once the hour has passed, to the next task", async () => {
    const service = under(hourly);
    const held = await service.start();
    for (let n = 0; n < 3; n += 1) await signed(service, held);
    service.world.pass(3_670);
    const next = await service.start();
    expect(codeOf(await signed(service, next))).toBe(200);
  });

  it("is given to a sub-agent, whose signatures count for its parent's agent too", async () => {
    const service = under(hourly);
    const intent = { authorization_details: intentOf("s3:GetObject") };
    const parent = await service.start(intent);
    const child = await service.startBelow(parent, intent);
    for (let n = 0; n < 3; n += 1) expect(codeOf(await signed(service, child))).toBe(200);
    expect(codeOf(await signed(service, parent))).toBe("budget_spent");
  });

  it("is given while the counts cannot be read or written", async () => {
    const service = under(hourly);
    const held = await service.start();
    const { Refusal } = await import("../../functions/core/refusal.ts");
    for (const failing of ["read", "count"]) {
      service.world.ports.callCounts.before = (method) => {
        if (method === failing) throw new Refusal("store_unavailable", { retryAfterSeconds: 1 });
      };
      expect(await signed(service, held)).toMatchObject({ status: 503 });
    }
  });

  it("follows policy: a budget that is there at the next renewal counts from then on", async () => {
    const before = under('@deliver("sign")');
    const held = await before.start();
    before.world.pass(60);
    const after = under('@deliver("sign") @calls("reads 1/1h agent")', before);
    await after.renew(held);
    expect([codeOf(await signed(after, held)), codeOf(await signed(after, held))]).toEqual([200, "budget_spent"]);
  });
});

describe("a forbid of single calls (@perCall)", () => {
  const PERMIT = "permit (principal is Agent, action, resource);";
  const forbidding = (forbid: string, service = new FakeService(fakeWorld())) =>
    new FakeService(service.world, {
      ...service.world.ports,
      policies: cedarOf([PERMIT, `@id("single") ${forbid}`]),
    });
  const noReads = '@perCall("s3:GetObject, s3:CopyObject") forbid (principal is Agent, action, resource);';

  it("refuses the calls that it names, and those whose operation is unclear; others are signed", async () => {
    const service = forbidding(noReads);
    const held = await service.start(SIGN);
    const head = { ...READ_OBJECT, method: "HEAD" };
    expect(codeOf(await signed(service, held))).toBe("call_refused");
    expect(codeOf(await signed(service, held, head))).toBe(200);
    const unclear = { ...READ_OBJECT, query: "no-such-parameter=1" };
    const { body } = await signed(service, held, unclear);
    expect(body.error_description).toContain("do not tell its operation");
  });

  it("takes no part in decisions on intents, and refuses a task whose keys would be handed out", async () => {
    const service = forbidding(noReads);
    const { body } = await service.exchange();
    expect(body).toMatchObject({
      code: "policy_denied",
      denials: [{ reason: expect.stringContaining("@perCall"), hint: expect.stringContaining("exec --sign") }],
    });
    expect(codeOf(await service.exchange(SIGN))).toBe(200);
  });

  it("is about those to whom its head and conditions apply, and about their services alone", async () => {
    const others = forbidding('@perCall("s3:GetObject") forbid (principal == Agent::"scout", action, resource);');
    expect(codeOf(await signed(others, await others.start(SIGN)))).toBe(200);
    const elsewhere = forbidding('@perCall("dynamodb:PutItem") forbid (principal, action, resource);');
    expect(codeOf(await elsewhere.exchange())).toBe(200);
    const placed = forbidding(
      '@perCall("s3:GetObject") forbid (principal, action, resource) when { resource.arn like "arn:aws:s3:::other/*" };',
    );
    expect(codeOf(await placed.exchange())).toBe(200);
  });

  it("is about a sub-agent of those, too", async () => {
    const service = forbidding('@perCall("s3:GetObject") forbid (principal == Agent::"demo", action, resource);');
    const intent = { authorization_details: intentOf("s3:GetObject") };
    const parent = await service.start({ ...SIGN, ...intent });
    const child = await service.startBelow(parent, intent);
    expect(codeOf(await signed(service, child))).toBe("call_refused");
  });

  it("holds from the next renewal on, where it comes while a task lives", async () => {
    const before = new FakeService(fakeWorld());
    const held = await before.start(SIGN);
    before.world.pass(60);
    const after = forbidding(noReads, before);
    expect(codeOf(await signed(after, held))).toBe(200);
    await after.renew(held);
    expect(codeOf(await signed(after, held))).toBe("call_refused");
  });

  it('is observed alone with @mode("shadow")', async () => {
    const service = forbidding(`@mode("shadow") ${noReads}`);
    expect(codeOf(await service.exchange())).toBe(200);
  });
});
