import * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import fc from "fast-check";
import { parse } from "valibot";
import { describe, expect, it } from "vitest";
import { type Deployed, registrationIn } from "../../client/threat/inputs.ts";
import { agentModel } from "../../client/threat/model.ts";
import { renderAgent } from "../../client/threat/render-agent.ts";
import { callOf } from "../../functions/adapters/cedar/cedar-call.ts";
import type { ActionName } from "../../functions/core/catalogue/action-name.ts";
import type { DeployedThreats } from "../../functions/core/threat/deployed-threats.ts";
import { isCovered, modelHashes } from "../../functions/core/threat/model-hashes.ts";
import { deployedThreats, partHash, type ReachPart, reachParts } from "../../functions/policy/reach/reach-parts.ts";
import { parsePolicies } from "../../functions/policy/read/parse-policies.ts";
import { deploymentOf } from "../../infra/config/read-config.ts";
import { type Config, configSchema } from "../../infra/config/schema.ts";
import { catalogue } from "../unit/core/catalogue/load-catalogue.ts";
import { queryOf } from "./cedar-oracle.ts";

const ACCOUNTS = ["111122223333", "444455556666"];
const CONFIG = parse(configSchema, {
  hub: { account: "999900001111", region: "eu-central-1" },
  url: "https://valetkey.example.com",
  issuers: [
    { name: "mesh", kind: "agents", preset: "generic", url: "https://mesh.example.com" },
    { name: "staff", kind: "people", preset: "generic", url: "https://login.example.com", onBehalf: true },
  ],
  accounts: ACCOUNTS.map((id) => ({ id, region: "eu-central-1", taskRoles: 4 })),
  operators: [],
}) as Config;
const DEPLOYMENT = deploymentOf(CONFIG);
const AGENT = registrationIn(
  {
    id: "reporter",
    name: "Reporter",
    owner: "staff|ann",
    team: "data",
    labels: ["deployer"],
    bindings: [{ issuer: "mesh", claims: { sub: "reporter" } }],
  },
  DEPLOYMENT,
);

/** Rule of a generated policy set, in parts that an edit replaces. */
interface Rule {
  readonly effect: "permit" | "forbid";
  readonly isShadow: boolean;
  readonly principal: string;
  readonly action: string;
  readonly when: Condition;
}
type Condition = string | { readonly op: "&&" | "||"; readonly of: readonly Condition[] } | { readonly not: Condition };

const PRINCIPALS = ["principal is Agent", 'principal in Team::"data"', 'principal == Agent::"reporter"'];
const OTHERS = ['principal in Team::"web"', 'principal == Agent::"web-1"'];
const ACTIONS = [
  ...["action", 'action == Action::"s3:GetObject"', 'action == Action::"s3:DeleteObject"'],
  ...['action in Action::"s3:Read"', 'action in [Action::"s3:PutObject", Action::"s3:GetObject"]'],
];
const CONDITIONS = [
  ...["acme/*", "acme/pii/*", "*"].map((name) => `resource.arn like "arn:aws:s3:::${name}"`),
  ...ACCOUNTS.map((id) => `resource.account == "${id}"`),
  ...["principal.owner", "context.purpose"].flatMap((text) => [`${text} == "staff|ann"`, `${text} == "tests"`]),
  ...["context.time.hour < 6", "context.time.hour < 12", "context.time.weekday == 6", "context.ttl > 600"],
  ...["context.delegation.depth > 0", 'principal.labels.contains("deployer")', 'principal.labels.contains("intern")'],
  'principal.hasTag("ref") && principal.getTag("ref") == "main"',
  'context has sourceIp && context.sourceIp.isInRange(ip("10.0.0.0/8"))',
  'context has onBehalfOf && context.onBehalfOf.person == "ann"',
  'resource.tags has class && resource.tags.class == "secret"',
];

const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    { weight: 5, arbitrary: fc.constantFrom(...CONDITIONS) },
    {
      weight: 2,
      arbitrary: fc.record({
        op: fc.constantFrom("&&" as const, "||" as const),
        of: fc.array(tie("condition"), { minLength: 2, maxLength: 2 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ not: tie("condition") }) },
  ),
}));

