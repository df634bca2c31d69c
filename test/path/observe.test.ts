import { beforeEach, describe, expect, test } from "vitest";
import { accountId } from "../../functions/core/deployment/account-id.ts";
import { regionNamed } from "../../functions/core/deployment/region.ts";
import { detectionId } from "../../functions/core/escalation/detection.ts";
import { MOST_COPIES, MOST_ROWS, MOST_VERSIONS } from "../../functions/core/ledger/ledger.ts";
import type { Task } from "../../functions/core/tasks/task.ts";
import { MOST_EARLIER_KEYS } from "../../functions/core/tasks/task.ts";
import { observe } from "../../functions/observe/observe.ts";
import type { QueueMessage } from "../../functions/queues/batch.ts";
import { FakeHeard } from "../fakes/observed/heard.ts";
import { FakeLedger } from "../fakes/observed/ledger.ts";
import { FakeEscalations } from "../fakes/revocation/escalation.ts";
import { spelled } from "../fakes/samples/spelled.ts";
import { aLease, aTask } from "../fakes/samples/task.ts";
import { CATALOGUE } from "../fakes/world/world.ts";

const NINE_THIRTY = Date.UTC(2027, 0, 1, 9, 30) / 1_000;
const KEY = "ASIAOFTHETASK";
const WIRE = "arn:aws:s3:::acme/tripwire";
const SECRET = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:wire-AbCdEf";
const LONG = `arn:aws:s3:::acme/${"x".repeat(200)}`;

