import { beforeEach, describe, expect, test } from "vitest";
import { FakeLedger } from "../../fakes/fake-ledger.ts";
import { CATALOGUE } from "../../fakes/fake-world.ts";
import { aTask } from "../../fakes/sample-task.ts";
import { MOST_ROWS } from "../../functions/core/ledger/ledger.ts";
import type { Task } from "../../functions/core/tasks/task.ts";
import { observe } from "../../functions/observe/observe.ts";

describe("observe", () => {
  let ledger: FakeLedger;
  let lines: Record<string, unknown>[];
  let task: Task;
  let count: number;
  beforeEach(() => {
    [ledger, lines, count] = [new FakeLedger(), [], 0];
    ({ task } = aTask());
  });
  const ports = () => ({
    tasks: { read: async (path: Task["path"]) => (path === task.path ? task : undefined) },
    ledger,
    catalogue: CATALOGUE,
    log: { write: (entry: object) => void lines.push({ ...entry }) },
  });
  const call = (over: Readonly<Record<string, unknown>> = {}) => {
    const [lease] = task.leases;
    count += 1;
    const id = `e${count}`;
    const arn = `arn:aws:sts::${lease?.account}:assumed-role/${over.role ?? lease?.role}/${over.path ?? task.path}`;
    const body = {
      source: "aws.s3",
      account: lease?.account,
      "detail-type": "AWS API Call via CloudTrail",
      detail: {
        eventID: over.id ?? id,
        eventTime: "2027-01-01T09:30:00Z",
        eventSource: "s3.amazonaws.com",
        eventName: "GetObject",
        requestParameters: { bucketName: "acme", key: over.key ?? "a" },
        userIdentity: { arn },
        ...(over.errorCode ? { errorCode: over.errorCode } : {}),
      },
    };
    return { messageId: id, body: JSON.stringify(body), receiptHandle: "r" };
  };
  const run = (...Records: ReturnType<typeof call>[]) => observe({ Records }, ports());
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

  test("A session of a role in which the task has no lease counts for nothing, and rings", async () => {
    await run(call({ role: "valetkey-task-99" }));
    expect(await rows()).toEqual([]);
    expect(lines).toContainEqual(expect.objectContaining({ level: "error", event: "foreign_session" }));
  });

  test("A session that names a task which does not exist counts for nothing, and rings", async () => {
    await run(call({ path: "nosuchtask00." }));
    expect(lines).toContainEqual(expect.objectContaining({ level: "error", event: "foreign_session" }));
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

  test("A message of something else is taken from the queue, and changes nothing", async () => {
    const odd = (body: string) => ({ messageId: "m", body, receiptHandle: "r" });
    expect(await run(odd("no JSON"), odd("{}"), odd("null"))).toEqual({ batchItemFailures: [] });
  });
});
