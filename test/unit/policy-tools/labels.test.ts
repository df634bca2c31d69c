import { describe, expect, it } from "vitest";
import { conflictFaults } from "../../../infra/config/conflicts.ts";
import { policyFolder, rule, runPolicy } from "./run-policy.ts";

const check = async (text: string) => {
  const { out } = await runPolicy("check", policyFolder({ "a.cedar": text }), "--json");
  const [{ findings }] = JSON.parse(out).folders;
  return findings.map((each: { code: string; message: string }) => [each.code, each.message]);
};

describe("@label", () => {
  it.each([
    ['@label("payroll")', []],
    ['@label("payroll, egress")', []],
    ['@label("")', ["annotation_value"]],
    ['@label("Payroll")', ["annotation_value"]],
    ['@label("payroll,egress")', ["annotation_value"]],
    ['@label("payroll, payroll")', ["annotation_value"]],
  ])("%s on a permit of AWS has the findings %j", async (notes, codes) => {
    expect((await check(rule({ notes }))).map(([code]: [string]) => code)).toEqual(codes);
  });

  it.each([
    ["postgres:Select", "resource is Table", 'resource.database == "orders"', []],
    ["github:Read", "resource is RepositoryPermission", 'resource.owner == "acme"', []],
    ["secret:Read", "resource is Secret", 'resource.name == "reports/key"', ["annotation_unsupported"]],
    ["oauth:Use", "resource is Scope", 'resource.provider == "crm"', ["annotation_unsupported"]],
    ["tool:Call", "resource is Tool", 'resource.server == "tickets"', ["annotation_unsupported"]],
  ])(
    "on a permit of %s is judged by whether its revocation ends everything at once",
    async (id, resource, when, codes) => {
      const text = rule({ notes: '@label("payroll")', action: `action == Action::"${id}"`, resource, when });
      expect((await check(text)).map(([code]: [string]) => code)).toEqual(codes);
    },
  );

  it("on a permit of a login and of a secret together is an error that names what may be labelled", async () => {
    const action = 'action in [Action::"postgres:Select", Action::"secret:Read"]';
    const found = await check(rule({ notes: '@label("payroll")', action, resource: "resource", when: "true" }));
    expect(found).toContainEqual([
      "annotation_unsupported",
      "@label belongs on a permit that names actions of aws, postgres, github alone: neither a fence nor a revocation surely ends what anything else hands out",
    ]);
  });

  it.each([
    ["on a forbid", rule({ notes: '@label("payroll")' }).replace("permit", "forbid"), "annotation_misplaced"],
    [
      "on a permit of secrets",
      rule({
        notes: '@label("payroll")',
        action: 'action == Action::"secret:Read"',
        resource: "resource is Secret",
        when: 'resource.name == "reports/key"',
      }),
      "annotation_unsupported",
    ],
    [
      "on a permit that names no action",
      rule({ notes: '@label("payroll")', action: "action" }),
      "annotation_unsupported",
    ],
    ["beside @outlives", rule({ notes: '@label("payroll") @outlives("meant")' }), "annotation_unsupported"],
  ])("%s is an error", async (_, text, code) => {
    const found = await check(text);
    expect(found.map(([each]: [string]) => each)).toContain(code);
  });

  it("makes a permit within a wider one more than redundant", async () => {
    const within = (path: string) =>
      `resource.account == "111122223333" && resource.arn like "arn:aws:s3:::acme-data/${path}*"`;
    const codes = async (notes: string, wider = "") => {
      const narrow = rule({ id: "narrow", notes, when: within("reports/") });
      const wide = rule({ id: "wide", notes: wider, when: within("") });
      return (await check(narrow + wide)).map(([code]: [string]) => code);
    };
    expect(await codes("")).toEqual(["redundant"]);
    expect(await codes('@label("payroll")')).toEqual([]);
    expect(await codes('@label("payroll")', '@label("egress, payroll")')).toEqual(["redundant"]);
  });
});

describe("the section conflicts", () => {
  const conflict = { a: "payroll", b: "egress", scope: "agent", window: "1h" } as const;

  it("has no label in conflict with itself, no pair twice for one scope, and no window above seven days", () => {
    expect(
      conflictFaults([conflict, { ...conflict, scope: "tree" }, { ...conflict, b: "prod", window: "7d" }]),
    ).toEqual([]);
    expect(conflictFaults([{ ...conflict, b: "payroll" }])).toEqual([
      'conflicts: "payroll" is in conflict with itself; name two labels',
    ]);
    expect(conflictFaults([conflict, { ...conflict, a: "egress", b: "payroll" }])).toEqual([
      'conflicts: "egress" and "payroll" are listed twice for one agent',
    ]);
    expect(conflictFaults([{ ...conflict, window: "8d" }])).toEqual([
      'conflicts: "payroll" and "egress" have a window of more than 7d',
    ]);
    expect(conflictFaults(undefined)).toEqual([]);
  });
});
