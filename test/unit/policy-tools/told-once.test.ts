import { describe, expect, it } from "vitest";
import type { Finding } from "../../../functions/policy/read/finding.ts";
import { policyFolder, rule, runPolicy } from "./run-policy.ts";

const findings = async (text: string): Promise<readonly Finding[]> => {
  const { out } = await runPolicy("check", policyFolder({ "a.cedar": text }), "--json");
  return JSON.parse(out).folders[0].findings;
};
const reported = async (text: string) =>
  (await findings(text)).map(({ code, line, column, message }) => [code, `${line}:${column}`, message]);

describe("valetkey policy check reports a fault once, at its place, with what to write", () => {
  it("for a resource whose type the head leaves open, however many kinds there are", async () => {
    const text = '@id("x")\nforbid (principal, action, resource)\nunless { resource.arn like "arn:aws:s3:::acme/*" };';
    expect(await reported(text)).toEqual([
      ["schema_violation", "3:10", expect.stringContaining("write `resource is AWS::Resource`")],
    ]);
  });

  it("for people, who have no purpose, however many operations they have", async () => {
    const text = '@id("x")\nforbid (principal, action, resource)\nwhen { context.purpose like "a" };';
    expect(await reported(text)).toEqual([
      ["schema_violation", "3:8", expect.stringContaining("write `principal is Agent`")],
      ["purpose_is_the_agents_own_word", "3:16", expect.any(String)],
    ]);
  });

  it("both of two faults in one place are reported", async () => {
    const text = rule({ when: 'resource.account == "111122223333" && resource.ar == "a" && resource.nam == "b"' });
    expect((await reported(text)).map(([code]) => code)).toEqual(["schema_violation", "schema_violation"]);
  });

  it("at the policy that has it, where two policies have one id", async () => {
    const text = `@id("x")\n${rule({ id: "y" }).replace('@id("y")', "")}\n@id("x")\npermit (principal is Agent, action == Action::"s3:GetObject", resource is AWS::Resource)\nwhen { resource.nam == "a" };`;
    const lines = (await findings(text)).map(({ code, line }) => [code, line]);
    expect(lines).toContainEqual(["schema_violation", 6]);
    expect(lines).toContainEqual(["duplicate_id", 4]);
  });

  it.each([
    ["s3:*", "`s3:List`, `s3:Read`, `s3:Write`"],
    ["*", "`aws:List`, `aws:Read`, `aws:Write`"],
    ["nowhere:Get*", "`aws:List`, `aws:Read`, `aws:Write`"],
  ])("for a wildcard as an action's name: %s", async (name, groups) => {
    expect(await reported(rule({ action: `action == Action::"${name}"` }))).toEqual([
      ["unknown_action", "1:59", expect.stringContaining(`Cedar knows no wildcards there; write groups (${groups})`)],
    ]);
  });
});

describe("a star that Cedar compares as a character", () => {
  it.each([
    ["an ARN", 'resource.arn == "arn:aws:s3:::acme/*"'],
    ["an ARN, the other way round", '"arn:aws:s3:::acme/*" == resource.arn'],
    ["one of several ARNs", '["arn:aws:s3:::acme/a", "arn:aws:s3:::acme/*"].contains(resource.arn)'],
    ["an exception", 'resource.arn like "arn:aws:s3:::*/*" && resource.arn != "arn:aws:s3:::acme/*"'],
    ["a claim", 'principal.hasTag("ref") && principal.getTag("ref") == "refs/heads/*"'],
    ["a tag", 'resource.tags has team && resource.tags.team == "data-*"'],
    ["a purpose", 'context.purpose == "ticket *"'],
  ])("is an error in %s", async (_, condition) => {
    const found = await findings(rule({ when: `resource.account == "111122223333" && ${condition}` }));
    expect(found.filter(({ code }) => code === "literal_star")).toHaveLength(1);
  });

  it.each([
    ["a pattern", 'resource.arn like "arn:aws:s3:::acme/*"'],
    ["a pattern's escaped star", 'resource.arn like "arn:aws:s3:::acme/\\*"'],
  ])("is none in %s", async (_, condition) => {
    const found = await findings(rule({ when: `resource.account == "111122223333" && ${condition}` }));
    expect(found.map(({ code }) => code)).not.toContain("literal_star");
  });

  it("is none in the name of something of a connector, where providers have such names", async () => {
    const text = rule({
      action: 'action == Action::"tool:Call"',
      resource: "resource is Tool",
      when: 'resource.name == "search:*"',
    });
    expect((await findings(text)).map(({ code }) => code)).not.toContain("literal_star");
  });
});

