import type { RequestListener } from "node:http";
import { IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { agentId } from "../../contract/agent-id.ts";
import { EventBridgeBus } from "../../functions/adapters/eventbridge/eventbridge-bus.ts";
import { IamRevocations } from "../../functions/adapters/iam/iam-revocations.ts";
import { SqsRevocationQueue } from "../../functions/adapters/sqs/sqs-revocation-queue.ts";
import { httpAssumeRole } from "../../functions/adapters/sts/http-assume-role.ts";
import { StsSessions } from "../../functions/adapters/sts/sts-sessions.ts";
import { accountId } from "../../functions/core/deployment/account-id.ts";
import { renderRevocations } from "../../functions/core/revocation/render.ts";
import { whole } from "../../functions/core/revocation/roles.ts";
import { rootPath, type TaskPath } from "../../functions/core/task-path.ts";
import type { Session, SessionRequest } from "../../functions/core/tasks/sessions.ts";
import { revokerRole } from "../../functions/hub-names.ts";
import { PERSON_TAG, REVOCATION_POLICY } from "../../functions/names.ts";
import { taskRoleTrust } from "../../infra/target-rights.ts";
import { type LocalAccounts, speakTo, startAccounts } from "../../local/cloud/local-accounts.ts";
import { FakeService } from "../fakes/world/service.ts";
import { fakeWorld } from "../fakes/world/world.ts";
import { type LoopbackServer, listen } from "../loopback-server.ts";
import { AWS_CLIENTS } from "./aws-clients.ts";

const ACCOUNT = accountId("111122223333");
const BUCKET = "acme-data";
/** STS's clock is two minutes ahead of ours. */
const AHEAD_SECONDS = 120;

let accounts: LocalAccounts;
let aheadMs = AHEAD_SECONDS * 1_000;
const awsNowSeconds = () => Math.floor((Date.now() + aheadMs) / 1_000);
beforeAll(async () => {
  accounts = await startAccounts(() => Date.now() + aheadMs);
  const account = accounts.aws.admin(ACCOUNT);
  account.putBucket(BUCKET);
  account.putObject(BUCKET, "reports/a", "a report");
  account.putObject(BUCKET, "b", "not a report");
});
afterAll(() => accounts.close());

const path = () => rootPath(crypto.getRandomValues(new Uint8Array(32)));
/** The session policy of a task with this lifetime by AWS's clock, as the exchange compiles it. */
async function policyFor(seconds: number): Promise<string> {
  const world = fakeWorld();
  world.pass(awsNowSeconds() - world.nowSeconds());
  await new FakeService(world).start({ task_ttl: String(seconds) });
  return world.ports.sessions.asked[0]?.policy ?? "";
}
const request = async (changed: Partial<SessionRequest> = {}): Promise<SessionRequest> => ({
  account: ACCOUNT,
  role: "valetkey-task-0",
  path: path(),
  agent: agentId("demo"),
  policy: await policyFor(600),
  durationSeconds: 900,
  startedAt: Math.floor(Date.now() / 1_000),
  ...changed,
});

/** 200, or the name of AWS's error. */
async function get(session: Session, key: string): Promise<string> {
  const { aws } = accounts;
  const s3 = new S3Client({ region: "us-east-1", endpoint: aws.endpoint, forcePathStyle: true, credentials: session });
  try {
    const { Body: body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: key }));
    await body?.transformToByteArray();
    return "200";
  } catch (error) {
    return error instanceof Error ? error.name : "unknown";
  } finally {
    s3.destroy();
  }
}

