import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { readBundle } from "../../../functions/policy/bundle.ts";
import { reachHash, reachOf } from "../../../functions/policy/reach/reach-of.ts";
import { reachParts } from "../../../functions/policy/reach/reach-parts.ts";
import { policyFolder, rule } from "./run-policy.ts";

const ACCOUNTS = ["111122223333", "444455556666"];
const AGENT = { id: "reporter", owner: "staff|ann", team: "data", labels: ["deployer"] };

const reached = (cedar: string, agent: Partial<typeof AGENT> = AGENT, accounts = ACCOUNTS) => {
  const { policies, catalogue, faults } = readBundle(policyFolder({ "a.cedar": cedar }));
  expect(faults).toEqual([]);
  return reachOf(agent, { policies, catalogue, accounts });
};
const hashOf = (cedar: string, agent?: Partial<typeof AGENT>, accounts?: string[]) =>
  reachHash(reached(cedar, agent, accounts).reach);

const READS = rule({ id: "reads" });
const WRITES = rule({ id: "writes", action: 'action == Action::"s3:PutObject"' });

describe("the reach of an agent", () => {
  it("is the actions, the resources and the accounts that its permits name", () => {
    expect(reached(READS).reach).toEqual({
      permits: [
        {
          actions: ["s3:GetObject"],
          on: "AWS::Resource",
          where: [
            { of: "resource.account", in: "111122223333" },
            { of: "resource.arn", in: "arn:aws:s3:::acme/reports/*" },
          ],
          accounts: ["111122223333"],
          needs: {},
        },
      ],
      except: [],
      sometimes: [],
      groups: {},
    });
  });

  it.each([
    ["another team", rule({ principal: 'principal in Team::"web"' })],
    ["another agent", rule({ principal: 'principal == Agent::"nightly"' })],
    ["people", rule({ principal: "principal is User" })],
    ["a label that it does not have", rule({ when: 'principal.labels.contains("auditor")' })],
    ["another team, by a condition", rule({ when: 'principal.team == "web"' })],
    ["all but its team", rule({ when: '!(principal.team == "data")' })],
    ["nobody: it is a shadow", rule({ notes: '@mode("shadow")' })],
    ["an account that is no target", rule({ when: 'resource.account == "999999999999"' })],
    [
      "a function of an account that is no target",
      rule({
        action: 'action == Action::"lambda:InvokeFunction"',
        when: 'resource.arn like "arn:aws:lambda:us-east-1:999999999999:function:*"',
      }),
    ],
  ])("is without a permit for %s", (_what, cedar) => {
    expect(reached(cedar).reach.permits).toEqual([]);
  });

  it.each([
    ["the purpose", 'context.purpose == "reports"'],
    ["the time", "context.time.hour < 6"],
    ["the token", 'principal.hasTag("ref") && principal.getTag("ref") == "refs/heads/main"'],
    ["the address", 'context has sourceIp && context.sourceIp.isInRange(ip("10.0.0.0/8"))'],
    ["a person", 'context has onBehalfOf && context.onBehalfOf.issuer == "staff"'],
    ["a label that it has", 'principal.labels.contains("deployer")'],
    ["its team", 'principal.team == "data" && principal in Team::"data"'],
  ])("counts a condition on %s as true", (_what, when) => {
    const bounds = (cedar: string) => reached(cedar).reach.permits.map(({ given: _, ...permit }) => permit);
    const bare = rule({ when: 'resource.arn like "arn:aws:s3:::acme/*"' });
    expect(bounds(rule({ when: `resource.arn like "arn:aws:s3:::acme/*" && ${when}` }))).toEqual(bounds(bare));
  });

  it("names the conditions that count as true, and none that the registration decides", () => {
    const given = (when: string) => reached(rule({ when })).reach.permits.map((permit) => permit.given);
    expect(given('context.purpose == "reports" && !(context.time.hour < 6)')).toEqual([
      [{ fails: "context.time.hour < 6" }, { in: "reports", of: "context.purpose" }],
    ]);
    expect(given('context.purpose == "a" || context.purpose like "b*"')).toEqual([
      [{ of: "context.purpose", in: "a" }],
      [{ of: "context.purpose", in: "b*" }],
    ]);
    expect(given('principal.labels.contains("deployer") && principal.owner == "staff|ann"')).toEqual([undefined]);
  });

  it("preserves a condition on the resource that it does not read, as an expression", () => {
    const cedar = rule({ when: 'if resource.region == "eu-west-1" then resource.arn like "arn:*" else false' });
    expect(reached(cedar).reach.permits).toMatchObject([
      { where: [{ holds: 'if resource.region == "eu-west-1" then resource.arn like "arn:*" else false' }] },
    ]);
  });

  it("excludes what a forbid excludes whatever the request, where a permit reaches there", () => {
    const forbid = (when: string, more = {}) =>
      rule({ id: "never", effect: "forbid", principal: "principal is Agent", action: "action", when, ...more });
    const pii = 'resource.arn like "*/pii/*"';
    expect(reached(READS + forbid(pii)).reach.except).toEqual([
      { actions: ["*"], on: "AWS::Resource", where: [{ of: "resource.arn", in: "*/pii/*" }] },
    ]);
    for (const other of [
      forbid(`${pii} && context.time.hour < 6`),
      forbid(`${pii} && principal.hasTag("ref")`),
      forbid(pii, { principal: 'principal in Team::"web"' }),
      forbid(pii, { notes: '@mode("shadow")' }),
      forbid(pii, { action: 'action == Action::"s3:DeleteObject"' }),
      forbid('resource.arn like "arn:aws:s3:::other/*"'),
      forbid('resource.service == "iam"'),
    ])
      expect(reached(READS + other).reach.except).toEqual([]);
  });

  it("names the forbids that go by the request", () => {
    const sometimes = rule({ id: "at-night", effect: "forbid", when: "context.time.hour < 6" });
    expect(reached(READS + sometimes).reach.sometimes).toEqual([
      { actions: ["s3:GetObject"], on: "AWS::Resource", where: [], given: [{ holds: "context.time.hour < 6" }] },
    ]);
    expect(reached(READS + sometimes).uncounted.map(({ rule: { policy } }) => policy.id)).toEqual(["at-night"]);
  });

  it("has what mints only by a permit with @outlives", () => {
    const mints = (notes: string) =>
      rule({ notes, action: 'action in [Action::"s3:GetObject", Action::"s3:PutBucketPolicy"]' });
    expect(reached(mints("")).reach.permits).toMatchObject([{ actions: ["s3:GetObject"] }]);
    expect(reached(mints('@outlives("meant")')).reach.permits).toMatchObject([
      { actions: ["s3:GetObject", "s3:PutBucketPolicy"], outlives: true },
    ]);
  });

  it("names the members of a group, so that a larger catalogue is another reach", () => {
    const { groups } = reached(rule({ action: 'action in [Action::"s3:Read", Action::"aws:List"]' })).reach;
    expect(Object.keys(groups)).toEqual(["aws:List", "s3:Read"]);
    expect(groups["s3:Read"]?.actions).toBeGreaterThan(20);
    expect(groups["aws:List"]?.actions).toBeGreaterThan(1_000);
  });
});