describe("an ARN's own parts", () => {
  it.each([
    ["account", '"444455556666"'],
    ["region", '"us-east-1"'],
    ["service", '"s3"'],
  ])("contradict another %s, so that the rule never holds", async (part, value) => {
    const arn = "arn:aws:dynamodb:eu-west-1:111122223333:table/*";
    const action = 'action == Action::"dynamodb:GetItem"';
    const with_ = (literal: string) =>
      findings(rule({ action, when: `resource.arn like "${arn}" && resource.${part} == ${literal}` }));
    expect((await with_(value)).map(({ code }) => code)).toEqual(["never_holds"]);
    const own = { account: '"111122223333"', region: '"eu-west-1"', service: '"dynamodb"' }[part] ?? "";
    expect(await with_(own)).toEqual([]);
  });

  it("have no fault about the account where the ARN names none, or behind a wildcard", async () => {
    const account = 'resource.account == "444455556666"';
    expect(await findings(rule({ when: `${account} && resource.arn like "arn:aws:s3:::acme/*"` }))).toEqual([]);
    const behind = `${account} && resource.arn like "arn:aws:dynamodb:*:111122223333:table/x"`;
    expect(await findings(rule({ action: 'action == Action::"dynamodb:GetItem"', when: behind }))).toEqual([]);
  });
});

describe("valetkey policy test", () => {
  it("reports all faults of all cases files at once, each at its place", async () => {
    const folder = policyFolder({
      "a.cedar": rule({}),
      "a.cases.json": `{
  "agents": { "ci": { "id": "", "team": 3 } },
  "cases": [
    { "title": "one", "agent": "ci", "intent": [], "expected": "alowed" },
    { "title": "two", "agent": "cy", "intent": {}, "expected": { "answer": "denied", "denials": "3", "denies": [4] } },
    { "title": "two", "agent": "ci", "intent": [], "context": { "ttl": 0, "at": "soon" }, "mode": "most" }
  ]
}`,
      "b.cases.json": '{ "cases": [{ "title": "three", "agnt": "ci" }] }',
    });
    const { code, err } = await runPolicy("test", folder);
    const lines = err.replace("valetkey policy: ", "").trimEnd().split("\n");
    expect(code).toBe(64);
    expect(lines.map((line) => line.replace(/^.*\/(.\.cases\.json:\d+):\d+: (\S+) .*$/, "$1 $2"))).toEqual([
      "a.cases.json:2 agents.ci.id",
      "a.cases.json:2 agents.ci.team",
      "a.cases.json:4 cases[0].expected",
      "a.cases.json:5 cases[1].agent",
      "a.cases.json:5 cases[1].intent",
      "a.cases.json:5 cases[1].expected.denials",
      "a.cases.json:5 cases[1].expected.denies[0]",
      "a.cases.json:6 cases[2].context.ttl",
      "a.cases.json:6 cases[2].context.at",
      "a.cases.json:6 cases[2].mode",
      "b.cases.json:1 cases[0].agnt",
    ]);
  });

  it("reports every case that has no expectation", async () => {
    const one = (title: string) => ({ title, agent: { id: "any", team: "data" }, intent: [] });
    const folder = policyFolder({ "a.cedar": rule({}), "a.cases.json": { cases: [one("one"), one("two")] } });
    const { err } = await runPolicy("test", folder);
    expect(err.match(/"(one|two)" has no expectation/g)).toEqual([
      '"one" has no expectation',
      '"two" has no expectation',
    ]);
  });
});

describe("valetkey policy explain", () => {
  it("shows tags and addresses as a person would, never as Cedar's own values", async () => {
    const when =
      'resource.tags has stage && resource.tags.stage == "dev" && context has sourceIp && context.sourceIp.isInRange(ip("10.0.0.0/8")) && context.ttl < 10';
    const folder = policyFolder({ "a.cedar": rule({ when }) });
    const intent = [
      { type: "aws", account: "111122223333", actions: ["s3:GetObject"], resources: ["arn:aws:s3:::a/b"] },
    ];
    const request = ["--agent", '{"id": "a1", "team": "data"}', "--intent", JSON.stringify(intent)];
    const { out } = await runPolicy("explain", folder, ...request, "--source-ip", "203.0.113.7");
    expect(out).toContain('resource.tags is "as AWS finds it at the call"');
    expect(out).toContain('context.sourceIp is "203.0.113.7"');
    expect(out).not.toContain("__extn");
  });
});