describe.each(AWS_CLIENTS)("StsSessions over %s, as the exchange function", (client, { assumeRole }) => {
  const assume = async (changed: Partial<SessionRequest> = {}) => {
    accounts.become("exchange");
    return new StsSessions("aws", assumeRole()).assume(await request(changed));
  };
  const refused = (code: string) => expect.objectContaining({ name: "Refusal", code });

  it("gives a session limited to its policy, named by the task, with the agent's identity", async () => {
    const input = await request();
    const session = await assume(input);
    expect([await get(session, "reports/a"), await get(session, "b")]).toEqual(["200", "AccessDenied"]);
    expect(accounts.calls.findLast(({ service }) => service === "s3")).toMatchObject({
      sessionName: input.path,
      sourceIdentity: "demo",
      accessKeyId: session.accessKeyId,
      context: { "aws:PrincipalTag/valetkey:agent": "demo", "aws:PrincipalTag/valetkey:task": input.path },
    });
  });

  it("gives a session for a person the person's tag, which every role assumed from it has too", async () => {
    await get(await assume({ personTag: "ABCDEFGHIJKLMNOP" }), "reports/a");
    const call = accounts.calls.findLast(({ service }) => service === "s3");
    expect(call?.context).toMatchObject({ [`aws:PrincipalTag/${PERSON_TAG}`]: "ABCDEFGHIJKLMNOP" });
    await get(await assume(), "reports/a");
    expect(accounts.calls.findLast(({ service }) => service === "s3")?.context).not.toHaveProperty([
      `aws:PrincipalTag/${PERSON_TAG}`,
    ]);
  });

  it("gets no session for a person from a role of an older stack, but one for an agent alone", async () => {
    const name = `valetkey-task-of-${client.replaceAll(" ", "-")}`;
    const trust = taskRoleTrust(accounts.scope).filter(({ Sid }) => Sid !== "ExchangeTagsThePerson");
    await accounts.aws.admin(ACCOUNT).createRole({
      name,
      trust: JSON.parse(JSON.stringify({ Version: "2012-10-17", Statement: trust })),
    });
    await expect(assume({ role: name, personTag: "ABCDEFGHIJKLMNOP" })).rejects.toEqual(refused("sts_refused"));
    await expect(assume({ role: name })).resolves.toBeDefined();
  });

  it("reports the issue time by STS's clock, not ours", async () => {
    const { issuedAt } = await assume();
    expect(Math.abs(issuedAt - awsNowSeconds())).toBeLessThan(5);
  });

  it("reports the share of a session token's size that it takes", async () => {
    const { tokenPercent = 0 } = await assume();
    expect(tokenPercent).toBeGreaterThan(0);
    expect(tokenPercent).toBeLessThan(100);
  });

  it("gives a session that is dead at its fence, long before STS ends it (I4)", async () => {
    const session = await assume({ policy: await policyFor(60) });
    expect(await get(session, "reports/a")).toBe("200");
    aheadMs += 61_000;
    expect(await get(session, "reports/a")).toBe("AccessDenied");
  });

  it.each([
    ["a role that is not of the pool", { role: "valetkey-revoker" }, "sts_refused"],
    ["an account that is not ours", { account: accountId("444455556666") }, "sts_refused"],
    ["a policy that is none", { policy: "{}" }, "sts_refused"],
    ["a time that the role does not give", { durationSeconds: 43_200 }, "sts_refused"],
  ])("is refused by STS for %s", async (_, changed, code) => {
    await expect(assume(changed)).rejects.toEqual(refused(code));
  });

  it("refuses a policy that STS cannot pack as an intent that is too large", async () => {
    // Hard to compress, and still within 2,048 characters.
    const noise = Buffer.from(crypto.getRandomValues(new Uint8Array(1_440))).toString("base64");
    const policy = JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: `arn:aws:s3:::${BUCKET}/${noise}` }],
    });
    expect(policy.length).toBeLessThan(2_049);
    await expect(assume({ policy })).rejects.toEqual(refused("intent_too_large"));
  });
});

