import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { EVERY_OBLIGATION, OBLIGATIONS } from "../../../functions/core/policy/obligations.ts";
import { AGENT, policyFolder, rule, runPolicy } from "./run-policy.ts";

const SECRET = {
  action: 'action == Action::"secret:Read"',
  resource: "resource is Secret",
  when: 'resource.name == "reports/key"',
};
const check = async (text: string) => {
  const { code, out } = await runPolicy("check", policyFolder({ "a.cedar": text }), "--json", "--strict");
  const [{ findings }] = JSON.parse(out).folders;
  return { code, found: findings.map((each: { code: string; message: string }) => [each.code, each.message]) };
};
const explain = async (text: string, intent: unknown, ...flags: readonly string[]) => {
  const request = ["--agent", JSON.stringify(AGENT), "--intent", JSON.stringify(intent), ...flags];
  return (await runPolicy("explain", policyFolder({ "a.cedar": text }), ...request)).out;
};
const READS = [{ type: "secret", actions: ["read"], identifiers: ["reports/key"] }];

describe("a permit of secrets that are rotated after use", () => {
  const strict = rule({ id: "strict", notes: "@rotateAfterUse", ...SECRET });
  const wide = rule({ id: "wide", ...SECRET, when: 'resource.name like "reports/*"' });

  it("is evaded by a wider one without the rotation, and is not called redundant", async () => {
    const { found } = await check(strict + wide);
    expect(found).toEqual([
      ["obligation_evaded", expect.stringContaining('"wide" permits all of this without @rotateAfterUse')],
    ]);
  });

  it("is explained with the rotation among its terms", async () => {
    expect(await explain(strict, READS)).toContain("on terms: its secrets are rotated after use");
  });
});

describe("a permit with a term that nothing it names can enforce", () => {
  const never = (action: string) => `nothing here can keep @bindIp for ${action}`;

  it.each<[string, object]>([
    ["secret:Read", SECRET],
    [
      "postgres:Select",
      { action: 'action == Action::"postgres:Select"', resource: "resource is Table", when: 'resource.name == "a"' },
    ],
    [
      "github:Read",
      {
        action: 'action == Action::"github:Read"',
        resource: "resource is RepositoryPermission",
        when: 'resource.repository == "acme/site"',
      },
    ],
    [
      "tool:Call",
      { action: 'action == Action::"tool:Call"', resource: "resource is Tool", when: 'resource.server == "a"' },
    ],
  ])("fails a strict check, since it grants nothing: @bindIp on %s", async (action, parts) => {
    const { code, found } = await check(rule({ notes: "@bindIp", ...parts }));
    expect(found).toEqual([["obligation_unkept", expect.stringContaining(never(action))]]);
    expect(found[0][1]).toContain("this permit grants nothing");
    expect(code).toBe(1);
  });

  it("fails a strict check where it holds for a part of what it names", async () => {
    const action = 'action in [Action::"s3:GetObject", Action::"secret:Read"]';
    const { code, found } = await check(
      rule({ notes: "@bindIp", action, resource: "resource", when: "context.ttl < 900" }),
    );
    expect(found).toContainEqual(["obligation_unkept", expect.stringContaining(never("secret:Read"))]);
    expect(code).toBe(1);
  });

  it("lets nobody evade a stricter term: a wider permit that grants nothing is no way round", async () => {
    const narrow = rule({ id: "narrow", notes: '@maxTtl("15m")', ...SECRET });
    const wide = { id: "wide", ...SECRET, when: 'resource.name like "reports/*"' };
    const codes = async (text: string) => (await check(text)).found.map(([code]: readonly string[]) => code);
    expect(await codes(narrow + rule({ ...wide, notes: "@bindIp" }))).toEqual(["obligation_unkept"]);
    expect(await codes(narrow + rule(wide))).toEqual(["obligation_evaded"]);
  });

  it("is the closest in an explanation, which names the term as what cannot be enforced", async () => {
    const text = await explain(rule({ notes: "@bindIp", ...SECRET }), READS);
    expect(text).toContain("@bindIp, which nothing here can keep for secret:Read");
  });
});

describe("docs/policies.md", () => {
  const text = readFileSync(new URL("../../../docs/policies.md", import.meta.url), "utf8");

  it("lists the obligations, the weightiest first, with what can enforce them", () => {
    const [, table = ""] = text.split("| term | what it demands | kept by |\n|---|---|---|\n");
    const keepers = (row: (typeof EVERY_OBLIGATION)[number]) =>
      row.ofNobody && !row.forPersons
        ? "a task for a person"
        : row.keptBy === "everything"
          ? "everything"
          : row.keptBy.keepers.join(", ") || "nothing yet";
    expect(table.slice(0, table.indexOf("\n\n")).split("\n")).toEqual(
      EVERY_OBLIGATION.map((row) => `| \`${row.example}\` | ${row.meaning} | ${keepers(row)} |`),
    );
  });

  it("lists the fields that a case may expect of them", () => {
    const fields = Object.keys(OBLIGATIONS).map((field) => `\`${field}\``);
    expect(text.replaceAll(/\s+/g, " ")).toContain(`The fields of \`obligations\` are ${fields.join(", ")}.`);
  });
});
