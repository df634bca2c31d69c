import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Finding } from "../../../functions/policy/read/finding.ts";
import { AGENT, policyFolder, REPORTS, reading, rule, runPolicy } from "./run-policy.ts";

const CASES = {
  cases: [
    {
      title: "reads",
      agent: { ...AGENT, labels: ["reader"] },
      intent: reading("arn:aws:s3:::acme/reports/a"),
      expected: "allowed",
    },
  ],
};
const folderOf = (text: string, more: Readonly<Record<string, unknown>> = {}) =>
  policyFolder({ "a.cedar": text, "a.cases.json": CASES, ...more });
const warned = async (folder: string, ...flags: readonly string[]) => {
  const { out } = await runPolicy("check", folder, "--json", ...flags);
  const findings: readonly Finding[] = JSON.parse(out).folders[0].findings;
  return findings.flatMap(({ code, message }) => (code === "nobody_has" ? [message] : []));
};
const when = (condition: string) => rule({ when: `${REPORTS} && ${condition}` });

describe("a name that nobody has", () => {
  it.each([
    ["a team", rule({ principal: 'principal in Team::"dat a"' }), 'no team "dat a"; did you mean "data"?'],
    [
      "an agent",
      rule({ principal: 'principal == Agent::"reporters"' }),
      'no agent "reporters"; did you mean "reporter"?',
    ],
    ["a team in a condition", when('principal.team == "dta"'), 'no team "dta"; did you mean "data"?'],
    ["an agent in a condition", when('["reporter", "helper"].contains(principal.id)'), 'no agent "helper"'],
    ["an agent above it", when('context.delegation.chain.contains("planner")'), 'no agent "planner"'],
    ["a label", when('principal.labels.contains("raeder")'), 'no label "raeder"; did you mean "reader"?'],
    ["one of several labels", when('principal.labels.containsAny(["reader", "writer"])'), 'no label "writer"'],
  ])("is reported: %s", async (_, text, sentence) => {
    expect(await warned(folderOf(text))).toEqual([`agents.yaml and the cases have ${sentence}`]);
  });

  it("is none of the cases' agents, their teams and labels", async () => {
    expect(await warned(folderOf(when('principal.labels.contains("reader") && principal.id == "reporter"')))).toEqual(
      [],
    );
  });

  it("is none of the agents of agents.yaml, beside the policies or as it is named", async () => {
    const text = rule({ principal: 'principal in Team::"web"' });
    const yaml = "agents:\n  - id: builder\n    team: web\n    labels: [deployer]\n";
    expect(await warned(folderOf(text))).toHaveLength(1);
    expect(await warned(folderOf(text, { "agents.yaml": yaml }))).toEqual([]);
    const folder = folderOf(text);
    const file = join(folderOf(text), "all.yaml");
    writeFileSync(file, yaml);
    expect(await warned(folder, "--agents", file)).toEqual([]);
    expect(await runPolicy("check", folder, "--agents", "/nowhere.yaml")).toMatchObject({ code: 64 });
  });

  it("is reported of no folder where no agent is known, and of no id of a person", async () => {
    expect(await warned(policyFolder({ "a.cedar": rule({}) }))).toEqual([]);
    const people = `@id("p") permit (principal is User, action == Action::"valetkey:ConfirmAgent", resource is Agent) when { principal.id == "staff|ada" };`;
    expect(await warned(folderOf(people))).toEqual([]);
  });

  it("fails with --strict", async () => {
    const folder = folderOf(rule({ principal: 'principal in Team::"dat a"' }));
    expect((await runPolicy("check", folder)).code).toBe(0);
    expect((await runPolicy("check", folder, "--strict")).code).toBe(1);
  });
});

describe("a rule by the purpose", () => {
  it.each([
    ["a permit", when('context.purpose like "ticket *"'), "whoever wants this types it"],
    ["a permit, by its other name", when('context["purpose"] == "a"'), "whoever wants this types it"],
    [
      "a forbid",
      rule({ effect: "forbid", when: '!(context.purpose like "ticket *")' }),
      "whoever would avoid this types another",
    ],
  ])("is warned of in %s: the purpose is the agent's own word", async (_, text, why) => {
    const { out } = await runPolicy("check", folderOf(text), "--json");
    const findings: readonly Finding[] = JSON.parse(out).folders[0].findings;
    expect(findings.map(({ level, code, message }) => [level, code, message])).toContainEqual([
      "warning",
      "purpose_is_the_agents_own_word",
      expect.stringContaining(why),
    ]);
  });
});