describe("IamRevocations, as the reconcile function", () => {
  const role = { account: ACCOUNT, role: "valetkey-task-1" };
  const entryOf = (ended: TaskPath) => ({
    path: ended,
    agent: agentId("demo"),
    openedAt: 0,
    startedAt: 0,
    fenceAt: 9e9,
    endedAt: 1,
  });
  /** Thirty seconds from now by our clock. A busy machine needs less for a session and a write. */
  const soon = () => Date.now() + 30_000;
  const adapter = () => {
    accounts.become("reconcile");
    return new IamRevocations({ partition: "aws" }, { nowMs: Date.now });
  };

  it("writes the policy, reads it back unchanged, and deletes it", async () => {
    const revocations = adapter();
    expect(await revocations.read(role)).toEqual({ ours: undefined, foreign: [] });
    const { text = "" } = renderRevocations(whole([entryOf(path())]), awsNowSeconds());
    await revocations.write(role, text, soon());
    expect(await revocations.read(role)).toEqual({ ours: text, foreign: [] });
    await revocations.write(role, undefined, soon());
    expect(await revocations.read(role)).toEqual({ ours: undefined, foreign: [] });
  });

  it("ends the session that the written policy names, and no other of the role", async () => {
    accounts.become("exchange");
    const sessions = new StsSessions("aws", httpAssumeRole());
    const [ended, live] = [await request({ role: role.role }), await request({ role: role.role })];
    const [endedSession, liveSession] = [await sessions.assume(ended), await sessions.assume(live)];
    const both = { agent: agentId("demo"), openedAt: 0, startedAt: 0, fenceAt: awsNowSeconds() + 600 };
    const entries = [
      { ...both, path: ended.path, endedAt: awsNowSeconds() },
      { ...both, path: live.path },
    ];
    await adapter().write(role, renderRevocations(whole(entries), awsNowSeconds()).text, soon());
    expect(await get(endedSession, "reports/a")).toBe("AccessDenied");
    expect(await get(liveSession, "reports/a")).toBe("200");
  });

  it("blocks every session of the role after a policy that denies everything, until it is rewritten", async () => {
    accounts.become("exchange");
    const sessions = new StsSessions("aws", httpAssumeRole());
    const before = await sessions.assume(await request({ role: role.role }));
    const now = awsNowSeconds();
    const entries = Array.from({ length: 600 }, () => ({
      path: path(),
      agent: agentId("demo"),
      openedAt: now,
      startedAt: now,
      fenceAt: now + 900,
      endedAt: now,
    }));
    // 600 tasks that have only just begun: neither side of a cut holds them.
    const rendered = renderRevocations(whole(entries), now);
    expect(rendered.form).toBe("everything");
    await adapter().write(role, rendered.text, soon());
    aheadMs += 4_000;
    accounts.become("exchange");
    const later = await sessions.assume(await request({ role: role.role }));
    for (const session of [before, later]) expect(await get(session, "reports/a")).toBe("AccessDenied");
    await adapter().write(role, undefined, soon());
    for (const session of [before, later]) expect(await get(session, "reports/a")).toBe("200");
  });

  it("writes nothing after its latest moment, whichever clock is ahead: IAM refuses the write (I5)", async () => {
    const lands = async (untilMs: number) => {
      const text = renderRevocations(whole([entryOf(path())]), awsNowSeconds()).text ?? "";
      const outcome = await adapter()
        .write(role, text, untilMs)
        .catch((error: Error) => error.name);
      return [outcome, (await adapter().read(role)).ours === text];
    };
    for (const aheadSeconds of [AHEAD_SECONDS, 0, -AHEAD_SECONDS]) {
      aheadMs = aheadSeconds * 1_000;
      expect(await lands(soon())).toEqual(["done", true]);
      expect(await lands(Date.now() - 3_000)).toEqual(["AccessDenied", false]);
    }
    aheadMs = AHEAD_SECONDS * 1_000;
    await adapter().write(role, undefined, soon());
  });

  it("names policies that somebody else has put into the role", async () => {
    const revoker = await becomeRevoker();
    await revoker.send(
      new PutRolePolicyCommand({ RoleName: role.role, PolicyName: "admin", PolicyDocument: await policyFor(60) }),
    );
    expect((await adapter().read(role)).foreign).toEqual(["admin"]);
  });

  it("throws where access is denied, so that the message is retried", async () => {
    await expect(adapter().read({ account: ACCOUNT, role: revokerRole({}) })).rejects.toThrow();
    await expect(adapter().read({ account: accountId("444455556666"), role: role.role })).rejects.toThrow();
    await expect(adapter().write(role, "{}", soon())).rejects.toThrow();
    expect(Object.keys(accounts.aws.rolePolicies(`arn:aws:iam::${ACCOUNT}:role/${role.role}`).inline)).not.toContain(
      REVOCATION_POLICY,
    );
  });
});

/**
 * Becomes the revoker role itself, which may write any inline policy of task roles. IAM cannot restrict by a policy's
 * name.
 */