describe("the hash of a reach", () => {
  it.each([
    ["a comment", `// reads\n${READS}`],
    ["another order", WRITES + READS],
    ["another id", READS.replace('"reads"', '"other"') + WRITES],
    ["an equal permit", READS + WRITES + READS.replace('"reads"', '"again"')],
    ["a permit for another team", READS + WRITES + rule({ id: "others", principal: 'principal in Team::"web"' })],
    ["white space", (READS + WRITES).replaceAll(" ", "  ")],
  ])("is the same with %s", (what, cedar) => {
    expect(hashOf(cedar)).toBe(hashOf(what === "a comment" ? READS : READS + WRITES));
  });

  it.each([
    ["one permit more", READS + WRITES],
    ["a wider resource", READS.replace("reports/*", "*")],
    ["another term", rule({ id: "reads", notes: '@maxTtl("15m")' })],
    ["a forbid less", READS],
  ])("is another one with %s", (what, cedar) => {
    const forbid = rule({ id: "never", effect: "forbid", when: 'resource.arn like "*/pii/*"' });
    expect(hashOf(cedar)).not.toBe(hashOf(what === "a forbid less" ? READS + forbid : READS));
  });

  it("is another one with one more target account, where the permit names none", () => {
    const everywhere = rule({ when: 'resource.arn like "arn:aws:s3:::acme/*"' });
    expect(hashOf(everywhere)).not.toBe(hashOf(everywhere, AGENT, [...ACCOUNTS, "777788889999"]));
    expect(hashOf(READS)).toBe(hashOf(READS, AGENT, [...ACCOUNTS, "777788889999"]));
  });

  it("distinguishes a star that is a character from one that is a pattern", () => {
    expect(hashOf(READS.replace("reports/*", String.raw`reports/\*`))).not.toBe(hashOf(READS));
  });

  it("is known by its documented form", () => {
    const where = `[{"in":"111122223333","of":"resource.account"},{"in":"arn:aws:s3:::acme/reports/*","of":"resource.arn"}]`;
    const permit = `{"accounts":["111122223333"],"actions":["s3:GetObject"],"needs":{},"on":"AWS::Resource","where":${where}}`;
    const text = `valetkey/reach/v2\n{"except":[],"groups":{},"permits":[${permit}],"sometimes":[]}`;
    expect(hashOf(READS)).toBe(createHash("sha256").update(text).digest("hex"));
  });
});

