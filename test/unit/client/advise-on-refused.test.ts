import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { callClient } from "./call-client.ts";
import { CANARY, FakeValetkey, inSeconds, opened, type Reply, TASK_ID } from "./fake-valetkey.ts";
import { execArgs, type Program, runClient } from "./run-client.ts";

const folder = mkdtempSync(join(tmpdir(), "valetkey-advice-"));
const tokenFile = join(folder, "token");
writeFileSync(tokenFile, CANARY.identity);
afterAll(() => rmSync(folder, { recursive: true }));

const USER = `User: arn:aws:sts::111122223333:assumed-role/valetkey-task-0/${TASK_ID}`;
const X = "arn:aws:s3:::reports/x";
const refusal = (resource = X, action = "s3:PutObject") =>
  `An error occurred (AccessDenied) when calling an operation: ${USER} is not authorized to perform: ${action} on resource: "${resource}" because no session policy allows the ${action} action`;

/** Program that prints the lines on stderr and exits with 3. */
const printing = (...lines: readonly string[]): Program => [
  "sh",
  "-c",
  'printf "%s\\n" "$@" >&2; exit 3',
  "sh",
  ...lines,
];

const detail = { type: "aws", account: "111122223333", actions: ["s3:PutObject"], resources: [X] };
const denial = { action: "s3:PutObject", target: X, reason: "CANARY of a reason", policy: "CANARY", hint: "CANARY" };
const permitted = { agent: "demo", decision: "permitted", authorization_details: [detail] };

let service: FakeValetkey;
let decision: () => Reply | Promise<Reply>;
beforeEach(async () => {
  decision = () => ({ status: 200, body: permitted });
  service = await new FakeValetkey().start();
  service.other = ({ path }) => (path === "/v1/decide" ? decision() : { status: 404, body: {} });
});
afterEach(() => service.stop());

const FROM_FILE = { VALETKEY_TOKEN_FILE: tokenFile };
const exec = (program: Program, options: readonly string[] = [], env: Readonly<Record<string, string>> = FROM_FILE) =>
  callClient(execArgs(service.url, program, options), env);
const questions = () =>
  service.of("POST", "/v1/decide").map(({ body }) => Object.fromEntries(new URLSearchParams(body)));
/** Lines of valetkey about refused calls. */
const hints = ({ stderr }: { readonly stderr: string }) =>
  stderr.split("\n").filter((line) => line.startsWith("valetkey: the command reports"));

const REPORTS = `valetkey: the command reports that AWS refused s3:PutObject on ${X}, which the task did not request;`;

