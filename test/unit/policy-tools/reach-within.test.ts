import { describe, expect, it } from "vitest";
import { readBundle } from "../../../functions/policy/bundle.ts";
import { readBaseline, withAccepted, withProven } from "../../../functions/policy/reach/baseline.ts";
import type { Reach } from "../../../functions/policy/reach/reach-of.ts";
import { partHash, reachParts } from "../../../functions/policy/reach/reach-parts.ts";
import { isWithin } from "../../../functions/policy/reach/within.ts";
import { folderWith } from "./folder.ts";
import { policyFolder, rule } from "./run-policy.ts";

const ACCOUNTS = ["111122223333", "444455556666"];

const partsOf = (cedar: string, accounts = ACCOUNTS) => {
  const { policies, catalogue, faults } = readBundle(policyFolder({ "a.cedar": cedar }));
  expect(faults).toEqual([]);
  return reachParts({ policies, catalogue, accounts }, {}).parts;
};
/** Reach of the team `data`, as the rules of this file are about it. */
const reachIn = (cedar: string, accounts?: readonly string[]): Reach => {
  const part = partsOf(cedar, accounts === undefined ? undefined : [...accounts])["team:data"];
  if (!part) throw new Error("no part of the team");
  return part.reach;
};

const when = (path: string, more = "") =>
  `resource.account == "111122223333" && resource.arn like "arn:aws:s3:::acme/${path}"${more}`;
const READS = rule({ id: "reads", when: when("reports/*") });
const WRITES = rule({ id: "writes", action: 'action == Action::"s3:PutObject"', when: when("reports/*") });
const never = (path: string, action = 'action == Action::"s3:GetObject"') =>
  rule({ id: `never-${path.length}`, effect: "forbid", action, when: when(path) });
const AT_NIGHT = rule({ id: "night", when: when("reports/*", " && context.time.hour < 6") });
const NEVER_AT_NIGHT = rule({ id: "no-night", effect: "forbid", when: when("reports/*", " && context.time.hour < 6") });
const GROUP = 'action in Action::"s3:Read"';

describe("a reach that is proven to lie within another", () => {
  it.each<readonly [string, string, string]>([
    ["is the same", READS, READS],
    ["has a permit less", READS, READS + WRITES],
    ["has a narrower resource", rule({ id: "a", when: when("reports/north/*") }), READS],
    ["has a further condition", rule({ id: "a", when: when("reports/*", ' && resource.arn like "*.csv"') }), READS],
    [
      "requires people where nobody was required",
      rule({ id: "a", notes: '@approval("sre")', when: when("reports/*") }),
      READS,
    ],
    ["has a further exclusion", READS + never("reports/pii/*"), READS],
    ["is for fewer requests", AT_NIGHT, READS],
    ["excludes more requests", READS + NEVER_AT_NIGHT, READS],
    ["excludes always what it excluded sometimes", READS + never("reports/*"), READS + NEVER_AT_NIGHT],
    ["has a wider exclusion", READS + never("reports/p*"), READS + never("reports/pii/*")],
  ])("%s", (_what, inner, outer) => {
    expect(isWithin(reachIn(inner), reachIn(outer))).toBe(true);
  });

  it("lost an exclusion that no permit that is left comes near", () => {
    const north = rule({ id: "north", when: when("north/*") });
    expect(isWithin(reachIn(READS), reachIn(READS + north + never("north/pii/*")))).toBe(true);
  });

  it("has a target account less", () => {
    const anywhere = rule({ id: "a", when: 'resource.arn like "arn:aws:s3:::acme/*"' });
    expect(isWithin(reachIn(anywhere, ACCOUNTS.slice(0, 1)), reachIn(anywhere))).toBe(true);
    expect(isWithin(reachIn(anywhere), reachIn(anywhere, ACCOUNTS.slice(0, 1)))).toBe(false);
  });
});

const CONFIGURED = {
  accounts: [{ id: "111122223333", region: "eu-west-1" }],
  approvers: [{ name: "sre", issuer: "staff", members: { claim: "groups", value: "sre" } }],
};