const fields = {
  effect: fc.constantFrom("permit" as const, "permit" as const, "forbid" as const),
  isShadow: fc.nat(7).map((n) => n === 0),
  principal: fc.constantFrom(...PRINCIPALS, ...PRINCIPALS, ...OTHERS),
  action: fc.constantFrom(...ACTIONS),
  when: condition,
};
const rule: fc.Arbitrary<Rule> = fc.record(fields);

/** Edits of a set: one field of one rule, a rule more, a rule less. */
const edit = fc.oneof(
  fc.record({ at: fc.nat(2), with: fc.record(fields, { requiredKeys: [] }) }),
  fc.record({ at: fc.nat(2), with: fc.record({ when: condition }) }),
  fc.record({ at: fc.nat(2), with: fc.record({ action: fields.action }) }),
  fc.record({ at: fc.nat(2), less: fc.constant(true) }),
  fc.record({ more: rule }),
);

const after = (rules: readonly Rule[], by: typeof edit extends fc.Arbitrary<infer T> ? T : never): readonly Rule[] => {
  if ("more" in by) return [...rules, by.more];
  const at = by.at % rules.length;
  return rules.flatMap((each, index) => (index !== at ? [each] : "less" in by ? [] : [{ ...each, ...by.with }]));
};

/** Requests of the agent, by everything that the conditions read. */
const request = fc.record({
  asker: fc.record({
    agent: fc.constant({ id: "reporter", owner: "staff|ann", team: "data", labels: ["deployer"] }),
    purpose: fc.constantFrom("tests", "build"),
    ttlSeconds: fc.constantFrom(300, 900),
    ancestors: fc.constantFrom([], ["parent"]),
    claims: fc.constantFrom({}, { ref: "main" }, { ref: "other" }),
    sourceIp: fc.constantFrom("10.1.2.3", "192.0.2.7"),
    onBehalf: fc.constantFrom(undefined, { issuer: "staff", value: "ann", groups: [], isFirst: false }),
  }),
  call: fc.record({
    action: fc.constantFrom<ActionName>(
      ...(["s3:GetObject", "s3:GetObject", "s3:DeleteObject", "s3:PutObject"] as ActionName[]),
    ),
    resource: fc.constantFrom("arn:aws:s3:::acme/a", "arn:aws:s3:::acme/pii/a", "arn:aws:s3:::other/a"),
    resourceAccount: fc.constantFrom(...ACCOUNTS),
    tags: fc.constantFrom({}, { class: "secret" }),
    atMs: fc.constantFrom(...["01T03", "01T09", "05T03", "05T15"].map((at) => Date.parse(`2026-12-${at}:00:00Z`))),
    sourceIp: fc.constant("192.0.2.7"),
    bucketTags: fc.constant({}),
    hasAbac: fc.constant(false),
  }),
});

const conditionText = (when: Condition): string => {
  if (typeof when === "string") return `(${when})`;
  return "not" in when ? `!${conditionText(when.not)}` : `(${when.of.map(conditionText).join(` ${when.op} `)})`;
};
const textOf = (rules: readonly Rule[], isEnforced = (_rule: Rule) => true): string =>
  rules
    .map((each, index) => ({ ...each, id: `p${index}` }))
    .filter(isEnforced)
    .map(
      ({ id, effect, isShadow, principal, action, when }) =>
        `@id("${id}") ${isShadow ? '@mode("shadow") ' : ""}${effect} (${principal}, ${action}, resource is AWS::Resource) when { ${conditionText(when)} };`,
    )
    .join("\n");

/** Lists, for each request, whether Cedar alone allows it by the enforced rules. */
function allowedBy(rules: readonly Rule[], requests: readonly Request[]): readonly boolean[] {
  const parsed = cedar.preparsePolicySet("rules", { staticPolicies: textOf(rules, ({ isShadow }) => !isShadow) });
  if (parsed.type === "failure") throw new Error(JSON.stringify(parsed.errors));
  return requests.map((query) => {
    const answer = cedar.statefulIsAuthorized({ ...query, preparsedPolicySetId: "rules" });
    if (answer.type === "failure") throw new Error(JSON.stringify(answer.errors));
    return answer.response.decision === "allow";
  });
}
type Request = ReturnType<typeof callOf>;

