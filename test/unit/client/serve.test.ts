import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Called, callClient, startCall } from "./call-client.ts";
import { CANARY, credential, FakeValetkey, inSeconds, opened } from "./fake-valetkey.ts";
import { IDENTITY, runClient, startClient } from "./run-client.ts";

let valetkey: FakeValetkey;
let folder: string;
let running: Called | undefined;
beforeEach(async () => {
  valetkey = await new FakeValetkey().start();
  folder = mkdtempSync(join(tmpdir(), "valetkey-serve-"));
});
afterEach(async () => {
  running?.kill("SIGTERM");
  await running?.ended;
  running = undefined;
  await valetkey.stop();
  rmSync(folder, { recursive: true });
});

const args = (...more: string[]) => [
  "serve",
  ...[
    "--url",
    valetkey.url,
    "--purpose",
    "p",
    "--account",
    "111122223333",
    "--allow",
    "s3:ListAllMyBuckets=*",
    "--json",
  ],
  ...more,
];

/** Starts it, in this process unless given, and returns the address that it prints. */
async function served(
  start: (args: string[], env: typeof IDENTITY) => Called = startCall,
): Promise<{ readonly get: (token?: string) => Promise<Response>; readonly uri: string }> {
  const file = join(folder, "token");
  running = start(args("--token-out", file), IDENTITY);
  const line = await running.said('"serving"');
  const { AWS_CONTAINER_CREDENTIALS_FULL_URI: uri } = JSON.parse(line) as Record<string, string>;
  return {
    uri: uri ?? "",
    get: (token = readFileSync(file, "utf8")) => fetch(uri ?? "", { headers: { authorization: token } }),
  };
}

describe("valetkey serve", () => {
  it("gives its neighbours the task's credentials, for the token in the file", async () => {
    const { get } = await served();
    expect(await (await get()).json()).toMatchObject({ AccessKeyId: "ASIA0", SecretAccessKey: CANARY.secret });
    expect((await get("wrong")).status).toBe(401);
    expect(statSync(join(folder, "token")).mode & 0o777).toBe(0o600);
  });

  it("names what it does not hand on", async () => {
    const aws = { type: "aws", name: "aws-0", account: "111122223333", ...credential(0, 900) };
    valetkey.exchange = () => opened({ credentials: [aws, { type: "postgres", name: "postgres-0" }] });
    const { uri } = await served();
    expect(await running?.said("not_handed_on")).toContain("postgres-0");
    expect((await fetch(uri.replace("aws-0", "postgres-0"))).status).toBe(401);
  });

  it("writes its token where nobody who could read an older file can read it", async () => {
    writeFileSync(join(folder, "token"), "old", { mode: 0o644 });
    await served();
    expect(statSync(join(folder, "token")).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(folder, "token"), "utf8")).not.toBe("old");
  });

  it("opens the next task when one is over", async () => {
    valetkey.exchange = () =>
      opened({
        task: { expires_at: inSeconds(1) },
        credentials: [{ type: "aws", name: "aws-0", account: "111122223333", ...credential(0, 1) }],
      });
    const { get } = await served();
    valetkey.exchange = () =>
      opened({ credentials: [{ type: "aws", name: "aws-0", account: "111122223333", ...credential(5, 900) }] });
    await expect
      .poll(async () => ((await (await get()).json()) as { AccessKeyId?: string }).AccessKeyId, { timeout: 60_000 })
      .toBe("ASIA5");
    expect(valetkey.of("POST", "/v1/token")).toHaveLength(2);
  });

  it("never refuses between two tasks, however short they are", async () => {
    let opening = 0;
    valetkey.exchange = () => {
      opening += 1;
      // The credential ends a moment before its task, as fences are whole seconds.
      const aws = { type: "aws", name: "aws-0", account: "111122223333", ...credential(opening, 2.2) };
      return opened({ task: { expires_at: inSeconds(2.5) }, credentials: [aws] });
    };
    const { get } = await served();
    const statuses: number[] = [];
    await expect
      .poll(
        async () => {
          statuses.push((await get()).status);
          return opening;
        },
        { timeout: 60_000, interval: 20 },
      )
      .toBe(3);
    // On a busy machine the next task may take longer than a request waits: SDKs try again after a 503.
    expect(statuses.filter((status) => status !== 503 && status !== 200)).toEqual([]);
    expect(statuses).toContain(200);
  });

  it("does not open in a loop tasks that are over at once", async () => {
    const over = { type: "aws", name: "aws-0", account: "111122223333", ...credential(0, -1) };
    valetkey.exchange = () => opened({ task: { expires_at: inSeconds(-1) }, credentials: [over] });
    const { get } = await served();
    for (const _ of [1, 2, 3]) expect((await get()).status).toBe(403);
    expect(valetkey.of("POST", "/v1/token")).toHaveLength(2);
  });

  it("does not request in a loop where no next task is granted", async () => {
    valetkey.exchange = () =>
      opened({
        task: { expires_at: inSeconds(-1) },
        credentials: [{ type: "aws", name: "aws-0", account: "111122223333", ...credential(0, -1) }],
      });
    const { get } = await served();
    valetkey.exchange = () => ({ status: 403, body: { error: "access_denied", code: "agent_inactive" } });
    for (const _ of [1, 2, 3]) expect((await get()).status).toBe(403);
    expect(valetkey.of("POST", "/v1/token")).toHaveLength(2);
  });

  it.each(["SIGTERM", "SIGINT"] as const)("ends its task on %s, and exits with 0", async (signal) => {
    await served(startClient);
    running?.kill(signal);
    expect((await running?.ended)?.code).toBe(0);
    expect(valetkey.of("POST", "/complete")).toHaveLength(1);
  });

  it("serves once people have approved, and withdraws the request on SIGTERM", async () => {
    valetkey.exchange = () => opened({ pending: {} });
    running = startCall(args("--token-out", join(folder, "token")), IDENTITY);
    await running.said("approval_pending");
    expect(existsSync(join(folder, "token"))).toBe(false);
    running.kill("SIGTERM");
    expect((await running.ended).code).toBe(0);
    expect(valetkey.of("POST", "/complete")).toHaveLength(1);
  });

  it("has SDKs retry while people decide about the next task", async () => {
    const over = { type: "aws", name: "aws-0", account: "111122223333", ...credential(0, -1) };
    valetkey.exchange = () => opened({ task: { expires_at: inSeconds(-1) }, credentials: [over] });
    const { get } = await served();
    let requests = 0;
    valetkey.exchange = () => (requests++ < 2 ? opened({ pending: { interval: 1 } }) : opened());
    expect((await get()).status).toBe(503);
    await expect.poll(async () => (await get()).status, { timeout: 60_000 }).toBe(200);
  });

  it("ends the task again where the port is taken", async () => {
    const { uri } = await served();
    const port = new URL(uri).port;
    const second = await runClient(args("--token-out", join(folder, "second"), "--port", port), IDENTITY);
    expect(second).toMatchObject({ code: 64, stderr: expect.stringContaining("port") });
    expect(valetkey.of("POST", "/complete")).toHaveLength(1);
  });

  it.each([
    [[], /--token-out is required/],
    [["--token-out", "t", "--port", "70000"], /--port takes/],
    [["--token-out", "/nowhere/at/all/t"], /there is no folder \/nowhere\/at\/all; create it first/],
  ])("refuses %j before it opens a task", async (more, sentence) => {
    expect(await callClient(args(...more), IDENTITY)).toMatchObject({
      code: 64,
      stderr: expect.stringMatching(sentence),
    });
    expect(valetkey.seen).toEqual([]);
  });
});

