import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { callClient, execAt } from "./call-client.ts";
import { CANARY, FakeValetkey } from "./fake-valetkey.ts";
import { execArgs, IDENTITY } from "./run-client.ts";

let service: FakeValetkey;
let folder: string;
let file: string;
beforeEach(async () => {
  service = await new FakeValetkey().start();
  folder = mkdtempSync(join(tmpdir(), "valetkey-sub-agent-"));
  file = join(folder, "handed-on");
  writeFileSync(file, `${CANARY.delegation}\n`);
});
afterEach(async () => {
  await service.stop();
  rmSync(folder, { recursive: true });
});

const exec = execAt(() => service);
const form = () => Object.fromEntries(new URLSearchParams(service.of("POST", "/v1/token")[0]?.body));
const BELOW = {
  subject_token: CANARY.delegation,
  subject_token_type: "urn:valetkey:token-type:delegation",
  actor_token: CANARY.identity,
  actor_token_type: "urn:ietf:params:oauth:token-type:id_token",
};
const ways = (): Readonly<Record<string, readonly [readonly string[], Readonly<Record<string, string>>]>> => ({
  "--delegation-file": [["--delegation-file", file], {}],
  VALETKEY_DELEGATION_FILE: [[], { VALETKEY_DELEGATION_FILE: file }],
  VALETKEY_DELEGATION: [[], { VALETKEY_DELEGATION: CANARY.delegation }],
  "--delegation-file, before a variable": [["--delegation-file", file], { VALETKEY_DELEGATION: "" }],
});

describe("a sub-agent's command", () => {
  it.each(Object.keys(ways()))(
    "opens its task below the parent's by %s, and gives the command no delegation",
    async (way) => {
      const [options = [], env = {}] = ways()[way] ?? [];
      const run = await exec("env; echo done", options, { ...env, COPY_OF_IT: CANARY.delegation });
      expect([run.code, form()]).toEqual([0, expect.objectContaining(BELOW)]);
      if (way === "VALETKEY_DELEGATION") expect(run.stdout).not.toContain(CANARY.delegation);
      expect(run.stdout).not.toContain("VALETKEY_DELEGATION");
      expect(run.stderr).not.toContain("CANARY");
      expect(service.of("POST", "/complete")).toHaveLength(1);
    },
  );

  it("prints its variables below the parent's task too: valetkey env", async () => {
    const args = ["env", "--url", service.url, "--purpose", "p", "--account", "111122223333", "--allow", "s3:List*=*"];
    const run = await callClient([...args, "--delegation-file", file], IDENTITY);
    expect([run.code, form()]).toEqual([0, expect.objectContaining(BELOW)]);
  });

  it.each<readonly [string, readonly string[], Readonly<Record<string, string>>, RegExp]>([
    ["an empty variable", [], { VALETKEY_DELEGATION: "" }, /VALETKEY_DELEGATION holds no delegation/],
    ["an empty variable of a file", [], { VALETKEY_DELEGATION_FILE: "" }, /VALETKEY_DELEGATION_FILE is empty/],
    ["both variables", [], { VALETKEY_DELEGATION: "x", VALETKEY_DELEGATION_FILE: "y" }, /give one of/],
    ["the task token", [], { VALETKEY_DELEGATION: CANARY.taskToken }, /holds no delegation: it takes what/],
    [
      "a file that is missing",
      ["--delegation-file", "/nowhere/x"],
      {},
      /the delegation file \/nowhere\/x cannot be read/,
    ],
    ["the token on the command line", ["--delegation-file", CANARY.delegation], {}, /takes the path of a file/],
    ["the token as an option", ["--delegation", CANARY.delegation], {}, /--delegation is unknown; /],
    [
      "a person besides",
      ["--on-behalf-of", "env"],
      { VALETKEY_DELEGATION: CANARY.delegation, VALETKEY_PERSON_TOKEN: CANARY.identity },
      /leave out --on-behalf-of/,
    ],
  ])("opens no task of its own in place of %s", async (_, options, env, sentence) => {
    const run = await exec("true", options, env);
    expect([run.code, service.seen]).toEqual([64, []]);
    expect(run.stderr).toMatch(sentence);
    expect(run.stderr).not.toContain("CANARY");
  });

  it.each([
    ["serve", ["--token-out", "/nowhere/x"], { VALETKEY_DELEGATION: CANARY.delegation }],
    ["credential-process", [], { VALETKEY_DELEGATION_FILE: "x" }],
  ])("opens no task of its own in place of a delegation's: %s", async (command, options, env) => {
    const args = [command, "--url", service.url, "--purpose", "p", "--tool", "a=b", ...options];
    const run = await callClient(args, { ...IDENTITY, ...env });
    expect([run.code, service.seen]).toEqual([64, []]);
    expect(run.stderr).toContain("a delegation opens one task");
    const flagged = await callClient([...args, "--delegation-file", file], IDENTITY);
    expect([flagged.code, service.seen]).toEqual([64, []]);
  });

  it.each([
    ["--delegate-to", "helper"],
    ["--delegation-file", "handed-on"],
    ["--on-behalf-of", "env"],
  ])("is not narrowed with %s, which --narrow would ignore", async (option, value) => {
    const run = await callClient(["exec", "--narrow", "--tool", "a=b", option, value, "--", "true"]);
    expect([run.code, run.stderr]).toEqual([
      64,
      expect.stringContaining(`${option} is for a command that opens a task`),
    ]);
  });

  it("is advised, after a denial, of a command line that is below the parent's task as well", async () => {
    const target = "arn:aws:s3:::acme-data/x";
    const denials = [{ action: "s3:GetObject", target, reason: "No policy permits it." }];
    service.exchange = () => ({ status: 403, body: { error: "access_denied", code: "policy_denied", denials } });
    const run = await callClient(
      execArgs(service.url, "true", ["--allow", `s3:GetObject=${target}`, "--delegation-file", file]),
      IDENTITY,
    );
    expect(run.stderr).toContain(
      `npx valetkey exec --url ${service.url} --purpose 'a test' --delegation-file ${file} --account`,
    );
  });
});