describe("the parts of a reach", () => {
  const partsOf = (cedar: string) => {
    const { policies, catalogue, faults } = readBundle(policyFolder({ "a.cedar": cedar }));
    expect(faults).toEqual([]);
    return reachParts({ policies, catalogue, accounts: ACCOUNTS }, {}).parts;
  };
  const OTHERS = [
    rule({ id: "one", principal: 'principal == Agent::"nightly"' }),
    rule({ id: "all", principal: "principal is Agent" }),
    rule({ id: "people", principal: "principal is User" }),
  ].join("");

  it("are those that the heads of permits name", () => {
    expect(Object.keys(partsOf(READS + OTHERS))).toEqual(["agent:nightly", "everybody", "team:data"]);
  });

  it("change by a policy of their own, and by no other", () => {
    const [before, after] = [partsOf(READS + OTHERS), partsOf(READS + OTHERS + WRITES)];
    const changed = Object.keys(after).filter((name) => after[name]?.sha256 !== before[name]?.sha256);
    expect(changed).toEqual(["team:data"]);
  });

  it("have what a forbid excludes of everybody, or of them alone", () => {
    const forbid = (principal: string) =>
      rule({ id: "never", effect: "forbid", principal, when: 'resource.arn like "*/pii/*"' });
    const excepted = (principal: string) =>
      Object.entries(partsOf(READS + OTHERS + forbid(principal)))
        .filter(([, { reach }]) => reach.except.length > 0)
        .map(([name]) => name);
    expect(excepted("principal is Agent")).toEqual(["agent:nightly", "everybody", "team:data"]);
    expect(excepted('principal in Team::"data"')).toEqual(["team:data"]);
    expect(excepted('principal == Agent::"nightly"')).toEqual(["agent:nightly"]);
  });

  it("count a label as true: a registration may have it", () => {
    const labelled = rule({ id: "labelled", principal: "principal is Agent", when: 'principal.labels.contains("x")' });
    expect(partsOf(labelled).everybody?.reach.permits).toHaveLength(1);
  });
});
