import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { callClient, execAt } from "./call-client.ts";
import { CANARY, delegated, FakeValetkey, TASK_ID } from "./fake-valetkey.ts";
import { CLIENT, execArgs, IDENTITY, inNode } from "./run-client.ts";

let service: FakeValetkey;
let folder: string;
/** File that the agent names for its delegation. */
let out: string;
beforeEach(async () => {
  service = await new FakeValetkey().start();
  folder = mkdtempSync(join(tmpdir(), "valetkey-delegations-"));
  // As in a home folder of a person with a first and a last name.
  out = join(folder, "handed on");
});
afterEach(async () => {
  await service.stop();
  rmSync(folder, { recursive: true });
});

const exec = execAt(() => service);
const REPORT = "s3:GetObject=arn:aws:s3:::acme-data/reports/may.csv";
/** Command line of an agent that hands on one report. */
const delegate = (more: readonly string[] = []) =>
  [
    process.execPath,
    CLIENT,
    "delegate",
    "--account",
    "111122223333",
    "--allow",
    REPORT,
    "--out",
    out,
    ...more,
  ] as const;
const TO_HELPER = ["--delegate-to", "helper"];
const forms = () => service.of("POST", "/v1/token").map(({ body }) => Object.fromEntries(new URLSearchParams(body)));
const delegations = () => forms().filter(({ requested_token_type: type }) => type?.endsWith(":delegation"));
/** Program that sends a request to the endpoint for delegations, and prints the answer. */
const posts = (options: string) =>
  inNode(`const answer = await fetch(env.VALETKEY_DELEGATIONS_URL, { method: "POST",
    headers: { authorization: env.VALETKEY_DELEGATIONS_TOKEN }, ...${options} });
    console.log(answer.status, await answer.text());`);
const body = (changes: object) =>
  JSON.stringify({ agent: "helper", intent: [{ type: "aws", actions: ["s3:GetObject"] }], ...changes });

describe("valetkey delegate, inside a task", () => {
  it("writes a delegation for the sub-agent to a private file, and prints no token", async () => {
    const run = await exec(delegate(["--to", "helper", "--ttl", "5m"]), TO_HELPER);
    expect(run.code).toBe(0);
    expect(readFileSync(out, "utf8")).toBe(`${CANARY.delegation}\n`);
    expect(statSync(out).mode & 0o777).toBe(0o600);
    expect(run.stdout + run.stderr).not.toContain("CANARY");
    expect(run.stderr).toContain(`task ${TASK_ID} delegated to helper until`);
    expect(run.stderr).toContain(`: npx valetkey exec --delegation-file '${out}' --purpose`);
    expect(delegations()).toEqual([
      expect.objectContaining({
        subject_token: CANARY.taskToken,
        audience: "helper",
        task_ttl: "300",
        authorization_details: JSON.stringify([
          {
            type: "aws",
            account: "111122223333",
            actions: ["s3:GetObject"],
            resources: ["arn:aws:s3:::acme-data/reports/may.csv"],
          },
        ]),
      }),
    ]);
  });

  it("delegates to nobody but the agents that exec names", async () => {
    const run = await exec(delegate(["--to", "accomplice"]), TO_HELPER);
    expect(run.code).toBe(77);
    expect(run.stderr).toContain("may delegate to helper alone");
    expect([delegations(), existsSync(out)]).toEqual([[], false]);
  });

  it("delegates nothing where exec names no agent, or where there is no task", async () => {
    const run = await exec(delegate(["--to", "helper"]));
    expect([run.code, delegations(), existsSync(out)]).toEqual([64, [], false]);
    expect(run.stderr).toContain("may delegate to nobody");
    const outside = await callClient(delegate(["--to", "helper"]).slice(2), IDENTITY);
    expect([outside.code, existsSync(out)]).toEqual([64, false]);
    expect(outside.stderr).toContain("delegate works inside a task");
  });

  it("sends its token to no other address than exec's on loopback", async () => {
    const elsewhere = {
      VALETKEY_DELEGATIONS_URL: `${service.url}/x`,
      VALETKEY_DELEGATIONS_TOKEN: "t",
      VALETKEY_TASK: "a",
    };
    for (const url of [elsewhere.VALETKEY_DELEGATIONS_URL, "http://192.0.2.1:80/", "http://127.0.0.1:80@192.0.2.1/"]) {
      const env = { ...elsewhere, VALETKEY_DELEGATIONS_URL: url };
      expect((await callClient(delegate(["--to", "helper"]).slice(2), env)).code).toBe(64);
    }
    expect(service.seen).toEqual([]);
  });

  it.each(["a file", "a link to a file", "a link to nothing"])("overwrites nothing: %s", async (kind) => {
    const victim = join(folder, "victim");
    if (kind !== "a link to nothing") writeFileSync(kind === "a file" ? out : victim, "theirs");
    if (kind !== "a file") symlinkSync(victim, out);
    const run = await exec(delegate(["--to", "helper"]), TO_HELPER);
    expect([run.code, delegations()]).toEqual([64, []]);
    expect(run.stderr).toContain("exists: give --out a new file");
    if (kind === "a link to nothing") expect(existsSync(victim)).toBe(false);
    else expect(readFileSync(out, "utf8")).toBe("theirs");
  });

  it("overwrites nothing that appears while it waits, and leaves no copy", async () => {
    service.delegation = () => {
      writeFileSync(out, "theirs");
      return delegated();
    };
    const run = await exec(delegate(["--to", "helper"]), TO_HELPER);
    expect([run.code, readFileSync(out, "utf8"), readdirSync(folder)]).toEqual([64, "theirs", ["handed on"]]);
  });

  it("requests nothing where the file cannot be created", async () => {
    const run = await exec(
      [...delegate(["--to", "helper"]).slice(0, -3), join(folder, "none", "x"), "--to", "helper"] as never,
      TO_HELPER,
    );
    expect([run.code, delegations()]).toEqual([64, []]);
    expect(run.stderr).toContain("cannot be created (ENOENT)");
  });

  it("prints the refusal with its denials, and leaves no file", async () => {
    const denials = [{ action: "s3:GetObject", target: "arn", reason: "The task above has not got it." }];
    const answer = { error: "access_denied", code: "policy_denied", error_description: "No.", denials };
    service.delegation = () => ({ status: 403, body: answer });
    const run = await exec(delegate(["--to", "helper"]), TO_HELPER);
    expect([run.code, readdirSync(folder)]).toEqual([77, []]);
    expect(run.stderr).toContain("denied: s3:GetObject on arn");
    expect(run.stderr).not.toContain("CANARY");
  });

  it.each([
    [["--out", "x"], "--to is required"],
    [["--to", "helper"], "--out is required"],
    [["--to", "Not An Id", "--out", "x"], "--to takes the registered id"],
    [["--to", "helper", "--out", "x"], "say what the task needs"],
    [["--to", "helper", "--owt", "x"], "did you mean --out?"],
  ])("says what is wrong with %j", async (args, sentence) => {
    const run = await callClient(["delegate", ...args]);
    expect([run.code, run.stderr]).toEqual([64, expect.stringContaining(sentence)]);
  });
});

