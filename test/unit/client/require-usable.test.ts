import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Reporter } from "../../../client/reporter.ts";
import { requireUsable } from "../../../client/task/require-usable.ts";
import { callClient } from "./call-client.ts";
import { credential, FakeValetkey, opened, TASK_ID } from "./fake-valetkey.ts";
import { execArgs, IDENTITY } from "./run-client.ts";

const held = (account: string) => ({ name: "aws-0", account, region: undefined, credential: credential(0, 900) });
const login = { type: "postgres", name: "postgres-0", fields: {} };
const task = { id: TASK_ID, token: "vk_t", status: "active", expiresAtMs: 0, credentials: [], issued: [] };
const aws = (account: string) => ({ type: "aws", account, actions: ["s3:GetObject"], resources: ["*"] });
const tool = { type: "tool", server: "tickets", tools: ["read"] };
const postgres = { type: "postgres", database: "orders" };
const report = new Reporter({ json: true, quiet: true, write: () => {} });

describe("a task that was opened", () => {
  it.each([
    ["the account's credential", "all", [aws("1")], { credentials: [held("1")] }],
    ["both accounts'", "all", [aws("1"), aws("2")], { credentials: [held("1"), held("2")] }],
    ["nothing for tools", "all", [tool], {}],
    ["a login", "all", [postgres, tool], { issued: [login] }],
    ["a part of it, where less will do", "narrow", [aws("1"), postgres], { issued: [login] }],
    ["nothing but tools, where less will do", "narrow", [aws("1"), tool], {}],
  ] as const)("is of use with %s", (_, mode, details, has) => {
    expect(() => requireUsable({ ...task, ...has }, { details, mode }, report)).not.toThrow();
  });

  it.each([
    ["no credential", "all", [aws("1")], {}, /no credential for account 1/],
    ["one account's alone", "all", [aws("1"), aws("2")], { credentials: [held("1")] }, /for account 2/],
    ["another account's", "all", [aws("1")], { credentials: [held("2")] }, /for account 1/],
    ["no login", "all", [aws("1"), postgres], { credentials: [held("1")] }, /for postgres/],
    ["nothing at all, where less would do", "narrow", [aws("1"), postgres], {}, /for account 1/],
  ] as const)("is of none with %s", (_, mode, details, has, sentence) => {
    expect(() => requireUsable({ ...task, ...has }, { details, mode }, report)).toThrow(sentence);
  });

  it("reports where an account's details did not fit into one session", () => {
    const lines: string[] = [];
    const reporter = new Reporter({ json: true, quiet: true, write: (line) => lines.push(line) });
    const credentials = [held("1"), { ...held("1"), name: "aws-2" }, { ...held("2"), name: "aws-1" }];
    requireUsable({ ...task, credentials }, { details: [aws("1"), aws("2")], mode: "all" }, reporter);
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { event: "several_sessions", account: "1", credentials: ["aws-0", "aws-2"] },
    ]);
  });
});

describe("I10: an answer without the requested credentials", () => {
  let service: FakeValetkey;
  let cache: string;
  beforeEach(async () => {
    service = await new FakeValetkey().start();
    cache = mkdtempSync(join(tmpdir(), "valetkey-missing-"));
  });
  afterEach(async () => {
    await service.stop();
    rmSync(cache, { recursive: true });
  });

  it.each([[null], [undefined], [[]], ["none"], [{}]])("runs nothing, and ends the task: %j", async (credentials) => {
    const reply = opened();
    service.exchange = () => reply && { ...reply, body: { ...(reply.body as object), credentials } };
    const { code, stdout, stderr } = await callClient(execArgs(service.url, "echo ran"), IDENTITY);
    expect([code, stdout, stderr]).toEqual([69, "", expect.stringContaining("no credential for account 111122223333")]);
    expect(service.of("POST", "/complete")).toHaveLength(1);
  });

  it.each(["env", "credential-process"])("%s prints nothing, and ends the task", async (command) => {
    service.exchange = () => opened({ credentials: [] });
    const args = [
      command,
      "--url",
      service.url,
      "--purpose",
      "p",
      "--account",
      "111122223333",
      "--allow",
      "s3:List*=*",
    ];
    const { code, stdout } = await callClient(args, { ...IDENTITY, XDG_CACHE_HOME: cache });
    expect([code, stdout]).toEqual([69, ""]);
    expect(service.of("POST", "/complete")).toHaveLength(1);
  });
});
