import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type EndedElsewhere, TaskWatch } from "../../../client/task/task-watch.ts";
import { callClient } from "./call-client.ts";
import { CANARY, credential, FakeValetkey, opened, type Reply, TASK_ID } from "./fake-valetkey.ts";
import { execArgs, IDENTITY, inNode } from "./run-client.ts";

let service: FakeValetkey;
beforeEach(async () => {
  service = await new FakeValetkey().start();
});
afterEach(() => service.stop());

const ended = (status: string): Reply => ({
  status: 200,
  body: { id: TASK_ID, status, ended_at: "2026-11-26T12:00:00Z", ended_by: "staff|alice" },
});
/** Sets the answer about the task's state. */
const answerState = (reply: () => Reply): void => {
  service.other = ({ path }) => (path === `/v1/tasks/${TASK_ID}` ? reply() : { status: 404, body: {} });
};

/** A program that requests fresh credentials, and goes on for as long as it may. */
const ASKS = (then: string) =>
  inNode(`${then}
    ask(env.AWS_CONTAINER_CREDENTIALS_FULL_URI, env.AWS_CONTAINER_AUTHORIZATION_TOKEN).then(({ status }) => console.log("answered", status));
    setTimeout(() => process.exit(0), 3_000);`);

describe("exec, of a task that somebody else ended", () => {
  beforeEach(() => {
    // The first credential is over at once, so that the program's request renews it.
    service.exchange = () =>
      opened({ credentials: [{ type: "aws", name: "aws-0", account: "111122223333", ...credential(0, 0) }] });
    service.renewal = () => ({ status: 403, body: { Code: "AccessDenied", Message: "The task has ended." } });
    service.completion = () => ended("revoked");
  });

  it("reports by whom and when at the moment when a renewal is refused, sends SIGTERM, and exits with 76", async () => {
    answerState(() => ended("revoked"));
    const startedMs = Date.now();
    const { code, stderr } = await callClient(execArgs(service.url, ASKS(""), ["--quiet"]), IDENTITY);
    expect(code).toBe(76);
    expect(stderr).toContain(
      `task ${TASK_ID} was revoked by staff|alice at 2026-11-26T12:00:00Z: its credentials work no more, and the command gets SIGTERM`,
    );
    expect(Date.now() - startedMs).toBeLessThan(20_000);
    expect(stderr).not.toContain("CANARY");
    expect(service.seen.find(({ path }) => path === `/v1/tasks/${TASK_ID}`)?.authorization).toBe(
      `Bearer ${CANARY.taskToken}`,
    );
  });

  it("exits with 76 also where the command ignores the signal and reports success", async () => {
    answerState(() => ended("revoked"));
    const program = ASKS('process.on("SIGTERM", () => console.log("ignored"));');
    const { code, stdout } = await callClient(execArgs(service.url, program), IDENTITY);
    expect([code, stdout]).toEqual([76, expect.stringContaining("ignored")]);
  });

  it("answers the command's later request with no key that it holds", async () => {
    answerState(() => ended("revoked"));
    const aws = (name: string, account: string, seconds: number) => ({
      type: "aws",
      name,
      account,
      ...credential(0, seconds),
    });
    // The second credential still has its whole life before it when a renewal of the first is refused.
    service.exchange = () =>
      opened({ credentials: [aws("aws-0", "111122223333", 0), aws("aws-1", "444455556666", 900)] });
    const again = `const { AWS_CONTAINER_CREDENTIALS_FULL_URI: uri, AWS_CONTAINER_AUTHORIZATION_TOKEN: token } = env;
      process.on("SIGTERM", () => ask(uri.replace("aws-0", "aws-1"), token).then(({ status }) => console.log("then", status)));`;
    const { stdout } = await callClient(execArgs(service.url, ASKS(again)), IDENTITY);
    expect(stdout).toContain("then 403");
  });

  it("sends no signal at a deadline, which was known, and preserves the command's code", async () => {
    answerState(() => ended("expired"));
    service.completion = () => ended("expired");
    const program = ASKS('process.on("SIGTERM", () => console.log("signalled"));');
    const { code, stdout, stderr } = await callClient(execArgs(service.url, program), IDENTITY);
    expect([code, stderr]).toEqual([0, expect.stringContaining("has ended at its deadline")]);
    expect(stdout).not.toContain("signalled");
  });

  it.each<[string, Reply]>([
    ["an outage", { status: 503, body: {} }],
    ["a refusal of the token", { status: 401, body: { status: "revoked" } }],
    ["a task that is alive", { status: 200, body: { status: "active" } }],
    ["no answer of ours", { status: 200, body: { status: { revoked: true } } }],
    ["a dead connection", undefined],
  ])("ends no command for %s", async (_, reply) => {
    answerState(() => reply);
    service.completion = () => ({ status: 200, body: { status: "completed" } });
    const { code, stdout } = await callClient(execArgs(service.url, ASKS("")), IDENTITY);
    expect([code, stdout]).toEqual([0, "answered 403\n"]);
  });
});

describe("the watch over a task", () => {
  it("looks again and again, reports the end once, and looks no more", async () => {
    let looks = 0;
    answerState(() => ended(++looks < 3 ? "active" : "revoked"));
    const reported: EndedElsewhere[] = [];
    const watch = new TaskWatch(service.url, { id: TASK_ID, token: CANARY.taskToken }, (how) => reported.push(how), 20);
    while (reported.length === 0) await sleep(10);
    await sleep(100);
    await watch.look();
    expect(reported).toEqual([{ status: "revoked", by: "staff|alice", at: "2026-11-26T12:00:00Z" }]);
    expect(looks).toBe(3);
  });

  it("reports nothing after it is closed, also of a look that is under way", async () => {
    answerState(() => ended("revoked"));
    const reported: EndedElsewhere[] = [];
    const watch = new TaskWatch(service.url, { id: TASK_ID, token: CANARY.taskToken }, (how) => reported.push(how));
    const looking = watch.look();
    watch.close();
    await looking;
    expect(reported).toEqual([]);
  });
});