describe("the endpoint for delegations", () => {
  it.each([
    ["no token", `{ headers: {}, body: '${body({})}' }`, 401],
    ["the token of the credentials", `{ headers: { authorization: env.AWS_CONTAINER_AUTHORIZATION_TOKEN } }`, 401],
    ["a GET", `{ method: "GET" }`, 405],
    ["no JSON", `{ body: "to=helper" }`, 400],
    ["no intent, which would be all that the task has", `{ body: '${body({ intent: undefined })}' }`, 400],
    ["an empty intent", `{ body: '${body({ intent: [] })}' }`, 400],
    ["several agents", `{ body: '${body({ agent: ["helper"] })}' }`, 400],
    ["a further parameter in the agent", `{ body: '${body({ agent: "helper&task_ttl=1" })}' }`, 400],
    ["another agent", `{ body: '${body({ agent: "accomplice" })}' }`, 403],
    ["an endless intent", `{ body: "x".repeat(100_000) }`, 413],
  ])("refuses %s, and asks valetkey for nothing", async (_, options, status) => {
    const run = await exec(posts(options), TO_HELPER);
    expect(run.stdout).toMatch(new RegExp(`^${status} `));
    expect(run.stdout + run.stderr).not.toContain("CANARY");
    expect(delegations()).toEqual([]);
  });

  it("lends its task token to no other request: parameters of the command's are not passed on", async () => {
    const extra = { requested_token_type: "urn:valetkey:token-type:task", subject_token: "x", audience: "accomplice" };
    await exec(posts(`{ body: '${body(extra)}' }`), TO_HELPER);
    expect(delegations()).toEqual([
      expect.objectContaining({
        audience: "helper",
        subject_token: CANARY.taskToken,
        subject_token_type: expect.any(String),
      }),
    ]);
    expect(Object.keys(delegations()[0] ?? {})).toHaveLength(6);
  });

  it("is unknown to a command without --delegate-to, and below another exec", async () => {
    const seen = inNode(`console.log(Object.keys(env).filter((name) => name.includes("DELEGATION")).join());`);
    expect((await exec(seen)).stdout).toBe("\n");
    const names = "VALETKEY_DELEGATIONS_URL,VALETKEY_DELEGATIONS_TOKEN\n";
    expect((await exec(seen, TO_HELPER)).stdout).toBe(names);
    const inner = [process.execPath, CLIENT, ...execArgs(service.url, seen, ["--token", CANARY.identity])] as const;
    expect((await exec(inner, TO_HELPER)).stdout).toBe("\n");
  });
});
