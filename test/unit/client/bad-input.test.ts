import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { REFUSALS } from "../../../contract/refusals.ts";
import { callClient } from "./call-client.ts";
import { CANARY, FakeValetkey } from "./fake-valetkey.ts";
import { execArgs, IDENTITY } from "./run-client.ts";

let service: FakeValetkey;
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "valetkey-bad-input-"));
  writeFileSync(join(folder, "broken.json"), '[\n  {"type": "aws",}\n]');
  writeFileSync(join(folder, "short.json"), '[{"type": "aws"');
  writeFileSync(join(folder, "one.json"), '{"type": "aws"}');
  writeFileSync(join(folder, "page.html"), `<html>${CANARY.secret}</html>`);
});
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(async () => {
  service = await new FakeValetkey().start();
});
afterEach(() => service.stop());

const file = (name: string) => join(folder, name);
const exec = (...options: string[]) => execArgs(service.url, "echo ran", options);
const expired = () => ({
  status: REFUSALS.token_expired[0],
  body: { error: REFUSALS.token_expired[1], code: "token_expired", error_description: REFUSALS.token_expired[2] },
});

interface Row {
  readonly what: string;
  readonly args: () => readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly code: number;
  /** Parts of the sentence: the fault and its remedy. */
  readonly says: readonly RegExp[];
}

const ROWS: readonly Row[] = [
  {
    what: "no identity",
    args: exec,
    env: {},
    code: 66,
    says: [/there is no identity token/, /--token-file/, /VALETKEY_TOKEN/, /GitHub/, /Kubernetes/, /SPIFFE/, /AWS/],
  },
  {
    what: "an identity that is asked for and not there",
    args: () => exec("--identity", "github"),
    env: {},
    code: 66,
    says: [/--identity github: there is none here/, /id-token: write/],
  },
  {
    what: "a token file that is not there",
    args: () => exec("--token-file", file("none")),
    code: 66,
    says: [/token file \S+none cannot be read/],
  },
  {
    what: "a token file that holds something else",
    args: () => exec("--token-file", file("page.html")),
    code: 66,
    says: [/not a signed JWT/],
  },
  {
    what: "a token command that is not there",
    args: () => exec("--token-command", "no-such-command-here {audience}"),
    code: 66,
    says: [/no-such-command-here was not found/],
  },
  { what: "an expired token", args: exec, code: 77, says: [/expired/i] },
  {
    what: "a service that cannot be reached",
    args: () => exec("--url", "http://127.0.0.1:1"),
    code: 69,
    says: [/127\.0\.0\.1:1 cannot be reached/],
  },
  {
    what: "an address that is none",
    args: () => exec("--url", "valetkey"),
    code: 64,
    says: [/--url must be an address such as https:/],
  },
  {
    what: "an address to which tokens do not travel",
    args: () => exec("--url", "http://valetkey.example.com"),
    code: 64,
    says: [/must be https/],
  },
  {
    what: "an intent that is not JSON",
    args: () => exec("--intent", file("broken.json")),
    code: 65,
    says: [/broken\.json is not JSON: line 2, column 18/],
  },
  {
    what: "an intent that breaks off",
    args: () => exec("--intent", file("short.json")),
    code: 65,
    says: [/short\.json is not JSON: line 1, column 16/],
  },
  {
    what: "an intent of another shape",
    args: () => exec("--intent", file("one.json")),
    code: 65,
    says: [/must hold a JSON array of objects with a "type" each/],
  },
  {
    what: "a command that there is not",
    args: () => ["exce"],
    code: 64,
    says: [/no such command; did you mean npx valetkey exec/],
  },
  {
    what: "a command like no other",
    args: () => ["frobnicate"],
    code: 64,
    says: [/no such command; npx valetkey --help/],
  },
  {
    what: "an option that there is not",
    args: () => exec("--purposes", "x"),
    code: 64,
    says: [/--purposes is unknown; did you mean --purpose\? npx valetkey exec --help/],
  },
  {
    what: "an option like one of another command alone",
    args: () => exec("--prot", "x"),
    code: 64,
    says: [/--prot is unknown; npx valetkey exec --help lists/],
  },
  {
    what: "an option that an MCP server has not",
    args: () => ["mcp", "--allwo", "aws"],
    code: 64,
    says: [/--allwo is unknown; did you mean --allow\? npx valetkey mcp --help/],
  },
  {
    what: "an option that init has not",
    args: () => ["init", "--targt", "111122223333"],
    code: 64,
    says: [/--targt is unknown; did you mean --target\? npx valetkey init --help/],
  },
  {
    what: "a command without the two dashes",
    args: () => ["exec", "true"],
    code: 64,
    says: [/the command to run goes behind two dashes: npx valetkey exec \.\.\. -- aws s3 ls/],
  },
  {
    what: "a completion for no shell",
    args: () => ["completion"],
    code: 64,
    says: [/npx valetkey completion bash/],
  },
  {
    what: "a purpose that says nothing",
    args: () => exec("--purpose", " "),
    code: 64,
    says: [/what this task is for/],
  },
  {
    what: "a time that is none",
    args: () => exec("--ttl", "soon"),
    code: 64,
    says: [/--ttl takes seconds, or 15m or 1h, 12h at most/],
  },
  { what: "nothing to run", args: () => exec().slice(0, -3), code: 64, says: [/behind two dashes: npx valetkey exec/] },
];

describe("a fault is reported in one sentence, with its remedy, and by the exit code:", () => {
  it.each(ROWS)("$what", async ({ args, env = IDENTITY, code, says: sentences }) => {
    service.exchange = expired;
    const run = await callClient(args(), env);
    expect([run.code, run.stdout]).toEqual([code, ""]);
    const lines = run.stderr
      .trimEnd()
      .split("\n")
      .filter((line) => !line.includes("still waiting"));
    expect(lines).toHaveLength(1);
    for (const sentence of sentences) expect(run.stderr).toMatch(sentence);
    expect(run.stderr).not.toContain("CANARY");
  });

  it("has a code of its own for each kind of them", () => {
    const kinds = [
      "no identity",
      "an expired token",
      "a service that cannot be reached",
      "an intent that is not JSON",
      "a command that there is not",
    ];
    expect(new Set(ROWS.filter(({ what }) => kinds.includes(what)).map(({ code }) => code)).size).toBe(kinds.length);
  });
});
