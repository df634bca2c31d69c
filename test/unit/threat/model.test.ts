import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { COVERS, controlsNamed } from "../../../client/threat/controls.ts";
import { type Format, pathThreats, threatModel } from "../../../client/threat/main.ts";
import type { AgentModel } from "../../../client/threat/model.ts";
import { Problem } from "../../../functions/policy/problem.ts";
import { folderWith } from "../policy-tools/folder.ts";
import { SCHEMA } from "../policy-tools/run-policy.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const DEPLOYED = { policies: `${ROOT}policies`, config: `${ROOT}valetkey.json` };
const AGENT = {
  id: "reporter",
  name: "Reporter",
  owner: "staff|ann",
  team: "demo",
  bindings: [{ issuer: "github", claims: { repository_id: "42" } }],
  limits: { task_seconds: 1_800 },
};

const written = (agent: object = AGENT, format: Format = "md", more = {}) =>
  threatModel({ agent: "reporter", registration: { given: agent }, format, ...DEPLOYED, ...more });
const model = (agent: object = AGENT, more = {}): AgentModel => JSON.parse(written(agent, "json", more));

describe("the threat model of an agent", () => {
  it("has the fields of its form", () => {
    expect(Object.keys(model())).toEqual([
      ...["format", "agent", "registration", "reach", "policies", "bindings", "delegation", "on_behalf_of"],
      ...["credentials", "approvals", "revocation", "controls", "residual", "accepted"],
    ]);
    expect(model().format).toBe("valetkey.threat-model/2");
  });

  it("states for how long a thief of each credential has it, by the agent's own limits", () => {
    const times = model().credentials.map(({ credential, seconds, single_use }) => [credential, seconds, single_use]);
    expect(times).toEqual([
      ["OIDC token of github", 3_600, true],
      ["task token", 1_800, false],
      ["delegation token", 1_800, true],
      ["presentation token", 1_800, false],
      ["AWS session", 900, false],
      ["login to a PostgreSQL database", 1_800, false],
      ["value of a secret", null, false],
    ]);
  });

  it.each([
    ["that of the permit, where every permit has one", ["10m", "20m"], 1_200],
    ["the agent's own, where a permit has none", ["10m", undefined], 1_800],
    ["the agent's own, where permits allow more", ["2h"], 1_800],
  ])("states the longest life of a task: %s", (_what, times, seconds) => {
    const permits = times.map(
      (time, index) =>
        `@id("p${index}")${time ? ` @maxTtl("${time}")` : ""} permit (principal is Agent, action == Action::"tool:Call", resource is Tool);`,
    );
    const policies = folderWith({ "a.cedar": permits.join("\n"), "schema.cedarschema": SCHEMA });
    const { credentials } = model(AGENT, { policies });
    expect(credentials.find(({ credential }) => credential === "task token")?.seconds).toBe(seconds);
  });

  it("lists no credential that its reach does not give", () => {
    const { credentials, reach } = model({ ...AGENT, team: "nobody" });
    expect(reach.permits).toEqual([]);
    expect(credentials.map(({ credential }) => credential)).toEqual([
      ...["OIDC token of github", "task token", "delegation token"],
    ]);
  });

  it("is without a permit for a label, where the registration has none", () => {
    const cedar =
      '@id("labelled") permit (principal is Agent, action == Action::"tool:Call", resource is Tool) when { principal.labels.contains("deployer") && resource.name == "a" };';
    const policies = folderWith({ "a.cedar": cedar, "schema.cedarschema": SCHEMA });
    expect(model(AGENT, { policies }).reach.permits).toEqual([]);
    expect(model({ ...AGENT, labels: ["deployer"] }, { policies }).reach.permits).toHaveLength(1);
  });

  it("names who can revoke, by the policies and the owner", () => {
    const { revocation } = model();
    expect(revocation.map(({ policy }) => policy)).toEqual(expect.arrayContaining(["operators", "first-operators"]));
    expect(revocation.find(({ policy }) => policy === "operators")?.can).toContain("SuspendAgent");
    expect(revocation.map(({ policy }) => policy)).not.toContain("auditors");
  });

  it("is the same for a registration and for what the service answers of it", () => {
    const answered = { ...AGENT, labels: [], status: "active", created_at: "2026-01-01T00:00:00Z", confirm_by: "x" };
    expect(model(answered)).toEqual(model());
  });

  it.each([
    ["another team", { team: "web" }],
    ["another owner", { owner: "staff|eve" }],
    ["another binding", { bindings: [{ issuer: "github", claims: { repository_id: "43" } }] }],
    ["a label", { labels: ["deployer"] }],
  ])("names another registration with %s", (_what, change) => {
    expect(model({ ...AGENT, ...change }).registration.sha256).not.toBe(model().registration.sha256);
  });

  it("names the same registration whatever the order of bindings, and the name", () => {
    const bindings = ["1", "2"].map((id) => ({ issuer: "github", claims: { repository_id: id, ref: "main" } }));
    const turned = bindings
      .toReversed()
      .map(({ issuer, claims: { repository_id, ref } }) => ({ claims: { ref, repository_id }, issuer }));
    const one = model({ ...AGENT, bindings });
    expect(model({ ...AGENT, bindings: turned, name: "Other" }).registration).toEqual(one.registration);
  });

  it.each(Object.entries(COVERS))("covers %s by controls that there are", (_topic, { controls }) => {
    expect(controlsNamed(controls).map(({ id }) => id)).toEqual(controls);
  });

  it.each([
    ["another agent's registration", { ...AGENT, id: "other" }, "is of the agent other"],
    ["a list", [], "must be one agent"],
    ["a registration without bindings", { ...AGENT, bindings: [] }, "the registration cannot be used: "],
    ["an issuer of people", { ...AGENT, bindings: [{ issuer: "staff", claims: { sub: "x" } }] }, "cannot be used"],
  ])("refuses %s", (_what, given, sentence) => {
    expect(() => written(given)).toThrow(sentence);
    expect(() => written(given)).toThrow(Problem);
  });
});

