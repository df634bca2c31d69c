import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readAgents } from "../../../infra/config/agent-faults.ts";
import { checkFiles } from "../../../infra/config/check-files.ts";
import { type Fault, inOneLine } from "../../../infra/config/fault.ts";
import { checkConfig, deploymentOf, readConfig } from "../../../infra/config/read-config.ts";
import { callClient } from "../client/call-client.ts";
import { root } from "./sample-config.ts";

const TEXT = `{
  "hub": { "account": "999900001112", "region": "eu-west-1" },
  "url": "https://valetkey.acme.dev",
  "issuers": [
    { "name": "github", "kind": "agents", "preset": "github-actions" },
    { "name": "staff", "kind": "people", "preset": "generic", "url": "https://login.acme.dev", "groupsClaim": "groups" }
  ],
  "accounts": [{ "id": "222233334445", "region": "eu-west-1", "taskRoles": 8 }],
  "operators": [{ "issuer": "staff", "subject": "ann" }]
}`;
const AGENTS = `- id: demo
  name: Demo
  owner: staff|ann
  team: data
  bindings:
    - issuer: github
      claims: { repository_id: "1" }
`;
const seconds = (text: string) => (text === "1h" ? 3_600 : undefined);
const linesOf = (faults: readonly Fault[]) => faults.map(({ line, column, message }) => `${line}:${column} ${message}`);
const config = (text: string) => linesOf(checkConfig(text, "valetkey.json").faults);
const { issuers } = deploymentOf(readConfig(root("local/valetkey.json")));
const agents = (text: string, known = false) =>
  readAgents({ text, file: "agents.yaml" }, known ? issuers : undefined, seconds);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "valetkey-check-"));
});
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

describe("a configuration", () => {
  it("without faults has none", () => expect(config(TEXT)).toEqual([]));

  it("has its faults of form and those between fields in one go, each at its place", () => {
    const bad = TEXT.replace("groupsClaim", "groupClaim").replace(
      '"issuer": "staff", "subject"',
      '"issuer": "stff", "subject"',
    );
    expect(config(bad)).toEqual([
      "6:96 issuers.1.groupClaim: there is no such field; did you mean groupsClaim?",
      '9:29 operators: "stff" is not the name of a people\'s issuer',
    ]);
  });

  it("reports nothing that rests on an entry of the wrong form", () => {
    const bad = TEXT.replace('"kind": "people"', '"kind": "persons"');
    expect(config(bad)).toEqual([expect.stringMatching(/^6:32 issuers\.1\.kind: /)]);
  });

  it.each([
    ["no JSON", '{\n  "url": ,\n}', "2:10 not JSON: "],
    ["an empty text", "", "1:1 not JSON: "],
    ["another value", "[]", "1:1 hub: "],
    ["a member twice", TEXT.replace('"url"', '"hub": 1, "url"'), "2:10 "],
    ["a section of the wrong kind", TEXT.replace(/"hub": \{.*\}/, '"hub": []'), "2:10 hub"],
  ])("reports %s at its place", (_, text, start) => {
    expect(config(text)[0]?.slice(0, start.length)).toBe(start);
  });

  it("prints nothing that a terminal would obey", () => {
    const faults = checkConfig(TEXT.replace('"url"', '"x\\u001b[2Ky": 1, "url"'), "valetkey.json").faults;
    expect(faults.map(inOneLine).join("")).not.toMatch(/\p{C}/u);
    expect(faults).toHaveLength(1);
  });
});