describe("valetkey serve for a person", () => {
  const person = (n: number): string =>
    `eyJhbGciOiJFUzI1NiJ9.${Buffer.from(JSON.stringify({ n, aud: valetkey.url })).toString("base64url")}.c2ln`;
  const forms = () => valetkey.of("POST", "/v1/token").map(({ body }) => Object.fromEntries(new URLSearchParams(body)));
  /** Answers with a task for the person; its key is over at once where it has no seconds. */
  const taskFor = (sub: string, serial: number, seconds: number) => {
    const aws = { type: "aws", name: "aws-0", account: "111122223333", ...credential(serial, seconds) };
    const reply = opened({ task: { expires_at: inSeconds(seconds) }, credentials: [aws] });
    return { status: 200, body: { ...Object(reply?.body), sub, act: { sub: "demo" } } };
  };
  async function servedFor() {
    const [file, from] = [join(folder, "token"), join(folder, "person")];
    writeFileSync(from, person(1));
    running = startCall(args("--token-out", file, "--on-behalf-of", from), IDENTITY);
    const { AWS_CONTAINER_CREDENTIALS_FULL_URI: uri = "" } = JSON.parse(await running.said('"serving"'));
    const get = () => fetch(uri, { headers: { authorization: readFileSync(file, "utf8") } });
    return { get, renew: (n: number) => writeFileSync(from, person(n)) };
  }

  it("sends the person's token as the subject, the agent's as the actor, and a new one with the next task", async () => {
    valetkey.exchange = () => taskFor("staff|pat", 0, -1);
    const { get, renew } = await servedFor();
    renew(2);
    valetkey.exchange = () => taskFor("staff|pat", 5, 900);
    await expect
      .poll(async () => ((await (await get()).json()) as { AccessKeyId?: string }).AccessKeyId, { timeout: 60_000 })
      .toBe("ASIA5");
    const tasks = forms().filter(({ purpose }) => purpose === "p");
    expect(tasks).toMatchObject([
      { subject_token: person(1), actor_token: CANARY.identity },
      { subject_token: person(2), actor_token: CANARY.identity },
    ]);
  });

  it("sends a token that is new in the file with the token of the task that lives, and goes on", async () => {
    valetkey.exchange = () => taskFor("staff|pat", 0, 1_800);
    const { get, renew } = await servedFor();
    renew(2);
    expect(JSON.parse((await running?.said("task_prolonged")) ?? "{}")).toMatchObject({ event: "task_prolonged" });
    expect(forms().at(-1)).toMatchObject({ subject_token: person(2), actor_token: CANARY.taskToken });
    expect((await get()).status).toBe(200);
  });

  it("gives no key of a task for another person, ends it, and names the remedy", async () => {
    valetkey.exchange = () => taskFor("staff|pat", 0, -1);
    const { get, renew } = await servedFor();
    renew(2);
    valetkey.exchange = () => taskFor("staff|kim", 6, 900);
    for (const _ of [1, 2]) expect((await get()).status).toBe(403);
    expect(await running?.said("another_person")).toContain("start `valetkey serve` anew");
    expect(valetkey.of("POST", "/complete")).toHaveLength(1);
  });

  it.each(["env", "login"])("takes no %s, which gives one token, and no second task", async (from) => {
    const { code, stderr } = await callClient(args("--token-out", join(folder, "token"), "--on-behalf-of", from), {
      ...IDENTITY,
      VALETKEY_PERSON_TOKEN: person(1),
    });
    expect([code, valetkey.seen]).toEqual([64, []]);
    expect(stderr).toContain("a file or an address");
  });
});