describe("a reach is not proven to lie within another", () => {
  it.each<readonly [string, string, string]>([
    ["with a permit more", READS + WRITES, READS],
    ["with another action", WRITES, READS],
    ["with a wider resource", rule({ id: "a", when: when("*") }), READS],
    ["with another resource", rule({ id: "a", when: when("payroll/*") }), READS],
    ["with a condition less", READS, rule({ id: "a", when: when("reports/*", ' && resource.arn like "*.csv"') })],
    ["with an exclusion less", READS, READS + never("reports/pii/*")],
    ["with an exclusion of some requests less", READS, READS + NEVER_AT_NIGHT],
    ["where an exclusion holds for fewer requests", READS + NEVER_AT_NIGHT, READS + never("reports/*")],
    ["for more requests", READS, AT_NIGHT],
    ["with a narrower exclusion", READS + never("reports/pii/a*"), READS + never("reports/pii/*")],
    [
      "with an exclusion of another action",
      READS + WRITES + never("reports/pii/*", 'action == Action::"s3:PutObject"'),
      READS + WRITES + never("reports/pii/*"),
    ],
    ["where nobody is required any more", READS, rule({ id: "a", notes: '@approval("sre")', when: when("reports/*") })],
    [
      "where fewer people are required",
      rule({ id: "a", notes: '@approval("sre")', when: when("reports/*") }),
      rule({ id: "a", notes: '@approval("sre=2")', when: when("reports/*") }),
    ],
    ["where one action takes the place of a group", READS, rule({ id: "a", action: GROUP, when: when("reports/*") })],
  ])("%s", (_what, inner, outer) => {
    expect(isWithin(reachIn(inner), reachIn(outer))).toBe(false);
  });

  it("where a group has other members than it had, in a permit or in an exclusion", () => {
    const permitted = reachIn(rule({ id: "a", action: GROUP, when: when("reports/*") }));
    const excluded = reachIn(READS + never("reports/pii/*", GROUP));
    for (const reach of [permitted, excluded]) {
      const other = { ...reach, groups: { "s3:Read": { actions: 1, sha256: "0".repeat(64) } } };
      expect(Object.keys(reach.groups)).toEqual(["s3:Read"]);
      expect([isWithin(reach, reach), isWithin(reach, other), isWithin(other, reach)]).toEqual([true, false, false]);
    }
  });
});

describe("a permit of another kind", () => {
  const reach = reachIn(READS);
  const changed = (more: object): Reach => ({ ...reach, permits: reach.permits.map((each) => ({ ...each, ...more })) });

  it("about other things lies within none but one about everything", () => {
    const other = changed({ on: "Secret" });
    expect([isWithin(reach, other), isWithin(other, reach)]).toEqual([false, false]);
    expect(isWithin(other, changed({ on: "*" }))).toBe(true);
    expect(isWithin(changed({ on: "*" }), other)).toBe(false);
  });

  it("whose keys may outlive the task lies within one of the same kind alone", () => {
    const outliving = changed({ outlives: true });
    expect([isWithin(outliving, reach), isWithin(reach, outliving), isWithin(outliving, outliving)]).toEqual([
      false,
      true,
      true,
    ]);
  });

  it("with a condition that cannot be read contains nothing, not even itself", () => {
    const [permit] = reach.permits;
    const where = [...(permit?.where ?? []), { of: "resource.arn", in: "a${b" }];
    const odd = changed({ where });
    expect([isWithin(reach, odd), isWithin(odd, odd)]).toEqual([false, false]);
  });
});

const EMPTY = { format: "valetkey.threat-baseline/2", parts: {} } as const;
const NONE = {
  reach: { permits: [], except: [], sometimes: [], groups: {} },
  cuts: { except: [], sometimes: [], groups: {} },
  facts: {},
};