describe("a file of agents", () => {
  it("without faults is read, as YAML or JSON, with hours as seconds", () => {
    const text = `${AGENTS}  limits: { task_seconds: 1h }\n`;
    expect(agents(text).faults).toEqual([]);
    const [{ agent } = { agent: {} }] = agents(text).agents;
    expect(agent).toMatchObject({ id: "demo", limits: { task_seconds: 3_600 } });
    expect(agents(JSON.stringify({ agents: [agent] })).faults).toEqual([]);
  });

  it.each([
    ["a capital id", AGENTS.replace("demo", "Demo"), "1:7 id must have"],
    ["a misspelt field", `${AGENTS}  ownr: x\n`, "8:3 there is no field ownr; did you mean owner?"],
    ["a wildcard", AGENTS.replace('"1"', '"1*"'), "7:15 bindings[0].claims holds a *"],
    ["a status that is none", `${AGENTS}  status: actve\n`, "8:11 status is active or suspended"],
    ["a limit that is none", `${AGENTS}  limits: { live_tasks: 0 }\n`, "8:25 limits.live_tasks must be"],
    ["a limit without a name", `${AGENTS}  limits: { lives: 1 }\n`, "8:11 limits has the fields"],
    ["no YAML", "- id: [", "1:8 "],
    ["no list", "id: demo", "1:1 it must hold a list"],
    ["an agent that is none", "- demo", "1:3 an agent is an object"],
    ["an agent without an id", AGENTS.replace("id: demo\n  ", ""), "1:3 it lacks an id"],
    ["one that is there twice", AGENTS + AGENTS, "8:7 demo is named twice"],
    ["an alias, by which a small file could become a huge one", "a: &x [1]\nagents: *x\n", "1:1 aliases"],
    ["no binding", AGENTS.replace(/bindings:[\s\S]*/, "bindings: []\n"), "5:13 bindings must be a list of 1 to 20"],
  ])("reports %s at its place", (_, text, start) => {
    expect(linesOf(agents(text).faults)[0]?.slice(0, start.length)).toBe(start);
  });

  it("reports all its faults at once", () => {
    const text = `${AGENTS.replace("demo", "Demo").replace('"1"', '"*"')}  ownr: x\n  status: gone\n`;
    expect(agents(text).faults).toHaveLength(4);
  });

  it("is held to the deployment's issuers where these are known, and to its pins", () => {
    const local = AGENTS.replace("issuer: github", "issuer: local");
    expect(linesOf(agents(local, true).faults)).toEqual([
      expect.stringContaining("7:15 bindings[0].claims must name sub"),
    ]);
    expect(linesOf(agents(AGENTS.replace("github", "lcal"), true).faults)).toEqual([
      "6:15 bindings[0].issuer must be the name of a configured issuer; did you mean local?",
    ]);
    expect(linesOf(agents(AGENTS.replace("github", "staff"), true).faults)).toEqual([
      expect.stringContaining("6:15 bindings[0].issuer is a people's issuer"),
    ]);
    expect(agents(AGENTS).faults).toEqual([]);
  });

  it("binds no two agents to one token, which the hub would refuse in the middle of an apply", () => {
    const bound = (id: string, claims: string) =>
      `- {id: ${id}, name: x, owner: o, team: t, bindings: [{issuer: local, claims: {${claims}}}]}\n`;
    const both = (one: string, other: string) => linesOf(agents(bound("one", one) + bound("other", other)).faults);
    expect(both("sub: a", "sub: a")).toEqual([expect.stringMatching(/^2:\d+ a token could match one's binding too/)]);
    expect(both("sub: a, ref: main", "sub: a")).toHaveLength(1);
    expect(both("sub: a, ref: main", "sub: a, ref: dev")).toEqual([]);
    expect(both("sub: a", "sub: b")).toEqual([]);
  });

  it("may lack what an agent has already, which is no fault before it is to be registered", () => {
    const { agents: read, faults } = agents("- id: demo\n  team: data\n");
    expect(faults).toEqual([]);
    expect(read[0]?.lacks.map(({ message }) => message.slice(0, 18))).toEqual([
      "demo lacks name: w",
      "demo lacks owner: ",
      "demo lacks binding",
    ]);
  });
});

describe("valetkey config check", () => {
  it("finds the placeholders of the shipped configuration, and the tour's policies", () => {
    const faults = checkFiles(
      { configFile: root("valetkey.json"), policiesDir: root("policies"), agents: [] },
      seconds,
    );
    const level = (text: string) => faults.find(({ message }) => message.includes(text))?.level;
    expect(level("replace-with-your-subject")).toBe("error");
    expect(level("https://valetkey.example.com")).toBe("error");
    expect(level("111122223333")).toBe("warning");
    expect(level("guided tour")).toBe("warning");
  });

  it("finds what nobody has filled in of the template's policies, a team's folder too, with its place", () => {
    const policiesDir = mkdtempSync(join(folder, "of-the-template-"));
    mkdirSync(join(policiesDir, "data"), { recursive: true });
    writeFileSync(join(policiesDir, "data", "first.cedar"), '// ours\npermit (principal == Agent::"replace-with-one",');
    const configFile = file("filled.json", TEXT);
    expect(checkFiles({ configFile, policiesDir, agents: [] }, seconds)).toMatchObject([
      { file: join(policiesDir, "data", "first.cedar"), line: 2, column: 30, level: "error" },
    ]);
    rmSync(policiesDir, { recursive: true });
  });

  it("returns 0 for good, 1 for a fault, and 1 for a warning with --strict; in text and as JSON", async () => {
    const good = file("valetkey.json", TEXT);
    const check = (...args: string[]) => callClient(["config", "check", "--policies", folder, ...args]);
    expect(await check("--config", good)).toMatchObject({ code: 0, stdout: `${good}: no faults\n` });
    const bad = file("bad.json", TEXT.replace('"url"', '"uri"'));
    const listed = await check("--config", bad, "--agents", file("agents.yaml", AGENTS.replace("demo", "D")), "--json");
    expect(listed.code).toBe(1);
    expect(JSON.parse(listed.stdout).faults.map(({ line }: Fault) => line)).toEqual([1, 3, 1]);
    const placed = file("placed.json", TEXT.replace("222233334445", "111122223333"));
    expect((await check("--config", placed)).code).toBe(0);
    expect((await check("--config", placed, "--strict")).code).toBe(1);
    expect((await check("--config", join(folder, "none.json"))).stdout).toContain("cannot be read");
  });
});

describe("cdk synth", () => {
  it("reports a fault of the configuration without a stack trace", async () => {
    const bad = file("synth.json", TEXT.replace('"operators"', '"operatrs"'));
    const env = { ...process.env, CDK_CONTEXT_JSON: JSON.stringify({ "valetkey:config": bad }), CDK_OUTDIR: folder };
    const app = fileURLToPath(new URL("../../../infra/app.ts", import.meta.url));
    const { code, stderr } = await new Promise<{ code: unknown; stderr: string }>((resolve) =>
      execFile(process.execPath, [app], { env }, (error, _, stderr) => resolve({ code: error?.code, stderr: stderr })),
    );
    expect(code).toBe(1);
    expect(stderr).toContain("operatrs: there is no such field; did you mean operators? (line 9, column 3)");
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});
