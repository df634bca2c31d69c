import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { deploymentOf, readConfig } from "../../../infra/config/read-config.ts";
import { folderWith } from "./folder.ts";
import { AGENT, POLICIES, policyFolder, reading, rule, runPolicy } from "./run-policy.ts";

const REPORT = "arn:aws:s3:::acme/reports/may.csv";
const oneCase = (given: object) => ({
  agents: { reporter: AGENT },
  cases: [{ title: "a case", agent: "reporter", intent: reading(REPORT), expected: "allowed", ...given }],
});
const test = async (given: object, text = rule({}), ...flags: readonly string[]) =>
  runPolicy("test", policyFolder({ "a.cedar": text, "a.cases.json": oneCase(given) }), ...flags);

const PII = rule({ id: "no-pii", effect: "forbid", when: 'resource.arn like "*/pii/*"' });

describe("valetkey policy test", () => {
  it("passes on the policies of this repository: each guard and each example decides in some case", async () => {
    const examples = [
      "budgets",
      "change-freeze",
      "ci-coding-agent",
      "ci-deployer",
      "data-analysis-agent",
      "incident",
      "incident-response-agent",
      "infrastructure-agent",
      "kept-apart",
      "watched",
      "support-agent",
    ];
    const folders = [POLICIES, ...examples.map((name) => `${POLICIES}/examples/${name}`)];
    const { code, out } = await runPolicy("test", ...folders, "--with", `${POLICIES}/guards.cedar`, "--json");
    const { failed, folders: results } = JSON.parse(out);
    expect([code, failed]).toEqual([0, 0]);
    for (const { undecided } of results) expect(undecided).toEqual([]);
  });

  it.each<[string, object, string?]>([
    ["that it is allowed", {}],
    ["the policy that decides", { expected: { answer: "allowed", policy: "rule" } }],
    [
      "that it is denied, and why",
      { intent: reading("arn:aws:s3:::x/y"), expected: { answer: "denied", reason: "No policy", denials: 1 } },
    ],
    [
      "another refusal",
      { intent: reading("s3://x"), expected: { answer: "denied", code: "intent_invalid", reason: "ARN" } },
    ],
    [
      "the policy that denies",
      { intent: reading("arn:aws:s3:::x/pii/y"), expected: { answer: "denied", policy: "no-pii" } },
      rule({}) + PII,
    ],
    [
      "what a narrow request is granted",
      {
        mode: "narrow",
        intent: reading("arn:aws:s3:::acme/*"),
        expected: { answer: "allowed", denials: 1, granted: reading("arn:aws:s3:::acme/reports/*") },
      },
    ],
    [
      "obligations",
      { expected: { answer: "allowed", obligations: { maxTtlSeconds: 900, bindIp: false } } },
      rule({ notes: '@maxTtl("15m")' }),
    ],
    [
      "what is taken out of a set",
      {
        intent: reading("arn:aws:s3:::acme/reports/*"),
        expected: {
          answer: "allowed",
          denies: ["arn:aws:s3:::acme/reports/pii/*", "arn:aws:s3:::acme/reports/*/pii/*"],
        },
      },
      rule({}) + PII,
    ],
    [
      "what is only watched",
      { expected: { answer: "allowed", shadows: ["forbid:w"] } },
      rule({}) + rule({ id: "w", effect: "forbid", notes: '@mode("shadow")' }),
    ],
    [
      "the hour",
      { context: { at: "2026-11-24T03:00:00Z" } },
      rule({ when: 'resource.account == "111122223333" && context.time.hour == 3' }),
    ],
    [
      "the purpose, the ttl and the address",
      { context: { purpose: "ticket 1", ttl: "1m", sourceIp: "203.0.113.7" } },
      rule({
        when: 'resource.account == "111122223333" && context.purpose like "ticket *" && context.ttl == 60 && context has sourceIp && context.sourceIp.isInRange(ip("203.0.113.0/24"))',
      }),
    ],
    [
      "that budgets have room",
      { context: { budgets: { reads: 2, "reads hub": 8, other: 99 } } },
      rule({ notes: '@budget("reads 3/1d agent, reads 9/1d hub")' }),
    ],
    ...[{ reads: 3 }, { "reads agent": 3, reads: 0 }].map((budgets): [string, object, string] => [
      `that a budget is spent: ${JSON.stringify(budgets)}`,
      { context: { budgets }, expected: { answer: "denied", code: "budget_spent", reason: "It is reads 3/1d agent." } },
      rule({ notes: '@budget("reads 3/1d agent, reads 9/1d hub")' }),
    ]),
    [
      "that more budgets count it than one transaction holds",
      {
        intent: [{ ...reading(REPORT)[0], actions: ["s3:GetObject", "s3:PutObject"] }],
        expected: { answer: "denied", code: "intent_invalid", reason: "4 budgets of policy count it" },
      },
      rule({ notes: '@budget("a 3/1d agent, b 3/1d agent")' }) +
        rule({ id: "w", action: 'action == Action::"s3:PutObject"', notes: '@budget("c 3/1d agent, d 3/1d agent")' }),
    ],
    [
      "the claims",
      { agent: { ...AGENT, claims: { run: 7 } } },
      rule({ when: 'resource.account == "111122223333" && principal.hasTag("run") && principal.getTag("run") == "7"' }),
    ],
  ])("can expect %s", async (_, given, text) => {
    expect(await test(given, text)).toMatchObject({
      code: 0,
      out: expect.stringContaining("1 case, all as expected"),
      err: "",
    });
  });

  it.each<[string, object, string]>([
    ["answer", { expected: "denied" }, "allowed"],
    ["policy", { expected: { answer: "allowed", policy: "other" } }, '["rule"]'],
    ["denials", { expected: { answer: "allowed", denials: 2 } }, "0"],
    ["granted", { expected: { answer: "allowed", granted: [] } }, "reports/may.csv"],
    ["obligations.bindIp", { expected: { answer: "allowed", obligations: { bindIp: true } } }, "false"],
    ["denies", { expected: { answer: "allowed", denies: ["x"] } }, "[]"],
    ["shadows", { expected: { answer: "allowed", shadows: ["forbid:w"] } }, "[]"],
    ["sessions", { expected: { answer: "allowed", sessions: 2 } }, "1"],
    ["code", { intent: reading("s3://x"), expected: "denied" }, "intent_invalid"],
    [
      "reason",
      { intent: reading("arn:aws:s3:::x/y"), expected: { answer: "denied", reason: "a policy forbids" } },
      "No policy permits it",
    ],
    [
      "obligations",
      { intent: reading("arn:aws:s3:::x/y"), expected: { answer: "denied", obligations: {} } },
      "nothing was granted",
    ],
  ])("fails where the %s differs, and shows both", async (what, given, got) => {
    const { code, out } = await test(given);
    expect(code).toBe(1);
    expect(out).toMatch(new RegExp(`a\\.cases\\.json:1: a case\\n  ${what.replace(".", "\\.")} +expected `));
    expect(out).toContain(got);
    expect(out).toContain("1 case, 1 not as expected");
  });

  it("refuses a case with a condition that valetkey.json does not define, at its place", async () => {
    const run = (...conditions: readonly unknown[]) =>
      runPolicy(
        "test",
        policyFolder({
          "a.cedar": rule({}),
          "a.cases.json": oneCase({ context: { conditions } }),
          "valetkey.json": { conditions: [{ name: "incident", kind: "permits" }] },
        }),
      );
    expect((await run("incident")).code).toBe(0);
    expect(await run("incident", "incidents")).toMatchObject({
      code: 64,
      err: expect.stringMatching(
        /a\.cases\.json:1:\d+: cases\[0\]\.context\.conditions\[1\] is "incidents", which valetkey\.json does not define; its conditions: incident/,
      ),
    });
  });

  it("refuses a case whose labels have no label's form, at its place", async () => {
    expect(await test({ context: { labels: ["Payroll"] } })).toMatchObject({
      code: 64,
      err: expect.stringMatching(/a\.cases\.json:1:\d+: cases\[0\]\.context\.labels\[0\] must be a label/),
    });
  });

  it.each<[string, object, string]>([
    [
      "a name that no budget can have",
      { Deploys: 3 },
      "budgets\\.Deploys must be a budget's name, or its name and scope",
    ],
    ["a scope that there is not", { "deploys galaxy": 3 }, "budgets\\.deploys galaxy must be a budget's name"],
    ["a part of a grant", { deploys: 1.5 }, "budgets\\.deploys must be a whole number of grants"],
    ["less than nothing", { deploys: -1 }, "budgets\\.deploys must be a whole number of grants"],
    ["a text", { deploys: "3" }, "budgets\\.deploys must be a whole number of grants"],
  ])("refuses a case whose budgets have %s, at its place", async (_, budgets, problem) => {
    expect(await test({ context: { budgets } })).toMatchObject({
      code: 64,
      err: expect.stringMatching(new RegExp(`a\\.cases\\.json:1:\\d+: cases\\[0\\]\\.context\\.${problem}`)),
    });
  });

  it("answers in JSON", async () => {
    const { code, out } = await test({ expected: "denied" }, rule({}), "--json");
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      cases: 1,
      failed: 1,
      folders: [
        {
          cases: [
            {
              file: "a.cases.json",
              title: "a case",
              passed: false,
              differences: [{ what: "answer", expected: "denied", got: "allowed" }],
            },
          ],
        },
      ],
    });
  });

  it("reports how many sessions an intent comes to, since a program uses one", async () => {
    const OTHER = "444455556666";
    const intent = [...reading(REPORT), ...reading(REPORT).map((each) => ({ ...each, account: OTHER }))];
    const given = { intent, expected: { answer: "allowed", sessions: 2 } };
    const text = rule({ when: `["111122223333", "${OTHER}"].contains(resource.account)` });
    expect(await test(given, text)).toMatchObject({
      code: 0,
      out: expect.stringContaining('a.cases.json:1: "a case" comes to 2 sessions\n'),
    });
    expect(JSON.parse((await test(given, text, "--json")).out).folders[0].cases).toMatchObject([{ sessions: 2 }]);
    expect((await test({})).out).not.toContain("comes to");
  });

  it("goes by the ceilings and exceptions of valetkey.json: in the folder, beside it, or at --config", async () => {
    const config = (ceiling: readonly string[]) => JSON.stringify({ accounts: [{ id: "111122223333", ceiling }] });
    const [open, closed] = [config(["s3:GetObject"]), config(["s3:PutObject"])];
    const files = { "a.cedar": rule({}), "a.cases.json": JSON.stringify(oneCase({})) };
    const inside = policyFolder({ ...files, "valetkey.json": closed });
    expect((await runPolicy("test", inside)).out).toContain("lets no task do this");
    const elsewhere = join(folderWith({ "open.json": open, "closed.json": closed, "no.json": "{" }), "open.json");
    expect(await runPolicy("test", inside, "--config", elsewhere)).toMatchObject({ code: 0 });
    const file = (name: string) => elsewhere.replace("open.json", name);
    const check = await runPolicy("check", policyFolder(files), "--config", file("closed.json"));
    expect(check.out).toContain("beyond_ceiling");
    for (const name of ["no.json", "missing.json"])
      expect(await runPolicy("check", policyFolder(files), "--config", file(name))).toMatchObject({
        code: 64,
        err: expect.stringContaining("cannot be read"),
      });
  });

  it("comes with examples whose valetkey.json the build would take", () => {
    for (const name of ["ci-deployer", "incident-response-agent"]) {
      const { accounts } = deploymentOf(readConfig(`${POLICIES}/examples/${name}/valetkey.json`));
      expect(accounts.map(({ exceptions }) => exceptions !== undefined)).toEqual([true]);
    }
  });

  it("names policies that decide in no case", async () => {
    expect((await test({}, rule({}) + PII)).out).toContain("no case is decided by no-pii");
  });

  it("counts the rules of a further file, and requires no cases of theirs", async () => {
    const guards = `${policyFolder({ "no.cedar": rule({ id: "no", effect: "forbid" }) })}/no.cedar`;
    const expected = { answer: "denied", policy: "no" };
    const { code, out } = await test({ expected }, rule({}), "--with", guards);
    expect([code, out]).toEqual([0, expect.stringContaining("decided by rule")]);
  });

  it.each<[string, object, string]>([
    ["a misspelt field", { expectd: "allowed" }, "cases[0].expectd is not a field of cases[0]; there are title"],
    [
      "a misspelt expectation",
      { expected: { answer: "allowed", polcy: "x" } },
      "expected.polcy is not a field of cases[0].expected",
    ],
    ["an answer that there is not", { expected: "maybe" }, 'must be "allowed" or "denied"'],
    ["no expectation", { expected: undefined }, '"a case" has no expectation'],
    ["an agent that there is not", { agent: "nobody" }, "names no agent of the file; there are reporter"],
    ["an agent by no id of one", { agent: { id: "Reporter", team: "data" } }, "must be an agent's id"],
    ["no intent", { intent: undefined }, "intent must be a list"],
    ["no instant", { context: { at: "noon" } }, "must be an instant"],
    ["no ttl", { context: { ttl: "1d" } }, "must be a whole number of seconds"],
    ["an odd mode", { mode: "some" }, 'must be "all" or "narrow"'],
  ])("takes no cases with %s", async (_, given, sentence) => {
    const { code, out, err } = await test(given);
    expect([code, out]).toEqual([64, ""]);
    expect(err).toContain(sentence);
  });

  it("names the line at which a failing case begins", async () => {
    const text = JSON.stringify(oneCase({ expected: "denied" }), null, 2);
    const folder = policyFolder({ "a.cedar": rule({}), "a.cases.json": text });
    const line = text.split("\n").findIndex((each) => each.includes('"title"'));
    expect((await runPolicy("test", folder)).out).toContain(`${folder}/a.cases.json:${line}: a case\n`);
    const { folders } = JSON.parse((await runPolicy("test", folder, "--json")).out);
    expect(folders[0].cases).toMatchObject([{ file: "a.cases.json", line, title: "a case", passed: false }]);
  });

  it("names the line and the column of a field that is wrong, or of the nearest thing around it", async () => {
    const told = async (given: object) => {
      const text = JSON.stringify(oneCase(given), null, 2);
      const { err } = await runPolicy("test", policyFolder({ "a.cedar": rule({}), "a.cases.json": text }));
      const [, line = "", column = ""] = /a\.cases\.json:(\d+):(\d+): /.exec(err) ?? [];
      return text.split("\n")[Number(line) - 1]?.slice(Number(column) - 1);
    };
    expect(await told({ mode: "some" })).toBe('"some"');
    expect(await told({ context: { ttl: "1d" } })).toBe('"1d"');
    expect(await told({ expected: { answer: "allowed", denies: ["x", 7] } })).toBe("7");
    expect(await told({ intent: undefined })).toBe("{");
  });

  it("takes no file that is not JSON, no folder without cases, and no policies that cannot be used", async () => {
    const broken = policyFolder({ "a.cedar": rule({}), "a.cases.json": "{" });
    expect(await runPolicy("test", broken)).toMatchObject({
      code: 64,
      err: expect.stringContaining("a.cases.json:1:2: this is not JSON: it ends too early"),
    });
    const none = policyFolder({ "a.cedar": rule({}) });
    expect(await runPolicy("test", none)).toMatchObject({ code: 64, err: expect.stringContaining("holds no cases") });
    expect(await test({}, rule({ notes: "@odd" }))).toMatchObject({
      code: 1,
      err: expect.stringContaining("cannot be used"),
    });
  });
});