async function becomeRevoker(): Promise<IAMClient> {
  accounts.become("reconcile");
  const answer = await new STSClient({}).send(
    new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${ACCOUNT}:role/${revokerRole({})}`, RoleSessionName: "test" }),
  );
  const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = answer.Credentials ?? {};
  return new IAMClient({
    credentials: { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken },
  });
}

describe("SqsRoles, as the relay function", () => {
  const send = (roles: Parameters<SqsRevocationQueue["send"]>[0]) => {
    accounts.become("relay");
    return new SqsRevocationQueue(accounts.revocationQueueUrl).send(roles);
  };
  /** Everything in the queue, received with the rights of the reconcile function. */
  async function drain(): Promise<readonly unknown[]> {
    accounts.become("reconcile");
    const sqs = new SQSClient({});
    const bodies: unknown[] = [];
    for (;;) {
      const { Messages: messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl: accounts.revocationQueueUrl, MaxNumberOfMessages: 10 }),
      );
      if (messages.length === 0) return bodies;
      bodies.push(...messages.map(({ Body }) => JSON.parse(Body ?? "")));
      const Entries = messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
      await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: accounts.revocationQueueUrl, Entries }));
    }
  }
  const roles = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ account: ACCOUNT, role: `valetkey-task-${index}` }));

  it("sends each role once, more than ten too", async () => {
    await send([...roles(23), ...roles(23)]);
    const drained = (await drain()) as ReturnType<typeof roles>;
    expect(drained.map(({ role }) => role).sort()).toEqual(
      roles(23)
        .map(({ role }) => role)
        .sort(),
    );
  });

  it("sends a role again the next time, since a message only means `look again`", async () => {
    await send(roles(1));
    await send(roles(1));
    expect(await drain()).toEqual([...roles(1), ...roles(1)]);
  });

  it("sends nothing for an empty list, and throws where the queue does not exist", async () => {
    await send([]);
    expect(await drain()).toEqual([]);
    accounts.become("relay");
    await expect(new SqsRevocationQueue(`${accounts.revocationQueueUrl}-else`).send(roles(1))).rejects.toThrow();
  });
});

describe("EventBridgeBus, as the relay function", () => {
  const overdue = () => ({ type: "task.end", task: path(), reason: "overdue" }) as const;
  const put = (count: number) => {
    accounts.become("relay");
    return new EventBridgeBus(accounts.scope.busName).put(Array.from({ length: count }, overdue));
  };
  const events = () => accounts.aws.admin(accounts.scope.account).events();

  it("puts each event once, more than ten too, as docs/events.md shows them", async () => {
    const before = events().length;
    await put(23);
    expect(events()).toHaveLength(before + 23);
    const { source, detailType, bus, detail } = events().at(-1) ?? {};
    expect([source, detailType, bus]).toEqual(["valetkey", "task.end", "valetkey"]);
    const expected = { version: "1", task: expect.any(String), reason: "overdue", requested_by: "valetkey" };
    expect(JSON.parse(detail ?? "")).toEqual(expected);
  });

  it("puts nothing for an empty list, and throws where access is denied", async () => {
    const before = events().length;
    await put(0);
    expect(events()).toHaveLength(before);
    accounts.become("sweep");
    await expect(new EventBridgeBus(accounts.scope.busName).put([overdue()])).rejects.toThrow("AccessDenied");
  });
});

describe.each(AWS_CLIENTS)(
  "an outage is reported as one, while the function still has time to answer, over %s",
  (_, clients) => {
    const servers: LoopbackServer[] = [];
    const serving = async (answer: RequestListener): Promise<string> => {
      const server = await listen(answer);
      servers.push(server);
      return server.url;
    };
    afterAll(() => Promise.all(servers.map((server) => server.close())));
    const outages: readonly (readonly [string, () => Promise<string>])[] = [
      ["nothing listens", async () => "http://127.0.0.1:9"],
      ["nobody answers", () => serving(() => undefined)],
      ["every answer is a 500", () => serving((_, response) => response.writeHead(500).end())],
      ["every answer is cut off", () => serving((_, response) => response.socket?.destroy())],
      [
        "every answer is a page of somebody else",
        () => serving((_, response) => response.writeHead(503).end("<html>")),
      ],
    ];

    it.each(outages)("where %s", async (_, start) => {
      speakTo(await start(), { accessKeyId: "ASIAX", secretAccessKey: "x", sessionToken: "x" });
      const [sessions, table] = [new StsSessions("aws", clients.assumeRole()), clients.table("valetkey")];
      const key = { pk: "TASK#x", sk: "x" };
      const input = await request();
      const beganAt = performance.now();
      const codes = await Promise.all(
        [
          sessions.assume(input),
          table.get(key),
          table.query("TASK#x", ""),
          table.insert(key, {}),
          table.transact([table.putWrite("x", key, {}, "absent")]),
        ].map((call) =>
          call.then(
            () => "answered",
            (error: { readonly code?: string }) => error.code,
          ),
        ),
      );
      expect(codes).toEqual(["sts_unavailable", ...Array.from({ length: 4 }, () => "store_unavailable")]);
      expect(performance.now() - beganAt).toBeLessThan(9_000);
    });
  },
);