describe("hostile text in a model", () => {
  const HOSTILE = "<img src=x onerror=alert(1)> [a](javascript:alert(1)) `x` | **b** # h $x$ &lt; https://evil.example";

  it("means nothing in Markdown", () => {
    const page = written({ ...AGENT, name: HOSTILE });
    const line = page.split("\n").find((each) => each.startsWith("- Name: "));
    expect(line).toBe(
      String.raw`- Name: \<img src=x onerror=alert(1)\> \[a\](javascript:alert(1)) \`x\` \| \*\*b\*\* \# h \$x\$ \&lt; https\://evil.example`,
    );
  });

  it("of a policy is in code that it cannot end", () => {
    const cedar =
      '@id("``` <b>` x") permit (principal in Team::"demo", action == Action::"tool:Call", resource is Tool) when { resource.name == "a\\n# b``c" };';
    const policies = folderWith({ "a.cedar": cedar, "schema.cedarschema": SCHEMA });
    const page = written(AGENT, "md", { policies });
    expect(page).toContain("- ```` ``` <b>` x ````\n");
    expect(page).toContain("  - ```tool:Call on Tool where resource.name in a\\u{A}# b``c```\n");
  });

  it("that turns text around is shown as an escape", () => {
    const cedar =
      '@id("a\u{202E}b") permit (principal in Team::"demo", action == Action::"tool:Call", resource is Tool) when { resource.name == "a" };';
    const policies = folderWith({ "a.cedar": cedar, "schema.cedarschema": SCHEMA });
    expect(written(AGENT, "md", { policies })).not.toContain("\u{202E}");
  });
});

describe("the drawing of a model", () => {
  it("goes from issuers to resources, by the policies", () => {
    const drawn = written(AGENT, "mermaid");
    expect(drawn).toMatch(/^flowchart LR\n/);
    expect(drawn).toContain('["issuer github"]');
    expect(drawn).toContain('-->|"token: repository#95;id is 42, 1 h"| ');
    expect(drawn).toContain('-->|"demo-reads-reports"| ');
  });

  it("has people between the agent and what they approve", () => {
    const cedar = `@id("deploys") @approval("sre=2") permit (principal in Team::"demo", action == Action::"tool:Call", resource is Tool) when { resource.name == "deploy" };`;
    const policies = folderWith({ "a.cedar": cedar, "schema.cedarschema": SCHEMA });
    const more = { policies, config: `${ROOT}local/valetkey.json` };
    const local = { ...AGENT, bindings: [{ issuer: "local", claims: { sub: "agent:reporter" } }] };
    const drawn = written(local, "mermaid", more);
    expect(drawn).toMatch(
      /n(\d+)\["people: approval by sre#61;2"\]\n(.*\n)* {2}n1 -->\|"deploys"\| n\1\n {2}n\1 -->\|"deploys"\| /,
    );
    expect(model(local, more).approvals).toEqual([
      {
        policy: "deploys",
        reach: ["tool:Call on Tool where resource.name in deploy"],
        waits_for: "approval by sre=2",
        groups: [{ group: "sre", issuer: "staff", members: "groups has sre" }],
      },
    ]);
  });

  it("is not ended by any text of a binding", () => {
    const hostile = 'x"] --> evil["<script>`%%{init}%%`;\nclick n0 href "javascript:alert(1)"';
    const bindings = [{ issuer: "github", claims: { repository_id: "42", environment: hostile } }];
    const drawn = written({ ...AGENT, bindings }, "mermaid");
    const plain = written(AGENT, "mermaid");
    expect(drawn.split("\n")).toHaveLength(plain.split("\n").length);
    for (const line of drawn.split("\n").slice(1, -1))
      expect(line).toMatch(/^ {2}n\d+(\["[\p{L}\p{N} .,/:#;-]*"\]| -->\|"[\p{L}\p{N} .,/:#;-]*"\| n\d+)$/u);
  });
});

describe("the model of a path", () => {
  it.each([
    ["connector", "aws", 900],
    ["connector", "postgres", 43_200],
    ["connector", "github", 3_600],
    ["connector", "secret", null],
    ["delegation", "person", 900],
  ] as const)("states of the %s %s for how long its first attacker has it", (kind, name, seconds) => {
    const { format, attackers } = JSON.parse(pathThreats(kind, name, "json"));
    expect({ format, seconds: attackers[0].seconds }).toEqual({ format: "valetkey.threat-model/2", seconds });
  });

  it.each([
    ["connector", "mysql"],
    ["delegation", "constructor"],
  ] as const)("refuses a %s that there is not: %s", (kind, name) => {
    expect(() => pathThreats(kind, name, "md")).toThrow(`--${kind} takes `);
  });
});
