import { describe, expect, it } from "vitest";
import { AGENT, policyFolder, REPORTS, reading, rule, runPolicy } from "./run-policy.ts";

const ask = (text: string, intent: unknown, agent: unknown, ...flags: readonly string[]) =>
  runPolicy(
    "explain",
    policyFolder({ "a.cedar": text }),
    "--agent",
    JSON.stringify(agent),
    "--intent",
    JSON.stringify(intent),
    ...flags,
  );
const firstPair = async (text: string, intent: unknown, agent: unknown = AGENT, ...flags: readonly string[]) =>
  JSON.parse((await ask(text, intent, agent, "--json", ...flags)).out).pairs[0];

const REPORT = reading("arn:aws:s3:::acme/reports/may.csv");

describe("valetkey policy explain", () => {
  it("shows who permits, the remaining Denies, and the session policy with its size", async () => {
    const text =
      rule({ notes: '@maxTtl("15m")' }) + rule({ id: "no-pii", effect: "forbid", when: 'resource.arn like "*/pii/*"' });
    const { code, out } = await ask(text, reading("arn:aws:s3:::acme/reports/*"), AGENT);
    expect(code).toBe(0);
    expect(out).toContain("ALLOWED");
    expect(out).toContain("permitted by rule");
    expect(out).toContain("on terms: at most 900 s");
    expect(out).toContain("except arn:aws:s3:::acme/reports/*/pii/*, arn:aws:s3:::acme/reports/pii/*, by no-pii");
    expect(out).toMatch(
      /session policy of aws-0, account 111122223333: \d+ of 2048 characters \(\d+ %\)\n\{\n {2}"Version"/,
    );
  });

  it("answers 1 to a refusal, and names the policy", async () => {
    const { code, out } = await ask(rule({}) + rule({ id: "no", effect: "forbid" }), REPORT, AGENT);
    expect([code, out]).toEqual([1, expect.stringContaining("A policy forbids it. (no)")]);
    expect(out).not.toContain("closest");
  });

  it.each<[string, string, unknown, string, string, object]>([
    [
      "the principal",
      rule({}),
      { id: "web", team: "web" },
      "principal",
      'principal in Team::"data"',
      { principal: 'Agent in Team::"web"' },
    ],
    [
      "the action",
      rule({ action: 'action == Action::"s3:PutObject"' }),
      AGENT,
      "action",
      'action == Action::"s3:PutObject"',
      { action: "s3:GetObject" },
    ],
    [
      "a long list of actions",
      rule({
        action:
          'action in [Action::"s3:PutObject", Action::"s3:PutObjectAcl", Action::"s3:DeleteObject", Action::"s3:ListBucket"]',
        when: 'resource.account == "111122223333"',
      }),
      AGENT,
      "action",
      "action in [s3:PutObject, s3:PutObjectAcl, s3:DeleteObject and 1 more]",
      { action: "s3:GetObject" },
    ],
    [
      "a condition on the resource",
      rule({ when: 'resource.account == "111122223333" && resource.arn like "arn:aws:s3:::acme/logs/*"' }),
      AGENT,
      "condition",
      'resource.arn like "arn:aws:s3:::acme/logs/*"',
      { "resource.arn": "arn:aws:s3:::acme/reports/may.csv" },
    ],
    [
      "a condition on the context",
      rule({ when: `${REPORTS} && context.ttl <= 60` }),
      AGENT,
      "condition",
      "context.ttl <= 60",
      { "context.ttl": 900 },
    ],
    [
      "an exception",
      rule({}).replace(";", " unless { context.time.hour >= 9 };"),
      AGENT,
      "condition",
      "unless context.time.hour >= 9",
      { "context.time.hour": 12 },
    ],
  ])("finds the closest miss: %s", async (_, text, agent, kind, part, has) => {
    const { closest } = await firstPair(text, REPORT, agent);
    expect(closest).toMatchObject({ policy: "rule", file: "a.cedar", missed: [{ kind, part, holds: "no", has }] });
    expect(closest.held.length).toBeGreaterThan(1);
  });

  it("names what a token lacks", async () => {
    const text = rule({ when: `${REPORTS} && principal.hasTag("ref") && principal.getTag("ref") == "main"` });
    const { closest } = await firstPair(text, REPORT);
    expect(closest.missed.at(-1)).toMatchObject({
      part: 'principal.getTag("ref") == "main"',
      has: { 'principal.getTag("ref")': null },
    });
    const other = await firstPair(text, REPORT, { ...AGENT, claims: { ref: "dev" } });
    expect(other.closest.missed).toMatchObject([{ has: { 'principal.getTag("ref")': "dev" } }]);
  });

  it("names where a set is covered in part", async () => {
    const { closest, denial } = await firstPair(rule({}), reading("arn:aws:s3:::acme/*"));
    expect(closest.missed).toMatchObject([
      { part: 'resource.arn like "arn:aws:s3:::acme/reports/*"', holds: "in part" },
    ]);
    expect(denial.hint).toContain("arn:aws:s3:::acme/reports/*");
  });

  it("takes the permit that is nearest: of the same action before one of another", async () => {
    const near = rule({ id: "near", when: `${REPORTS} && context.ttl <= 60 && context.purpose == "x"` });
    const far = rule({ id: "far", action: 'action == Action::"s3:PutObject"' });
    expect((await firstPair(far + near, REPORT)).closest.policy).toBe("near");
  });

  it("names @outlives and @mode where they alone are missing", async () => {
    const assume = {
      type: "aws",
      account: "111122223333",
      actions: ["sts:AssumeRole"],
      resources: ["arn:aws:iam::111122223333:role/x"],
    };
    const minting = rule({ action: 'action == Action::"sts:AssumeRole"', when: 'resource.account == "111122223333"' });
    expect((await firstPair(minting, [assume])).closest.missed).toMatchObject([
      { part: expect.stringContaining("@outlives") },
    ]);
    const watched = await firstPair(rule({ notes: '@mode("shadow")' }), REPORT);
    expect(watched).toMatchObject({
      shadows: ["permit:rule"],
      closest: { missed: [{ part: expect.stringContaining("only watched") }] },
    });
  });

  it("shows tags as conditions of the session policy", async () => {
    const { out, code } = await ask(
      rule({ when: `${REPORTS} && resource.tags.team == principal.team` }),
      REPORT,
      AGENT,
    );
    expect([code, out]).toEqual([
      0,
      expect.stringContaining('where {"StringEquals":{"s3:ExistingObjectTag/team":["data"]}'),
    ]);
  });

  it("names the fault of an intent that is not valid", async () => {
    const { code, out } = await ask(rule({}), reading("s3://acme"), AGENT);
    expect([code, out]).toEqual([1, expect.stringContaining("DENIED (intent_invalid)")]);
  });

  it("takes the circumstances from the command line", async () => {
    const when =
      'resource.account == "111122223333" && context.ttl == 60 && context.purpose == "x" && context.time.hour == 3 && context has sourceIp';
    const flags = ["--ttl", "60", "--purpose", "x", "--at", "2026-11-24T03:00:00Z", "--source-ip", "203.0.113.7"];
    expect((await ask(rule({ when }), REPORT, AGENT, ...flags)).code).toBe(0);
    expect((await ask(rule({}), reading("arn:aws:s3:::acme/*"), AGENT, "--mode", "narrow")).code).toBe(0);
  });

  describe("with conditions of the world", () => {
    const conditional = (clause: string) => rule({}).replace(/;\s*$/, ` ${clause};`);
    const FREEZE = 'context.conditions.contains("change-freeze")';
    const folder = policyFolder({
      "a.cedar": conditional(`unless { ${FREEZE} }`),
      "a.cases.json": {
        cases: [
          { title: "reads in peace", agent: AGENT, intent: REPORT },
          { title: "reads in a freeze", agent: AGENT, intent: REPORT, context: { conditions: ["change-freeze"] } },
        ],
      },
      "valetkey.json": { conditions: ["change-freeze", "incident"].map((name) => ({ name, kind: "restricts" })) },
    });
    const shown = (...flags: readonly string[]) => runPolicy("explain", folder, ...flags);
    const WRITTEN = ["--agent", JSON.stringify(AGENT), "--intent", JSON.stringify(REPORT)];

    it("decides as if they held, and shows them", async () => {
      const none = await shown(...WRITTEN);
      expect([none.code, none.out]).toEqual([0, expect.not.stringContaining("conditions that hold")]);
      const held = await shown(...WRITTEN, "--conditions", "incident, change-freeze");
      expect([held.code, held.out]).toEqual([
        1,
        expect.stringContaining("conditions that hold: incident, change-freeze\n"),
      ]);
      expect(held.out).toContain('x unless context.conditions.contains("change-freeze"): does not hold');
      const { out } = await shown(...WRITTEN, "--conditions", "incident", "--json");
      expect(JSON.parse(out)).toMatchObject({ request: { conditions: ["incident"] }, answer: { answer: "allowed" } });
    });

    it("takes those of a case, unless the command line has others", async () => {
      expect((await shown("--case", "in a freeze")).code).toBe(1);
      expect((await shown("--case", "in a freeze", "--conditions", "incident")).code).toBe(0);
      expect((await shown("--case", "in peace")).code).toBe(0);
      expect((await shown("--case", "in peace", "--conditions", "change-freeze")).code).toBe(1);
    });

    it.each([
      [
        "freeze",
        'the command line.conditions[0] is "freeze", which valetkey.json does not define; its conditions: change-freeze, incident',
      ],
      ["incident,Freeze", "conditions[1] must be a condition's name"],
      ["", "conditions[0] must be a string that is not empty"],
    ])("refuses %j", async (names, message) => {
      for (const request of [WRITTEN, ["--case", "in peace"]])
        expect(await shown(...request, "--conditions", names)).toMatchObject({
          code: 64,
          err: expect.stringContaining(message),
        });
    });

    it("takes any name where there is no valetkey.json", async () => {
      expect((await ask(rule({}), REPORT, AGENT, "--conditions", "freeze")).code).toBe(0);
    });
  });

  it("takes agent and intent from files, or a case by its title", async () => {
    const folder = policyFolder({
      "a.cedar": rule({}),
      "agent.json": AGENT,
      "intent.json": REPORT,
      "a.cases.json": {
        cases: [
          { title: "reads a report", agent: AGENT, intent: REPORT },
          { title: "reads another", agent: AGENT, intent: REPORT },
        ],
      },
    });
    expect(
      (await runPolicy("explain", folder, "--agent", `${folder}/agent.json`, "--intent", `${folder}/intent.json`)).code,
    ).toBe(0);
    expect((await runPolicy("explain", folder, "--case", "a report")).code).toBe(0);
    expect(await runPolicy("explain", folder, "--case", "reads")).toMatchObject({
      code: 64,
      err: expect.stringContaining("several cases"),
    });
    expect(await runPolicy("explain", folder, "--case", "x")).toMatchObject({
      code: 64,
      err: expect.stringContaining("no case has"),
    });
  });

  it.each<[string, readonly string[], string]>([
    ["nothing to ask", [], "give --agent and --intent, or --case"],
    ["an agent without a team", ["--agent", '{"id": "x"}', "--intent", "[]"], "--agent.team must be a string"],
    [
      "an intent that is no list",
      ["--agent", '{"id": "any", "team": "y"}', "--intent", "{}"],
      "--intent must be a list",
    ],
    ["a file that is not there", ["--agent", "nowhere.json", "--intent", "[]"], "there is no file nowhere.json"],
    ["an agent that is no JSON", ["--agent", '{"id": "x",}', "--intent", "[]"], "--agent:1:12: this is not JSON"],
    [
      "an intent that is no JSON",
      ["--agent", '{"id": "any", "team": "y"}', "--intent", "[\n}"],
      "--intent:2:1: this is not JSON",
    ],
    ["two folders", ["elsewhere", "--case", "x"], "explain takes one folder"],
  ])("takes no command line with %s", async (_, flags, sentence) => {
    const { code, err } = await runPolicy("explain", policyFolder({ "a.cedar": rule({}) }), ...flags);
    expect([code, err]).toEqual([64, expect.stringContaining(sentence)]);
  });
});