/** Returns the parts of the reach under the rules, and what the text that a person reads is made from. */
function deployedUnder(rules: readonly Rule[]): Deployed {
  const policies = parsePolicies({ name: "a.cedar", path: "a.cedar", text: textOf(rules) });
  const parts = reachParts({ policies, catalogue, accounts: ACCOUNTS }, DEPLOYMENT);
  return { deployment: DEPLOYMENT, policies, catalogue, parts, publishers: [], isAnchored: false };
}

type HashOf = (part: ReachPart) => string;

/** True where the gate lets the agent on under the rules of `now`, since a person accepted those of `before`. */
function isOpen(now: Deployed, before: Deployed, hashOf: HashOf): boolean {
  const threats = threatsOf(now, hashOf);
  return isCovered(modelHashes(AGENT, threats), modelHashes(AGENT, threatsOf(before, hashOf)), threats);
}

function threatsOf({ parts }: Deployed, hashOf: HashOf): DeployedThreats {
  const hashed = Object.entries(parts.parts).map(([name, part]) => [name, { ...part, sha256: hashOf(part) }] as const);
  return deployedThreats({ ...parts, parts: Object.fromEntries(hashed) });
}

const textFor = (deployed: Deployed): string => renderAgent(agentModel(AGENT, deployed)).replace(/[0-9a-f]{64}/g, "");

const REQUESTS = fc
  .sample(request, { seed: 1, numRuns: 40 })
  .map(({ asker, call }) => callOf(queryOf(asker as never, call)));

/** Calls `of` with each generated pair of rules of which Cedar allows a request under the second alone. */
function forEachWidening(numRuns: number, of: (before: Deployed, later: Deployed) => void): void {
  fc.assert(
    fc.property(fc.array(rule, { minLength: 1, maxLength: 3 }), edit, (rules, by) => {
      const others = after(rules, by);
      const [one, two] = [allowedBy(rules, REQUESTS), allowedBy(others, REQUESTS)];
      const isWidened = two.some((isAllowed, index) => isAllowed && !one[index]);
      const isNarrowed = one.some((isAllowed, index) => isAllowed && !two[index]);
      if (!isWidened && !isNarrowed) return;
      const [before, later] = [deployedUnder(rules), deployedUnder(others)];
      if (isWidened) of(before, later);
      if (isNarrowed) of(later, before);
    }),
    { seed: 1, numRuns },
  );
}

const without =
  (change: (part: ReachPart) => Partial<ReachPart>): HashOf =>
  (part) =>
    partHash({ ...part, ...change(part) });
const NONE = { except: [], sometimes: [] };
const BROKEN: Readonly<Record<string, HashOf>> = {
  "what a rule of the same head excludes": without(({ reach }) => ({ reach: { ...reach, ...NONE } })),
  "what a rule of another head excludes": without(({ cuts }) => ({ cuts: { ...cuts, ...NONE } })),
  "the conditions on the resource": without(({ reach }) => ({
    reach: { ...reach, permits: reach.permits.map((permit) => ({ ...permit, where: [] })) },
  })),
  "the conditions on the request": without(({ reach }) => ({
    reach: { ...reach, permits: reach.permits.map(({ given: _given, ...permit }) => permit) },
  })),
  "the actions": without(({ reach }) => ({
    reach: { ...reach, permits: reach.permits.map((permit) => ({ ...permit, actions: [] })), groups: {} },
  })),
};

describe("a set of policies by which Cedar allows the agent a request that it did not allow", () => {
  it("has another hash than the set that a person accepted, which a hash of less has not", () => {
    let widenings = 0;
    const missed = new Set<string>();
    forEachWidening(200, (before, later) => {
      widenings += 1;
      expect(isOpen(later, before, ({ sha256 }) => sha256)).toBe(false);
      for (const [what, hashOf] of Object.entries(BROKEN))
        if (!missed.has(what) && isOpen(later, before, hashOf)) missed.add(what);
    });
    expect(widenings).toBeGreaterThan(50);
    expect([...missed].toSorted()).toEqual(Object.keys(BROKEN).toSorted());
  });

  it("has another text for the person who accepts it", () => {
    let widenings = 0;
    forEachWidening(30, (before, later) => {
      widenings += 1;
      expect(textFor(later)).not.toBe(textFor(before));
    });
    expect(widenings).toBeGreaterThan(7);
  });
});