describe("after a command whose call AWS refused, exec", () => {
  it("prints the flag that would have covered it, below all that the command printed", async () => {
    const run = await exec(printing("first", refusal(), refusal()));
    expect(run.stderr).toContain(`first\n${refusal()}\n${refusal()}\n`);
    expect(run.stderr.endsWith(`${REPORTS} policy permits it: --allow '${`s3:PutObject=${X}`}'\n`)).toBe(true);
    expect([run.code, hints(run).length]).toEqual([3, 1]);
  });

  it("asks what can-i asks about that flag alone, once the task has ended", async () => {
    await exec(printing(refusal()), ["--ttl", "600", "--accept-less"]);
    expect(questions()).toEqual([
      {
        grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
        subject_token: CANARY.identity,
        subject_token_type: "urn:ietf:params:oauth:token-type:id_token",
        purpose: "a test",
        task_ttl: "600",
        mode: "narrow",
        authorization_details: JSON.stringify([detail]),
      },
    ]);
    expect(service.seen.map(({ path }) => path)).toEqual(["/v1/token", `/v1/tasks/${TASK_ID}/complete`, "/v1/decide"]);
  });

  it.each([
    [
      "people have to approve it",
      { ...permitted, decision: "approval", needed: [{ group: "sre", count: 2 }] },
      ` policy permits it once people approve it: --allow 's3:PutObject=${X}'`,
    ],
    [
      "policy does not permit it",
      { agent: "demo", decision: "refused", denials: [denial], refusal: { code: "policy_denied" } },
      " policy does not permit it either",
    ],
    ["policy permits a part of it", { ...permitted, denials: [denial] }, " policy does not permit it either"],
  ])("names the decision, and no more, where %s", async (_, body, words) => {
    decision = () => ({ status: 200, body });
    const run = await exec(printing(refusal()));
    expect(hints(run)).toEqual([`${REPORTS}${words}`]);
    expect(run.stderr).not.toContain("CANARY");
  });

  it("prints an object a line with --json, and nothing with --quiet", async () => {
    const json = await exec(printing(refusal()), ["--json"]);
    expect(JSON.parse(json.stderr.trim().split("\n").at(-1) ?? "")).toEqual({
      event: "call_refused",
      message: expect.stringContaining("policy permits it: "),
      action: "s3:PutObject",
      resource: X,
      decision: "permitted",
      allow: `s3:PutObject=${X}`,
    });
    const quiet = await exec(printing(refusal()), ["--quiet"]);
    expect([quiet.stderr, questions().length]).toEqual([`${refusal()}\n`, 1]);
  });

  it("quotes the flag for a shell, whatever the resource is called", async () => {
    const evil = `${X}';touch$IFS;(id)&'`.replaceAll("$IFS", "");
    const run = await exec(printing(refusal(evil)));
    const [, word = ""] = /: --allow (.*)$/.exec(hints(run)[0] ?? "") ?? [];
    expect(execFileSync("sh", ["-c", `printf %s ${word}`], { encoding: "utf8" })).toBe(`s3:PutObject=${evil}`);
  });

  it("asks about three calls at most", async () => {
    const run = await exec(printing(...[1, 2, 3, 4, 5].map((n) => refusal(`${X}${n}`))));
    expect([hints(run).length, questions().length]).toEqual([3, 3]);
  });

  it.each([
    ["the message is about another task's session", refusal().replace(TASK_ID, "aaaaaaaaaaaa.")],
    ["the task requested the call", refusal("arn:aws:s3:::acme-data/reports/x", "s3:GetObject")],
    ["--allow would read two ARNs in it", refusal(`${X},arn:aws:s3:::payroll/y`)],
    ["the resource holds the key's id", refusal(`${X}/ASIA0000000000000000`)],
    ["the resource holds the secret key", refusal(`${X}/${CANARY.secret}`)],
    ["the resource holds the session's token", refusal(`${X}/${CANARY.session}`)],
    ["the resource holds a part of the task token", refusal(`${X}/${CANARY.taskToken.slice(4)}`)],
    ["the resource holds the agent's own token", refusal(`${X}/${CANARY.identity}`)],
  ])("asks nothing and prints nothing where %s", async (_, line) => {
    const run = await exec(printing(line));
    expect([run.code, hints(run), questions()]).toEqual([3, [], []]);
  });

  it("asks nothing about a secret that the command alone has: the endpoint's, a renewed key, a login", async () => {
    const renewed = { AccessKeyId: "AKEY", SecretAccessKey: "RENEWEDsecretaccesskey", Token: "RENEWEDsessiontoken" };
    const aws = {
      type: "aws",
      name: "aws-0",
      account: "111122223333",
      AccessKeyId: "ASIA0",
      SecretAccessKey: CANARY.secret,
      Token: CANARY.session,
      Expiration: inSeconds(1),
    };
    service.exchange = () =>
      opened({ credentials: [aws, { type: "postgres", name: "postgres-0", password: "LOGINpassword12" }] });
    service.renewal = () => ({ status: 200, body: { ...renewed, Expiration: inSeconds(900) } });
    const line = refusal("%s").replaceAll('"', '\\"');
    const script = `sleep 1.1; key=$(${process.execPath} -e 'fetch(process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI, { headers: { authorization: process.env.AWS_CONTAINER_AUTHORIZATION_TOKEN } }).then(async (a) => console.log((await a.json()).SecretAccessKey))');
      for part in "$key" "$AWS_CONTAINER_AUTHORIZATION_TOKEN" "$PGPASSWORD"; do printf "${line}\\n" "${X}/$part" >&2; done; echo "$key"`;
    const run = await exec(["sh", "-c", script]);
    expect([run.stdout, hints(run), questions()]).toEqual([`${renewed.SecretAccessKey}\n`, [], []]);
    expect(run.stderr.match(/because no session policy/g)).toHaveLength(3);
  });

  it("asks nothing for a token by value, which was used, and leaves the command's stderr alone", async () => {
    const run = await exec(printing(refusal()), [], { VALETKEY_TOKEN: CANARY.identity });
    expect([run.code, hints(run), questions()]).toEqual([3, [], []]);
    expect(run.stderr).toContain(refusal());
  });

  it("asks nothing for a task of a person", async () => {
    const person = `eyJhbGciOiJFUzI1NiJ9.${Buffer.from(JSON.stringify({ sub: "pat", aud: service.url })).toString("base64url")}.c2ln`;
    const run = await exec(printing(refusal()), ["--on-behalf-of", "env"], {
      ...FROM_FILE,
      VALETKEY_PERSON_TOKEN: person,
    });
    expect([run.code, hints(run), questions()]).toEqual([3, [], []]);
  });

  it("asks nothing for a task below another, whose delegation was used", async () => {
    const run = await exec(printing(refusal()), [], { ...FROM_FILE, VALETKEY_DELEGATION: CANARY.delegation });
    expect([run.code, hints(run), questions()]).toEqual([3, [], []]);
  });

  it("asks nothing where the token's file is a pipe, which is read once", async () => {
    const pipe = join(folder, "pipe");
    execFileSync("sh", ["-c", `mkfifo ${pipe}; cat ${tokenFile} > ${pipe} &`], { stdio: "ignore" });
    const run = await runClient(execArgs(service.url, printing(refusal())), { VALETKEY_TOKEN_FILE: pipe }, 20_000);
    expect([run.code, hints(run), questions()]).toEqual([3, [], []]);
  });

  it("asks nothing once somebody else has ended the task", async () => {
    service.renewal = () => ({ status: 403, body: { error: "invalid_grant" } });
    service.other = ({ path }) =>
      path === "/v1/decide" ? decision() : { status: 200, body: { id: TASK_ID, status: "revoked", ended_by: "alice" } };
    service.exchange = () => {
      const aws = {
        type: "aws",
        name: "aws-0",
        account: "111122223333",
        AccessKeyId: "ASIA0",
        SecretAccessKey: CANARY.secret,
        Token: CANARY.session,
        Expiration: inSeconds(1),
      };
      return opened({ credentials: [aws] });
    };
    const script = `trap 'exit 3' TERM; sleep 1.1; printf '%s\\n' '${refusal()}' >&2; ${process.execPath} -e 'fetch(process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI, { headers: { authorization: process.env.AWS_CONTAINER_AUTHORIZATION_TOKEN } })'; sleep 5 & wait`;
    const run = await exec(["sh", "-c", script]);
    expect([run.code, hints(run), questions()]).toEqual([76, [], []]);
    expect(run.stderr).toContain(refusal());
  });

  it("asks nothing after a signal to itself", async () => {
    const run = await exec(["sh", "-c", `printf '%s\\n' '${refusal()}' >&2; kill -TERM $PPID; sleep 5`]);
    expect([run.code, hints(run), questions()]).toEqual([143, [], []]);
  });

  it.each<[string, () => Reply | Promise<Reply>]>([
    ["refused", () => ({ status: 429, body: { error: "slow_down" } })],
    ["lost", () => undefined],
    ["answered by something else", () => ({ status: 200, body: "<html>" })],
    [
      "answered with a refusal of the agent",
      () => ({ status: 200, body: { agent: "demo", decision: "refused", refusal: { code: "agent_inactive" } } }),
    ],
    ["never answered", () => new Promise<Reply>((resolve) => void setTimeout(resolve, 20_000, undefined).unref())],
  ])("is silent where its question is %s, and ends within seconds with the command's code", async (_, answer) => {
    decision = answer;
    const began = performance.now();
    const run = await exec(printing(refusal()));
    expect([run.code, hints(run), run.stderr.match(/valetkey:/g)?.length]).toEqual([3, [], 2]);
    expect(performance.now() - began).toBeLessThan(8_000);
  });

  it("ends within seconds where the token's command has come to hang, and prints nothing of it", async () => {
    const command = join(folder, "token-command");
    writeFileSync(
      command,
      `#!/bin/sh\nif [ -e ${folder}/once ]; then echo NOISE >&2; trap '' TERM; sleep 30; fi\ntouch ${folder}/once\ncat ${tokenFile}\n`,
      { mode: 0o700 },
    );
    const began = performance.now();
    const run = await runClient(execArgs(service.url, printing(refusal())), { VALETKEY_TOKEN_COMMAND: command });
    expect([run.code, hints(run), questions()]).toEqual([3, [], []]);
    expect(run.stderr).not.toContain("NOISE");
    expect(performance.now() - began).toBeLessThan(15_000);
  });
});