describe("observe", () => {
  let ledger: FakeLedger;
  let lines: Record<string, unknown>[];
  let task: Task;
  let count: number;
  let escalations: FakeEscalations;
  let heard: FakeHeard;
  let tripwires: string[];
  beforeEach(() => {
    heard = new FakeHeard(() => Date.UTC(2027, 0, 1, 9, 34));
    tripwires = [WIRE];
    [ledger, lines, count, escalations] = [new FakeLedger(), [], 0, new FakeEscalations()];
    ({ task } = aTask({
      details: [
        {
          type: "aws",
          account: accountId("111122223333"),
          actions: spelled("s3:GetObject"),
          resources: ["arn:aws:s3:::acme/*"],
        },
      ],
      expiresAt: NINE_THIRTY + 3_600,
      leases: [aLease(0, { state: "issued", accessKeyId: KEY })],
    }));
  });
  const ports = () => ({
    tasks: { read: async (path: Task["path"]) => (path === task.path ? task : undefined) },
    ledger,
    heard,
    catalogue: CATALOGUE,
    clock: { nowMs: () => Date.UTC(2027, 0, 1, 9, 34) },
    escalations,
    deployment: {
      accounts: [{ id: accountId("111122223333"), region: regionNamed("eu-central-1"), taskRoles: 1 }],
      escalation: { tripwires },
    },
    log: { write: (entry: object) => void lines.push({ ...entry }) },
  });
  const call = (over: Readonly<Record<string, unknown>> = {}) => {
    const [lease] = task.leases;
    count += 1;
    const id = `e${count}`;
    const arn = `arn:aws:sts::${over.account ?? lease?.account}:assumed-role/${over.role ?? lease?.role}/${over.path ?? task.path}`;
    const copyKeyId = over.copies;
    const body = {
      source: "aws.s3",
      account: over.account ?? lease?.account,
      "detail-type": "AWS API Call via CloudTrail",
      detail: {
        eventID: over.id ?? id,
        eventTime: `2027-01-01T${over.time ?? "09:30:00"}Z`,
        awsRegion: "eu-central-1",
        eventSource: `${copyKeyId ? "sts" : (over.source ?? "s3")}.amazonaws.com`,
        eventName: copyKeyId ? "GetScopedCredentials" : (over.name ?? "GetObject"),
        ...(over.answer ? { responseElements: over.answer } : {}),
        ...(copyKeyId ? { responseElements: { credentials: { accessKeyId: copyKeyId } } } : {}),
        requestParameters: { bucketName: "acme", key: over.key ?? "a", ...(over.beside ?? {}) },
        resources: over.resources,
        userIdentity: {
          arn,
          accessKeyId: over.key_id ?? KEY,
          ...(over.invokedBy ? { invokedBy: over.invokedBy } : {}),
          sessionContext: { sourceIdentity: over.sourceIdentity },
        },
        ...(over.errorCode ? { errorCode: over.errorCode, errorMessage: over.errorMessage } : {}),
        ...(over.isOfConsole ? { sessionCredentialFromConsole: "true" } : {}),
      },
    };
    const attributes = { ApproximateReceiveCount: String(over.delivery ?? 3) };
    return { messageId: id, body: JSON.stringify(body), receiptHandle: "r", attributes };
  };
  const run = (...Records: QueueMessage[]) => observe({ Records }, ports());
  const rows = async () =>
    (await ledger.list(task.path)).map(({ action, resource, used, denied }) => [action, resource, used, denied]);

  test("Calls of one action and resource are one row", async () => {
    expect(await run(call(), call(), call({ errorCode: "AccessDenied" }), call({ key: "b" }))).toEqual({
      batchItemFailures: [],
    });
    expect(await rows()).toEqual([
      ["s3:GetObject", "arn:aws:s3:::acme/a", 2, 1],
      ["s3:GetObject", "arn:aws:s3:::acme/b", 1, 0],
    ]);
  });

  test("An event that is delivered again, in one batch or a later one, counts once, and those beside it count", async () => {
    await run(call({ id: "x" }), call({ id: "x" }));
    await run(call({ id: "x" }), call({ id: "y" }));
    expect(await rows()).toEqual([["s3:GetObject", "arn:aws:s3:::acme/a", 2, 0]]);
  });

  test("An event of another account, by a key of the task there, takes no event of the first account for counted", async () => {
    const there = {
      ...aLease(1, { state: "issued" as const, accessKeyId: "ASIATHERE" }),
      account: accountId("444455556666"),
    };
    task = { ...task, leases: [...task.leases, there] };
    await run(
      call({ id: "x", key: "theirs", account: accountId("444455556666"), role: there.role, key_id: "ASIATHERE" }),
    );
    await run(call({ id: "x", key: "ours", errorCode: "AccessDenied" }));
    expect(await rows()).toEqual([
      ["s3:GetObject", "arn:aws:s3:::acme/theirs", 1, 0],
      ["s3:GetObject", "arn:aws:s3:::acme/ours", 0, 1],
    ]);
  });

  const isForeign = () => escalations.reported.some(({ rule }) => rule === "E3");

  test.each([
    ["of a key that nobody recorded", { key_id: "ASIAFORGED" }],
    [
      "of a console of AWS that a task's key opened, under a key of its own",
      { key_id: "ASIAOFCONSOLE", isOfConsole: true },
    ],
    ["of a role in which the task has no lease", { role: "valetkey-task-99" }],
    ["of the task's name, role and key in another account", { account: accountId("444455556666") }],
    ["of a task that does not exist", { path: "nosuchtask00." }],
    ["of a name that is no task's", { path: "somebody" }],
    ["of a probe's identity that does what no probe does", { key_id: "ASIAFORGED", sourceIdentity: "valetkey-probe" }],
  ])("A session %s counts for nothing, and rings", async (_, over) => {
    expect(await run(call(over))).toEqual({ batchItemFailures: [] });
    expect(await rows()).toEqual([]);
    expect(isForeign()).toBe(true);
  });

  test.each([
    ["by a service for the task", { key_id: "ASIAOFSERVICE", invokedBy: "athena.amazonaws.com" }],
    ["of a probe", { key_id: "ASIAOFPROBE", sourceIdentity: "valetkey-probe", name: "ListBuckets" }],
  ])("A call %s counts for nothing, and does not ring", async (_, over) => {
    expect(await run(call(over))).toEqual({ batchItemFailures: [] });
    expect([await rows(), isForeign()]).toEqual([[], false]);
  });

  test("The key of each earlier session of a lease is the task's, and a lease that forgot keys rings for none", async () => {
    const earlier = (count: number) => Array.from({ length: count }, (_, n) => `ASIA${n}`);
    const lease = (count: number) => aLease(0, { state: "issued", accessKeyId: KEY, earlierKeyIds: earlier(count) });
    task = { ...task, leases: [lease(2)] };
    await run(call({ key_id: "ASIA0" }), call({ key_id: "ASIA1" }), call({ key_id: "ASIA2" }));
    expect([(await rows())[0]?.[2], isForeign()]).toEqual([2, true]);
    escalations = new FakeEscalations();
    task = { ...task, leases: [lease(MOST_EARLIER_KEYS)] };
    await run(call({ key_id: "ASIAFORGOTTEN" }));
    expect([(await rows())[0]?.[2], isForeign()]).toEqual([2, false]);
  });

  test("A key that nobody recorded yet is looked at three times before it rings", async () => {
    const first = call({ key_id: "ASIACOPY", delivery: 1 });
    expect(await run(first)).toEqual({ batchItemFailures: [{ itemIdentifier: first.messageId }] });
    expect(isForeign()).toBe(false);
    await run(call({ copies: "ASIACOPY" }));
    await run(call({ key_id: "ASIACOPY", delivery: 2 }));
    expect((await rows()).map(([, , used]) => used)).toContain(1);
    expect(isForeign()).toBe(false);
  });

  test("A copy that an agent made unseen hides no session that somebody else made: each is a detection of its own", async () => {
    await run(call({ key_id: "ASIACOPY" }), call({ key_id: "ASIACOPY2" }));
    await run(call({ key_id: "ASIAFORGED", path: "somebody" }), call({ key_id: "ASIAFORGED", path: "nosuchtask00." }));
    const detections = escalations.reported.filter(({ rule }) => rule === "E3");
    const idsOf = (ofTask: boolean) =>
      detections.filter(({ session }) => (session === task.path) === ofTask).map(({ id }) => id);
    expect([detections.length, new Set(idsOf(true)).size, new Set(idsOf(false)).size]).toEqual([4, 1, 1]);
    expect(idsOf(true)[0]).not.toBe(idsOf(false)[0]);
  });

  test("Copies of a session, and copies of copies, are the task's, in whatever order their events come", async () => {
    await run(
      call({ key_id: "ASIAB", id: "b" }),
      call({ key_id: "ASIAA", copies: "ASIAB" }),
      call({ copies: "ASIAA" }),
    );
    await run(call({ key_id: "ASIAB", id: "c" }));
    expect((await rows()).find(([action]) => action === "s3:GetObject")?.[2]).toBe(2);
    expect(isForeign()).toBe(false);
  });

  test("An agent that copies its session until the ledger forgets the first copy is seen when it uses that one: as E3 of its own task", async () => {
    for (let n = 0; n <= MOST_COPIES; n += 1) await run(call({ copies: `ASIA${n}` }));
    expect(isForeign()).toBe(false);
    const early = call({ key_id: "ASIA0", delivery: 1 });
    expect((await run(early)).batchItemFailures).toHaveLength(1);
    await run(call({ key_id: "ASIA0" }));
    const id = detectionId("E3", accountId("111122223333"), task.path, NINE_THIRTY);
    expect(escalations.reported).toMatchObject([{ rule: "E3", id, session: task.path, role: task.leases[0]?.role }]);
    await run(call({ key_id: "ASIA0", role: "valetkey-task-99" }));
    expect(escalations.reported.map((each) => each.id)).toEqual([
      id,
      detectionId("E3", accountId("111122223333"), "", NINE_THIRTY),
    ]);
  });

  test("An agent writes a longer ARN beside a tripwire's name, and the tripwire rings all the same", async () => {
    const beside = { "response-content-type": `arn:aws:s3:::acme/${"x".repeat(200)}` };
    await run(call({ key: "tripwire", resources: [{ ARN: "arn:aws:s3:::acme/tripwire" }], beside }));
    expect(escalations.reported).toMatchObject([{ rule: "E6", resource: "arn:aws:s3:::acme/tripwire" }]);
  });

  test.each([
    ["copies it to an object with a longer name", { name: "CopyObject", resources: [{ ARN: LONG }, { ARN: WIRE }] }],
    [
      "copies it where AWS lists the copy alone",
      { name: "CopyObject", beside: { "x-amz-copy-source": "/acme/trip%77ire?versionId=1" } },
    ],
    ["copies a part of it", { name: "UploadPartCopy", beside: { "x-amz-copy-source": "acme/tripwire" } }],
    [
      "reads it among other secrets",
      { source: "secretsmanager", name: "BatchGetSecretValue", beside: { secretIdList: ["other", SECRET] } },
    ],
    [
      "reads it among other secrets, by its name",
      { source: "secretsmanager", name: "BatchGetSecretValue", beside: { secretIdList: ["other", "wire"] } },
    ],
  ])("An agent that hides a tripwire behind a longer name and %s touches it all the same", async (_, over) => {
    tripwires.push(SECRET);
    await run(call({ key: "x".repeat(200), errorCode: "AccessDenied", ...over }));
    expect(escalations.reported).toMatchObject([{ rule: "E6", resource: expect.stringMatching(/wire/) }]);
  });

  test.each([
    ["a secret whose own name ends in six characters", "prod-orders", []],
    ["a batch with such a secret", ["prod-orders", "prod-backup"], []],
    ["the tripwire by its name", "prod", ["E6"]],
    ["the tripwire by its whole ARN", SECRET.replace("wire", "prod"), ["E6"]],
    ["the tripwire by an ARN without its end", SECRET.replace("wire-AbCdEf", "prod"), ["E6"]],
    ["the tripwire in a batch", ["prod-orders", "prod"], ["E6"]],
  ])("With a tripwire on the secret prod, a denied read of %s trips what it names", async (_, named, rules) => {
    tripwires.push(SECRET.replace("wire", "prod"));
    const beside = { bucketName: undefined, ...(Array.isArray(named) ? { secretIdList: named } : { secretId: named }) };
    await run(call({ source: "secretsmanager", name: "GetSecretValue", errorCode: "AccessDenied", beside }));
    expect(escalations.reported.map(({ rule }) => rule)).toEqual(rules);
  });

  test("A copy source that is no text, or no name, touches nothing and holds up nothing", async () => {
    const sources = [1, ["acme/tripwire"], "%", "acme/%E0%A4%A", "tripwire"];
    await run(...sources.map((source) => call({ beside: { "x-amz-copy-source": source, secretIdList: source } })));
    expect([escalations.reported, (await rows())[0]?.[2]]).toEqual([[], 5]);
  });

  test("An agent writes another bucket's ARN beside its own object's, and does not make E2 halt its account", async () => {
    const beside = { "response-content-type": `arn:aws:s3:::payroll/${"x".repeat(200)}` };
    await run(call({ resources: [{ ARN: "arn:aws:s3:::acme/a" }], beside }));
    expect([escalations.reported, await rows()]).toEqual([[], [["s3:GetObject", "arn:aws:s3:::acme/a", 1, 0]]]);
  });

  test("A copy is known in the account and role of its session alone, and a stranger's copy is nobody's", async () => {
    await run(call({ copies: "ASIAA" }), call({ key_id: "ASIAFORGED", copies: "ASIAC" }));
    escalations = new FakeEscalations();
    await run(call({ key_id: "ASIAA", account: accountId("444455556666") }), call({ key_id: "ASIAC" }));
    expect((await rows()).filter(([action]) => action === "s3:GetObject")).toEqual([]);
    expect(isForeign()).toBe(true);
  });

  test.each([
    ["that succeeded a minute after its task ended", { name: "GetObject" }, { endedAt: NINE_THIRTY - 60 }, "E1"],
    ["that succeeded a minute after its task's deadline", {}, { expiresAt: NINE_THIRTY - 60 }, "E1"],
    ["that no grant covers", { name: "PutObject" }, {}, "E2"],
    [
      "that AWS denied and that writes permissions",
      { source: "iam", name: "CreateUser", errorCode: "AccessDenied" },
      {},
      "E4",
    ],
    ["on a tripwire", { key: "tripwire" }, {}, "E6"],
    ["on a tripwire that AWS denied", { key: "tripwire", errorCode: "AccessDenied" }, {}, "E6"],
  ])("A call %s is reported, with the task that made it", async (_, over, changed, rule) => {
    task = { ...task, ...changed };
    await run(call(over));
    expect(escalations.reported).toMatchObject([
      { rule, task: task.path, account: accountId("111122223333"), key_id: KEY },
    ]);
  });

  test("A report that failed is made when the message is delivered again, though the use was recorded before", async () => {
    const event = call({ key: "tripwire" });
    escalations.before = () => Promise.reject(new Error("out"));
    expect(await run(event)).toEqual({ batchItemFailures: [{ itemIdentifier: event.messageId }] });
    escalations.before = () => undefined;
    expect(await run(event)).toEqual({ batchItemFailures: [] });
    expect(escalations.reported).toMatchObject([{ rule: "E6" }]);
    expect((await rows())[0]?.[2]).toBe(1);
  });

  test("Five different denied writes within five minutes are reported, in whatever batches and order their events come", async () => {
    const denied = (key: string, time: string) => call({ name: "PutObject", errorCode: "AccessDenied", key, time });
    await run(denied("a", "09:31:00"), denied("b", "09:30:00"), denied("a", "09:31:30"));
    await run(denied("c", "09:34:00"), call({ errorCode: "AccessDenied", key: "read" }));
    await run(denied("d", "09:29:00"));
    expect(escalations.reported).toEqual([]);
    await run(denied("e", "09:33:59"));
    expect(escalations.reported).toMatchObject([{ rule: "E4", error: "AccessDenied" }]);
  });

  test("A replayed event is recorded if it was lost, and is no escalation: it is nobody's call of today", async () => {
    const replayed = (message: QueueMessage) => ({
      ...message,
      body: JSON.stringify({ ...(JSON.parse(message.body) as object), "replay-name": "again" }),
    });
    await run(
      replayed(call({ key: "tripwire" })),
      replayed(call({ key_id: "ASIAFORGED" })),
      ...fiveDenied({ key_id: KEY, resources: [{ ARN: "arn:aws:s3:::payroll/a" }] }).map(replayed),
      replayed(call({ name: "CreateUser", source: "iam", errorCode: "AccessDenied" })),
    );
    expect(escalations.reported).toEqual([]);
    expect((await rows()).map(([action]) => action)).toContain("s3:GetObject");
    expect(lines).toContainEqual(expect.objectContaining({ event: "replayed_uses", uses: 8 }));
    await run(call({ key: "tripwire" }));
    expect(escalations.reported).toMatchObject([{ rule: "E6" }]);
  });

  /** Denied writes to five objects, of which the first times four are within five minutes. */
  const fiveDenied = (over: Readonly<Record<string, unknown>> = {}) =>
    ["a", "b", "c", "d", "e"].map((key, n) =>
      call({ name: "PutObject", errorCode: "AccessDenied", key, time: `09:30:0${n}`, ...over }),
    );
  const ON = "User: arn is not authorized to perform: s3:PutObject on resource:";
  const BY_SESSION = "User: arn is not authorized to perform: s3:PutObject with an explicit deny in a session policy";
  const BY_ROLE =
    "User: arn is not authorized to perform: s3:PutObject with an explicit deny in an identity-based policy";
  const granted = (over: Partial<Task> = {}) => {
    const [detail] = task.details;
    const details = [{ ...detail, actions: spelled("s3:PutObject") }] as Task["details"];
    const leases = (over.leases ?? task.leases).map((lease) => ({ ...lease, fenceAt: NINE_THIRTY + 600 }));
    task = { ...task, details, ...over, leases };
  };

  test.each([
    ["that the account's own policies deny", {}, {}],
    ["that the role's policy denies, since whoever delegated the task has ended it", { errorMessage: BY_ROLE }, {}],
    ["that the session's policy denies after the task's end", { errorMessage: BY_SESSION }, { endedAt: NINE_THIRTY }],
    ["that the session's fence denies", { errorMessage: BY_SESSION, time: "09:40:00" }, {}],
    [
      "that the fence of an earlier session denies",
      { errorMessage: BY_SESSION, key_id: "ASIAEARLIER" },
      { leases: [aLease(0, { state: "issued", accessKeyId: KEY, earlierKeyIds: ["ASIAEARLIER"] })] },
    ],
  ])(
    "Five writes %s, though they were granted, are nobody's escalation: whoever denies them has no lever",
    async (_, over, changed) => {
      granted(changed);
      await run(...fiveDenied(over));
      expect(escalations.reported).toEqual([]);
      expect((await rows()).map(([, , , denied]) => denied)).toEqual([1, 1, 1, 1, 1]);
    },
  );

  const CLAUSE = "because no session policy allows the s3:PutObject action";
  const DENY = "with an explicit deny in a session policy";
  test.each([
    ["and AWS names another policy after it", CLAUSE, (arn: string) => `${ON} "${arn}" because of a bucket policy`],
    ["and AWS names no policy", CLAUSE, (arn: string) => `${ON} "${arn}"`],
    ["and AWS writes no quotes", CLAUSE, (arn: string) => `${ON} ${arn}`],
    ["with an explicit deny, and no quotes", DENY, (arn: string) => `${ON} ${arn}`],
    ["beside a quote of the object's own", `" ${CLAUSE}`, (arn: string) => `${ON} "${arn}`],
    ["where the name is truncated", `${"x".repeat(492)} ${CLAUSE}`, (arn: string) => `${ON} ${arn}`],
  ])(
    "Five granted writes on objects whose names say that the session's policy denied them are nobody's escalation: %s",
    async (_, name, says) => {
      granted();
      const events = ["a", "b", "c", "d", "e"].map((each, n) => {
        const key = `${each} ${name}`;
        const errorMessage = says(`arn:aws:s3:::acme/${key}`);
        return call({ name: "PutObject", errorCode: "AccessDenied", key, time: `09:30:0${n}`, errorMessage });
      });
      await run(...events);
      expect(escalations.reported).toEqual([]);
    },
  );

  test.each([
    ["quoted", (key: string) => `${ON} "arn:aws:s3:::acme/${key}" ${CLAUSE}`],
    ["plain", (key: string) => `${ON} arn:aws:s3:::acme/${key} ${DENY}`],
  ])("Five granted writes that the session's policy denies on a %s object are an escalation", async (_, says) => {
    granted();
    await run(...fiveDenied().map((_, n) => denied("abcde".charAt(n), n, says)));
    expect(escalations.reported).toMatchObject([{ rule: "E4", task: task.path }]);
  });
  const denied = (key: string, n: number, says: (key: string) => string) =>
    call({ name: "PutObject", errorCode: "AccessDenied", key, time: `09:30:0${n}`, errorMessage: says(key) });

  test("Five writes within the grant's words that the session's own policy denies are an escalation: a rule takes them out of the grant", async () => {
    granted();
    await run(...fiveDenied({ errorMessage: BY_SESSION }));
    expect(escalations.reported).toMatchObject([{ rule: "E4", task: task.path }]);
  });

  test("Five denied writes beyond the grant are an escalation, whichever policy has denied them", async () => {
    granted();
    const keys = ["a", "b", "c", "d", "e"].map((key) => ({ resources: [{ ARN: `arn:aws:s3:::payroll/${key}` }] }));
    await run(
      ...fiveDenied({ errorMessage: BY_ROLE }).map((_, n) =>
        call({ name: "PutObject", errorCode: "AccessDenied", errorMessage: BY_ROLE, ...keys[n] }),
      ),
    );
    expect(escalations.reported).toMatchObject([{ rule: "E4", task: task.path }]);
  });

  test("Ten thousand forged events change no ledger, and are one detection about the account that they came from", async () => {
    const forged = Array.from({ length: 10_000 }, (_, n) =>
      call({
        key_id: `ASIAFORGED${n}`,
        ...(n % 2 ? {} : { path: "nosuchtask00." }),
        key: `k${n}`,
        account: accountId("444455556666"),
      }),
    );
    for (let from = 0; from < forged.length; from += 10) await run(...forged.slice(from, from + 10));
    expect(await rows()).toEqual([]);
    expect(new Set(escalations.reported.map(({ id }) => id)).size).toBe(1);
    expect(new Set(escalations.reported.map(({ account, task }) => `${account} ${task}`))).toEqual(
      new Set(["444455556666 undefined"]),
    );
  });

  test("The time from a call to its record is logged", async () => {
    await run(call());
    expect(lines).toContainEqual({ level: "info", event: "observed", uses: 1, lag_seconds: 240 });
  });

  test("Rows beyond the bound are summed in one row, and known rows go on", async () => {
    for (let n = 0; n < MOST_ROWS + 20; n += 10)
      await run(...Array.from({ length: 10 }, (_, at) => call({ key: `k${n + at}` })));
    await run(call({ key: "k0" }));
    const all = await ledger.list(task.path);
    expect(all.find(({ action }) => action === "other")).toMatchObject({ used: 20, resource: "*" });
    expect(all).toHaveLength(MOST_ROWS + 1);
    expect(all.find(({ resource }) => resource === "arn:aws:s3:::acme/k0")?.used).toBe(2);
  });

  const put = (key: string, version: string, over: object = {}) =>
    call({ name: "PutObject", key, answer: { "x-amz-version-id": version }, ...over });

  test("The versions that a task has made of an object are recorded, in whatever order their calls are reported", async () => {
    await run(put("a", "v2", { time: "09:31:00" }), put("b", "w1"));
    await run(put("a", "v1"), put("a", "v1", { id: "x", errorCode: "AccessDenied" }), call({ key: "a" }));
    const known = (await ledger.list(task.path)).map(({ action, resource, versions }) => [action, resource, versions]);
    expect(known).toEqual([
      ["s3:PutObject", "arn:aws:s3:::acme/a", ["v1", "v2"]],
      ["s3:PutObject", "arn:aws:s3:::acme/b", ["w1"]],
      ["s3:GetObject", "arn:aws:s3:::acme/a", undefined],
    ]);
  });

  test("A row names a bounded number of versions, and goes on counting", async () => {
    for (let n = 0; n < 30; n += 5)
      await run(...Array.from({ length: 5 }, (_, at) => put("a", `v${String(n + at).padStart(2, "0")}`)));
    const [row] = await ledger.list(task.path);
    expect([row?.used, row?.versions?.length, row?.versions?.at(-1)]).toEqual([30, MOST_VERSIONS, "v19"]);
  });

  test("The row of everything beyond the bound names no version", async () => {
    for (let n = 0; n < MOST_ROWS; n += 10)
      await run(...Array.from({ length: 10 }, (_, at) => call({ key: `k${n + at}` })));
    await run(put("late", "v1"), put("later", "v2"));
    const other = (await ledger.list(task.path)).find(({ action }) => action === "other");
    expect([other?.used, other?.versions]).toEqual([2, undefined]);
  });

  test("What cannot be recorded is delivered again, and holds up nothing else", async () => {
    const { task: other } = aTask();
    const failing = {
      ...ports(),
      tasks: { read: async (path: Task["path"]) => (path === other.path ? Promise.reject(new Error("out")) : task) },
    };
    const [bad, good] = [call({ path: other.path }), call()];
    expect(await observe({ Records: [bad, good] }, failing)).toEqual({
      batchItemFailures: [{ itemIdentifier: bad.messageId }],
    });
    expect(await rows()).toHaveLength(1);
  });

  test("A call of a target account's task role records that the account is heard of, whoever made it, and records no other account", async () => {
    await run(call({ key_id: "ASIAFORGED" }), call({ account: accountId("444455556666") }), call());
    // The envelope's account is not the call's. An account's administrator can report about that account alone.
    const { account: _, ...lying } = JSON.parse(call().body);
    await run({ ...call(), body: JSON.stringify({ ...lying, account: accountId("444455556666") }) });
    expect([...heard.at]).toEqual([["111122223333", Date.UTC(2027, 0, 1, 9, 34) / 1_000]]);
  });

  test("A time in CloudTrail's event changes nothing of when the account was heard of", async () => {
    await run(call({ time: "23:59:59" }));
    expect([...heard.at.values()]).toEqual([Date.UTC(2027, 0, 1, 9, 34) / 1_000]);
  });

  test("What cannot be recorded of accounts does not hold up the ledger", async () => {
    const failing = { ...ports(), heard: { hear: () => Promise.reject(new Error("out")) } };
    expect(await observe({ Records: [call()] }, failing)).toEqual({ batchItemFailures: [] });
    expect(await rows()).toHaveLength(1);
    expect(lines).toContainEqual({ level: "warn", event: "accounts_not_heard", why: "Error" });
  });

  test("A message of something else is taken from the queue, and changes nothing", async () => {
    const odd = (body: string) => ({ messageId: "m", body, receiptHandle: "r" });
    expect(await run(odd("no JSON"), odd("{}"), odd("null"))).toEqual({ batchItemFailures: [] });
  });
});
