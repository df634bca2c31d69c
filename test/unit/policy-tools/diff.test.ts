import { describe, expect, it } from "vitest";
import { AGENT, policyFolder, reading, rule, runPolicy } from "./run-policy.ts";

const REPORTS = { title: "reads reports", agent: AGENT, intent: reading("arn:aws:s3:::acme/reports/*") };
const folder = (text: string, cases: readonly object[] = [REPORTS]) =>
  policyFolder({ "a.cedar": text, "a.cases.json": { cases } });
const diff = async (before: string, after: string, ...flags: readonly string[]) => {
  const { code, out } = await runPolicy("diff", folder(before), folder(after), "--json", ...flags);
  return { code, ...JSON.parse(out) };
};

describe("valetkey policy diff", () => {
  it("answers 0 where nothing changes", async () => {
    expect(await diff(rule({}), rule({}))).toEqual({ code: 0, requests: 1, derived: 0, changed: [], unseen: [] });
    const { code, out } = await runPolicy("diff", folder(rule({})), folder(rule({})));
    expect([code, out]).toEqual([0, "1 request, no answer changes\n"]);
  });

  it("answers 3 where a request is denied that was allowed, and the other way round", async () => {
    const no = rule({ id: "no", effect: "forbid" });
    expect(await diff(rule({}), rule({}) + no)).toMatchObject({
      code: 3,
      changed: [{ from: "allowed", to: "denied", changes: [{ what: "answer" }] }],
    });
    expect(await diff(rule({}) + no, rule({}))).toMatchObject({
      code: 3,
      changed: [{ from: "denied", to: "allowed" }],
    });
    const { out } = await runPolicy("diff", folder(rule({})), folder(rule({}) + no));
    expect(out).toContain("allowed -> denied: reads reports (a.cases.json:1)");
    expect(out).toContain("1 request, 1 answer changes");
  });

  it.each<[string, string, string, readonly string[]]>([
    [
      "another session policy",
      rule({}),
      rule({}) + rule({ id: "p", effect: "forbid", when: 'resource.arn like "*/pii/*"' }),
      ["session policy", "policies"],
    ],
    ["other obligations", rule({}), rule({ notes: '@maxTtl("5m")' }), ["obligations", "session policy"]],
    ["another policy that decides", rule({}), rule({ id: "new" }), ["policies"]],
    [
      "a policy under watch",
      rule({}),
      rule({}) + rule({ id: "w", effect: "forbid", notes: '@mode("shadow")' }),
      ["watched"],
    ],
  ])("shows %s", async (_, before, after, whats) => {
    const { code, changed } = await diff(before, after);
    expect(code).toBe(3);
    expect(changed[0].changes.map(({ what }: { what: string }) => what)).toEqual(whats);
  });

  it("shows a denial for another reason", async () => {
    const none = rule({ principal: 'principal in Team::"web"' });
    const { changed } = await diff(none, none + rule({ id: "no", effect: "forbid" }));
    expect(changed).toMatchObject([
      { from: "denied", to: "denied", changes: [{ what: "answer", after: expect.stringContaining("(no)") }] },
    ]);
  });

  it("evaluates each request in both folders once, whatever the cases expect", async () => {
    const other = { title: "other", agent: AGENT, intent: reading("arn:aws:s3:::x/y") };
    const before = folder(rule({}), [{ ...REPORTS, expected: "allowed" }]);
    const after = folder(rule({}), [{ ...REPORTS, title: "renamed", expected: "denied" }, other]);
    expect(JSON.parse((await runPolicy("diff", before, after, "--json")).out).requests).toBe(2);
  });

  it("evaluates the requests of a file instead", async () => {
    const file = `${policyFolder({ "r.json": { cases: [REPORTS, { ...REPORTS, title: "again", mode: "narrow" }] } })}/r.json`;
    expect(await diff(rule({}), rule({}), "--requests", file)).toMatchObject({ code: 0, requests: 2 });
  });

  it("takes two folders that can be used, and requests", async () => {
    expect(await runPolicy("diff", folder(rule({})))).toMatchObject({
      code: 64,
      err: expect.stringContaining("two folders"),
    });
    expect(await runPolicy("diff", folder(rule({})), folder(rule({ notes: "@odd" })))).toMatchObject({ code: 1 });
    const bare = policyFolder({ "a.cedar": rule({}) });
    expect(await runPolicy("diff", bare, bare)).toMatchObject({ code: 64, err: expect.stringContaining("--requests") });
  });

  describe("where no case looks", () => {
    const at = (arn: string) => `resource.account == "111122223333" && resource.arn like "${arn}"`;
    const titles = (changed: readonly { from: string; to: string; title: string }[]) =>
      changed.map(({ from, to, title }) => `${from} -> ${to}: ${title}`);

    it("sees a permit that was widened, by its own ARNs before and after", async () => {
      const [narrow, wide] = ["arn:aws:s3:::acme/reports/*", "arn:aws:s3:::acme/*"];
      const wider = await diff(rule({ when: at(narrow) }), rule({ when: at(wide) }));
      expect([wider.code, titles(wider.changed), wider.unseen]).toEqual([
        3,
        [`denied -> allowed: s3:GetObject on ${wide}, as "rule" names it`],
        [],
      ]);
      const narrower = await diff(rule({ when: at(wide) }), rule({ when: at(narrow) }));
      expect(titles(narrower.changed)).toEqual([`allowed -> denied: s3:GetObject on ${wide}, as "rule" names it`]);
    });

    it("sees a permit or a forbid that applies while a condition holds", async () => {
      const incident = 'context.conditions.contains("incident")';
      const conditional = (text: string) => text.replace(/;\s*$/, ` when { ${incident} };\n`);
      const [narrow, wide] = ["arn:aws:s3:::acme/reports/*", "arn:aws:s3:::acme/*"];
      const more = conditional(rule({ id: "more", when: at(wide) }));
      const less = conditional(rule({ id: "less", effect: "forbid", when: at(narrow) }));
      for (const [added, change] of [
        [more, `denied -> allowed: s3:GetObject on ${wide}, as "more" names it`],
        [less, `allowed -> denied: s3:GetObject on ${narrow}, as "less" names it`],
      ] as const)
        expect(titles((await diff(rule({ when: at(narrow) }), rule({ when: at(narrow) }) + added)).changed)).toEqual([
          change,
        ]);
    });

    it("sees a further action, account, team, label, claim and tool", async () => {
      const table = "arn:aws:dynamodb:eu-west-1:444455556666:table/orders";
      const other = rule({
        id: "orders",
        action: 'action in [Action::"dynamodb:GetItem", Action::"dynamodb:Query"]',
        principal: 'principal in Team::"web"',
        when: `resource.arn == "${table}" && principal.labels.contains("reader") && principal.hasTag("ref") && principal.getTag("ref") == "main"`,
      });
      const tool = rule({
        id: "tools",
        action: 'action == Action::"tool:Call"',
        resource: "resource is Tool",
        when: 'resource.server == "crm" && ["find", "read"].contains(resource.name)',
      });
      const { changed, unseen } = await diff(rule({}), rule({}) + other + tool);
      expect(titles(changed)).toEqual([
        `denied -> allowed: dynamodb:GetItem on ${table}, as "orders" names it`,
        `denied -> allowed: dynamodb:Query on ${table}, as "orders" names it`,
        'denied -> allowed: crm/find, as "tools" names it',
        'denied -> allowed: crm/read, as "tools" names it',
      ]);
      expect(unseen).toEqual([]);
    });

    it.each([
      ["added", "", rule({ id: "x", when: at("*pii*"), effect: "forbid" })],
      ["removed", rule({ id: "x", when: at("*pii*"), effect: "forbid" }), ""],
      [
        "changed",
        rule({ id: "x", when: at("*pii*"), effect: "forbid" }),
        rule({ id: "x", when: at("*pi*"), effect: "forbid" }),
      ],
    ])("lists a policy that was %s and shows in no answer, and answers 3", async (how, before, after) => {
      const none = [{ title: "elsewhere", agent: { id: "any", team: "b" }, intent: reading("arn:aws:s3:::x/y") }];
      const folders = [folder(rule({}) + before, none), folder(rule({}) + after, none)] as const;
      const { code, out } = await runPolicy("diff", ...folders, "--json");
      expect([code, JSON.parse(out).changed, JSON.parse(out).unseen]).toEqual([
        3,
        [],
        [{ id: "x", how, file: expect.stringMatching(/a\.cedar$/), line: 2 }],
      ]);
      expect((await runPolicy("diff", ...folders)).out).toContain(`${how}, and no request shows the effect: x (`);
    });

    it("takes no notice of layout, comments, order and descriptions", async () => {
      const two = rule({ id: "two", when: at("arn:aws:s3:::acme/two/*") });
      const laidOut = `// here\n${two.replace("when", "\n  when")}${rule({ notes: '@description("why")' })}`;
      expect(await diff(rule({}) + two, laidOut)).toMatchObject({ code: 0, changed: [], unseen: [] });
    });

    it("sees an operators' rule that differs, which no agent's request shows", async () => {
      const operators = `@id("ops") permit (principal is User, action == Action::"valetkey:LabelAgent", resource is Agent);`;
      expect(await diff(rule({}), rule({}) + operators)).toMatchObject({
        code: 3,
        unseen: [{ id: "ops", how: "added" }],
      });
    });
  });
});
