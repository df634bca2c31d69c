import * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import { describe, expect, it } from "vitest";
import { callOf } from "../../functions/adapters/cedar/cedar-call.ts";
import { compileSessionPolicy } from "../../functions/core/policy/compile.ts";
import { decide } from "../../functions/core/policy/decide.ts";
import { queryFor } from "../../functions/core/policy/entities.ts";
import type { Policies, Residual } from "../../functions/core/policy/query.ts";
import { cedarOf } from "../unit/core/cedar-of.ts";
import { anAsker, onObjects, TAGGED } from "../unit/core/policy/pairs.ts";
import { allows, type Seen } from "./small-iam.ts";

const HEAD = "arn:aws:ec2:us-east-1:111122223333:instance";
const SET = onObjects(`${HEAD}/*`, {
  action: "ec2:StartInstances",
  groups: [],
  service: "ec2",
  region: "us-east-1",
  arnNamesAccount: true,
  ...TAGGED,
});
const ONE = { ...SET, target: `${HEAD}/a1`, isPattern: false };
const IN_NOTHING = "context.delegation.chain.contains";

/** Single conditions. Together they distinguish no more resources than the list below has. */
const ATOMS = [
  ...[`resource.arn like "${HEAD}/a*"`, `resource.arn == "${HEAD}/b1"`, "resource.tags has team"],
  ...['resource.tags.team == "data"', 'resource.tags.team like "da*"', 'resource.tags.team like "*"'],
  ...['["data", "ops"].contains(resource.tags.team)', `${IN_NOTHING}(resource.tags.team)`],
  ...['resource.tags.env == "dev"', `${IN_NOTHING}(resource.arn)`, "context.ttl == 900"],
];
const SIGNED = ATOMS.flatMap((atom) => [atom, `!(${atom})`]);
const CHOSEN = SIGNED.filter((_, index) => [0, 4, 6, 10, 15, 16].includes(index));

/** Every combination of one or two single conditions, and many combinations of three. */
const CONDITIONS = [
  ...SIGNED,
  ...SIGNED.flatMap((a) => SIGNED.flatMap((b) => [`${a} && ${b}`, `${a} || ${b}`])),
  ...ATOMS.flatMap((a) => ATOMS.flatMap((b) => [`!(${a} && ${b})`, `!(${a} || ${b})`])),
  ...CHOSEN.flatMap((a) => CHOSEN.flatMap((b) => CHOSEN.map((c) => `if ${a} then ${b} else ${c}`))),
  ...CHOSEN.flatMap((a) => CHOSEN.flatMap((b) => CHOSEN.map((c) => `(${a} || ${b}) && ${c}`))),
];

const TAGS = { team: ["data", "da-", "ops"], env: ["dev", "prod"] } as const;
const RESOURCES: readonly Seen[] = [`${HEAD}/a1`, `${HEAD}/b1`].flatMap((arn) =>
  [undefined, ...TAGS.team].flatMap((team) =>
    [undefined, ...TAGS.env].map((env) => ({ arn, tags: { ...(team ? { team } : {}), ...(env ? { env } : {}) } })),
  ),
);

/**
 * Cedar's own result for every condition, at one resource whose attributes are all known; or the missing tag for which
 * it errs.
 */
type Value = boolean | "team" | "env";
const keyOf = ({ arn, tags }: Seen) => JSON.stringify([arn, tags.team, tags.env]);
const staticPolicies = Object.fromEntries(
  CONDITIONS.map((text, index) => [`p${index}`, `permit (principal, action, resource) when { ${text} };`]),
);
cedar.preparsePolicySet("conditions", { staticPolicies });
const VALUES = new Map(
  RESOURCES.map((seen): [string, readonly Value[]] => {
    const query = queryFor({ ...ONE, target: seen.arn }, anAsker(), "nothing");
    const entities = query.entities.map((each) =>
      each.uid === query.resource ? { ...each, attrs: { ...each.attrs, tags: seen.tags } } : each,
    );
    const answer = cedar.statefulIsAuthorized({
      ...callOf({ ...query, entities }),
      preparsedPolicySetId: "conditions",
    });
    if (answer.type === "failure") throw new Error(JSON.stringify(answer.errors));
    const values: Value[] = CONDITIONS.map(() => false);
    const { reason, errors } = answer.response.diagnostics;
    for (const id of reason) values[Number(id.slice(1))] = true;
    for (const { policyId, error } of errors) {
      const [, missing] = /does not have the attribute `(team|env)`/.exec(error.message) ?? [];
      if (missing !== "team" && missing !== "env") throw new Error(error.message);
      values[Number(policyId.slice(1))] = missing;
    }
    return [keyOf(seen), values];
  }),
);

