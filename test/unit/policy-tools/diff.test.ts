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
    expect(await diff(rule({}), rule({}))).toEqual({ code: 0, requests: 1, changed: [] });
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

  it("asks each request of both folders once, whatever the cases expect", async () => {
    const other = { title: "other", agent: AGENT, intent: reading("arn:aws:s3:::x/y") };
    const before = folder(rule({}), [{ ...REPORTS, expected: "allowed" }]);
    const after = folder(rule({}), [{ ...REPORTS, title: "renamed", expected: "denied" }, other]);
    expect(JSON.parse((await runPolicy("diff", before, after, "--json")).out).requests).toBe(2);
  });

  it("asks the requests of a file instead", async () => {
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
});