describe("the baseline", () => {
  const [wide, narrow] = [partsOf(READS + WRITES), partsOf(READS)];
  const hash = wide["team:data"]?.sha256 ?? "";
  const retained = withAccepted({ format: "valetkey.threat-baseline/2", parts: {} }, wide, new Set([hash]));

  it("retains the parts that were accepted, each once", () => {
    expect(retained.names).toEqual(["team:data"]);
    expect(withAccepted(retained.baseline, wide, new Set([hash])).names).toEqual([]);
    expect(withAccepted(retained.baseline, narrow, new Set([hash])).names).toEqual([]);
  });

  it("has the build name the accepted hashes that contain a narrower part, and none of a wider one or of another part", () => {
    expect(withProven(narrow, retained.baseline)["team:data"]?.within).toEqual([hash]);
    expect(withProven(wide, retained.baseline)["team:data"]).not.toHaveProperty("within");
    const more = partsOf(READS + WRITES + rule({ id: "more", when: when("payroll/*") }));
    expect(withProven(more, retained.baseline)["team:data"]).not.toHaveProperty("within");
    const elsewhere = { ...retained.baseline, parts: { "team:web": retained.baseline.parts["team:data"] ?? [] } };
    expect(withProven(narrow, elsewhere)["team:data"]).not.toHaveProperty("within");
  });

  it("is believed of no hash: a wider reach that somebody wrote into it has a hash that nobody accepted", () => {
    const [part] = retained.baseline.parts["team:data"] ?? [];
    if (!part) throw new Error("nothing is kept");
    const permits = part.reach.permits.map((each) => ({ ...each, where: [] }));
    const forged = { ...part, reach: { ...part.reach, permits }, sha256: hash };
    const file = folderWith({ "b.json": JSON.stringify({ ...retained.baseline, parts: { "team:data": [forged] } }) });
    const proven = withProven(narrow, readBaseline(`${file}/b.json`))["team:data"]?.within;
    expect(proven).toEqual([partHash(forged)]);
    expect(proven).not.toContain(hash);
  });

  it.each([
    ["no JSON", "{"],
    ["another format", '{"format": "x", "parts": {}}'],
    ["a part that is no list", '{"format": "valetkey.threat-baseline/2", "parts": {"everybody": {}}}'],
    [
      "a reach without exclusions",
      JSON.stringify({ ...EMPTY, parts: { everybody: [{ ...NONE, reach: { permits: [], groups: {} } }] } }),
    ],
    ["a part without cuts", JSON.stringify({ ...EMPTY, parts: { everybody: [{ reach: NONE.reach, facts: {} }] } })],
  ])("is refused as %s", (_what, text) => {
    expect(() => readBaseline(`${folderWith({ "b.json": text })}/b.json`)).toThrow(/valetkey threat-model baseline/);
  });

  it("proves that a part is gone without loss, unless the part excluded something from others", () => {
    const kept = (cedar: string, name: string) => {
      const parts = partsOf(cedar);
      const accepted = new Set([parts[name]?.sha256 ?? ""]);
      const { baseline } = withAccepted(EMPTY, parts, accepted);
      return { within: withProven(partsOf(READS), baseline)[name]?.within ?? [], accepted: [...accepted] };
    };
    const web = rule({ id: "web", principal: 'principal in Team::"web"' });
    const gone = kept(READS + web, "team:web");
    expect(gone.within).toEqual(gone.accepted);
    const excluded = rule({ id: "not-it", effect: "forbid", principal: 'principal == Agent::"reporter"' });
    expect(kept(READS + excluded, "agent:reporter").within).toEqual([]);
  });

  it.each([
    ["an account is configured in another way", { accounts: [{ id: "111122223333", region: "eu-central-1" }] }],
    [
      "a group that approves has other members",
      { approvers: [{ name: "sre", issuer: "staff", members: { persons: ["eve"] } }] },
    ],
  ])("proves nothing where %s", (_what, changed) => {
    const cedar = rule({ id: "a", notes: '@approval("sre")', when: when("reports/*") });
    const { policies, catalogue } = readBundle(policyFolder({ "a.cedar": cedar }));
    const partsUnder = (deployment: object) =>
      reachParts({ policies, catalogue, accounts: ACCOUNTS }, deployment).parts;
    const before = partsUnder(CONFIGURED);
    const sha256 = before["team:data"]?.sha256 ?? "";
    const { baseline } = withAccepted(EMPTY, before, new Set([sha256]));
    const after = partsUnder({ ...CONFIGURED, ...changed });
    expect(after["team:data"]?.sha256).not.toBe(sha256);
    expect(withProven(after, baseline)["team:data"]).not.toHaveProperty("within");
  });

  it("of an earlier version proves nothing, and is written anew", () => {
    const file = `${folderWith({ "b.json": '{"format": "valetkey.threat-baseline/1", "parts": {"everybody": []}}' })}/b.json`;
    expect(readBaseline(file)).toEqual(EMPTY);
  });

  it("is empty where there is none", () => {
    expect(readBaseline("/nowhere/threat-baseline.json").parts).toEqual({});
  });
});