/**
 * True where a forbid with the condition holds. Also true where it errs for want of tags and would hold with some
 * value. Nobody may evade a forbid by removing a tag.
 */
function couldHold(condition: number, seen: Seen): boolean {
  const value = VALUES.get(keyOf(seen))?.[condition] ?? false;
  if (typeof value === "boolean") return value;
  return TAGS[value].some((given) => couldHold(condition, { ...seen, tags: { ...seen.tags, [value]: given } }));
}

const isPermitted = {
  permit: (condition: number, seen: Seen): boolean => VALUES.get(keyOf(seen))?.[condition] === true,
  forbid: (condition: number, seen: Seen): boolean => !couldHold(condition, seen),
};

/** Cedar's residual of every condition in a permit. A forbid's residual is the same. */
function leftOf(pair: typeof SET) {
  const engine = cedarOf(CONDITIONS.map((text) => `permit (principal, action, resource) when { ${text} };`));
  const left = engine.evaluatePartially(queryFor(pair, anAsker(), pair.isPattern ? "arn and tags" : "tags"));
  const bodies = new Map(left.residuals.map(({ policy, body }) => [policy, body]));
  return CONDITIONS.map((_text, index) => ({
    body: bodies.get(`p${index}`) ?? { Value: false },
    errs: left.errored.includes(`p${index}`),
  }));
}

/** The session policy that the compiler makes of one such policy. Undefined where the compiler refuses. */
function sessionOf(effect: "permit" | "forbid", { body, errs }: ReturnType<typeof leftOf>[number], pair: typeof SET) {
  const own: Residual = { policy: "own", effect, body };
  const all: Residual = { policy: "all", effect: "permit", body: { Value: true } };
  const policies: Policies = {
    hash: "",
    stated: [],
    claims: [],
    readsTime: false,
    readsTags: () => true,
    evaluateShadows: () => [],
    evaluateLabelled: () => ({ residuals: [], errored: [] }),
    evaluatePerCall: () => ({ residuals: [], errored: [] }),
    evaluate: () => ({ allowed: false, deciding: [], errored: [] }),
    evaluatePartially: () => ({ residuals: effect === "forbid" ? [all, own] : [own], errored: errs ? ["own"] : [] }),
    facts: (id) => ({ id, effect: id === "all" ? "permit" : effect, annotations: {} }),
  };
  const verdict = decide(pair, anAsker(), policies);
  return "permitted" in verdict ? compileSessionPolicy([verdict.permitted], { fenceAt: 0 }).text : undefined;
}

const PERHAPS = { ...SET, tagKey: { prefix: "aws:ResourceTag", isCertain: false } };
const asItIs = (seen: Seen): Seen => seen;
const withoutTags = ({ arn }: Seen): Seen => ({ arn, tags: {} });

describe.each([
  ["a set", SET, asItIs],
  ["one resource", ONE, asItIs],
  ["a set whose tags IAM may not receive", PERHAPS, asItIs],
  ["a set whose tags IAM does not receive", PERHAPS, withoutTags],
])(
  "I2: a policy with one condition, requested for %s, on every resource that the condition distinguishes",
  (_of, pair, asIamSees) => {
    const left = leftOf(pair);
    const resources = RESOURCES.filter(({ arn }) => pair.isPattern || arn === pair.target);

    it.each(["permit", "forbid"] as const)(
      "as a %s: the session allows nothing that Cedar does not permit",
      (effect) => {
        const count = { sessions: 0, allowed: 0, denied: 0 };
        const beyond: string[] = [];
        for (const [index, rest] of left.entries()) {
          const policy = sessionOf(effect, rest, pair);
          if (policy === undefined) continue;
          count.sessions += 1;
          for (const seen of resources) {
            const isAllowed = allows(policy, pair.action, asIamSees(seen));
            count[isAllowed ? "allowed" : "denied"] += 1;
            if (isAllowed && !isPermitted[effect](index, seen))
              beyond.push(`${CONDITIONS[index]}: ${JSON.stringify(seen)} ${policy}`);
          }
        }
        expect(beyond.slice(0, 3)).toEqual([]);
        expect(count.sessions).toBeGreaterThan(600);
        expect(Math.min(count.allowed, count.denied)).toBeGreaterThan(1_000);
      },
    );
  },
);
