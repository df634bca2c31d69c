import fc from "fast-check";
import type { emptyCache, prove } from "../../../functions/core/proof/prove.ts";
import type { Call, Question } from "../../../functions/core/proof/question.ts";
import { ACCOUNT, ASKER, AT, FENCED, QUESTION, statedOf } from "../../unit/core/proof/ask.ts";
import type { Scenario } from "../arbitrary/scenarios.ts";
import { readPolicy } from "../both-evaluators.ts";
import { cedarOracle } from "../cedar-oracle.ts";
import { evaluate } from "../second-evaluator/evaluate.ts";
import { doubtsOf, requestOf } from "./replay.ts";

const LETTERS = ["", "a", "b"];
/** Every word over two letters, of three letters at most. */
const WORDS = [...new Set(LETTERS.flatMap((x) => LETTERS.flatMap((y) => LETTERS.map((z) => x + y + z))))];
const HEADS = {
  "s3:GetObject": { head: "arn:aws:s3:::k/", told: "s3:ExistingObjectTag", accounts: [ACCOUNT, "444455556666"] },
  "ec2:StartInstances": {
    head: `arn:aws:ec2:us-east-1:${ACCOUNT}:instance/`,
    told: "aws:ResourceTag",
    accounts: [ACCOUNT],
  },
} as const;
const ACTIONS = Object.keys(HEADS) as (keyof typeof HEADS)[];

/**
 * Every call of the small world from the requester's address. Words are the resource's name and the value of one tag,
 * or no tag.
 */
const OWN_CALLS: readonly Call[] = ACTIONS.flatMap((action) => {
  const { head, told, accounts } = HEADS[action];
  return WORDS.filter((word) => word !== "").flatMap((word) =>
    accounts.flatMap((account) =>
      [undefined, ...WORDS].map(
        (tag): Call => ({
          action,
          resource: `${head}${word}`,
          account,
          told,
          keys: {},
          conditions: {},
          tags: tag === undefined ? {} : { t: tag },
          atSeconds: AT,
          from: "the asker's address",
          objection: "no permit",
        }),
      ),
    ),
  );
});

/** The same calls, made by services of AWS. IAM treats both alike if no line of the text tests who calls. */
const CALLS_BY_SERVICES: readonly Call[] = OWN_CALLS.map((call) => ({ ...call, from: "an AWS service" }));
const callsUnder = (text: string): readonly Call[] =>
  text.includes("aws:ViaAWSService") ? [...OWN_CALLS, ...CALLS_BY_SERVICES] : OWN_CALLS;

const pattern = fc
  .array(fc.constantFrom("a", "b", "*"), { minLength: 1, maxLength: 4 })
  .map((letters) => letters.join(""));
const { condition } = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    fc
      .tuple(fc.constantFrom(...ACTIONS), pattern)
      .map(([action, text]) => `resource.arn like "${HEADS[action].head}${text}"`),
    pattern.map((text) => `resource.arn like "*${text}"`),
    pattern.map((text) => `resource.tags.t like "${text}"`),
    fc.constantFrom(...WORDS).map((text) => `resource.tags.t == "${text}"`),
    fc.constantFrom("resource.tags has t", `resource.account == "${ACCOUNT}"`, "[].contains(resource.tags.t)"),
    tie("condition").map((one) => `!(${one})`),
    fc.tuple(tie("condition"), tie("condition")).map(([one, two]) => `(${one} && ${two})`),
    fc.tuple(tie("condition"), tie("condition")).map(([one, two]) => `(${one} || ${two})`),
  ),
}));
const policy = fc
  .tuple(fc.constantFrom("permit", "permit", "forbid"), condition)
  .map(([effect, text]) => `${effect} (principal, action, resource is AWS::Resource) when { ${text} };`);

const line = (told: string) =>
  fc.oneof(
    fc
      .tuple(
        fc.constantFrom("StringLike", "StringNotLike", "StringLikeIfExists"),
        fc.array(pattern, { minLength: 1, maxLength: 2 }),
      )
      .map(([name, values]) => ({ [name]: { [`${told}/t`]: values } })),
    fc
      .tuple(fc.constantFrom("StringEquals", "StringNotEquals", "StringEqualsIfExists"), fc.constantFrom(...WORDS))
      .map(([name, value]) => ({ [name]: { [`${told}/t`]: value } })),
    fc.constantFrom("true", "false").map((value) => ({ Null: { [`${told}/t`]: value } })),
    fc.constantFrom("true", "false").map((value) => ({ Bool: { "aws:ViaAWSService": value } })),
    fc.constant({ StringEquals: { "aws:ResourceAccount": ACCOUNT } }),
    fc.constant({}),
  );
const statement = (Effect: "Allow" | "Deny") =>
  fc.constantFrom(...ACTIONS).chain((action) =>
    fc
      .record({
        Resource: fc.array(
          pattern.map((text) => `${HEADS[action].head}${text}`),
          { minLength: 1, maxLength: 2 },
        ),
        Condition: line(HEADS[action].told),
      })
      .map((rest) => ({ Effect, Action: action, ...rest })),
  );
const text = fc
  .tuple(fc.array(statement("Allow"), { minLength: 1, maxLength: 2 }), fc.array(statement("Deny"), { maxLength: 2 }))
  .map((statements) => JSON.stringify({ Version: "2012-10-17", Statement: [...statements.flat(), FENCED] }));

const asker = { ...ASKER, sourceIp: "192.0.2.7" };
const scenario = { asker, clock: { decidedAtMs: AT * 1_000, plannedAtMs: AT * 1_000 } } as unknown as Scenario;

/** A validator of session policies, with its cache. */
export interface Validating {
  readonly prove: typeof prove;
  readonly emptyCache: typeof emptyCache;
}

/**
 * Property of a small world, for any text under any policies. A proof is true for every call. A counterexample is a
 * call that every judge confirms.
 * @param verdicts counts the verdicts.
 */
export function rightOnEveryCall(validator: Validating, verdicts: Map<string, number>) {
  const cache = validator.emptyCache();
  return fc.asyncProperty(text, fc.array(policy, { minLength: 1, maxLength: 3 }), async (given, policies) => {
    const question: Question = {
      ...QUESTION,
      text: given,
      policies: policies.map(statedOf),
      asker: { ...asker, boundIp: asker.sourceIp },
    };
    const answer = validator.prove(question, () => 0, cache);
    verdicts.set(answer.verdict, (verdicts.get(answer.verdict) ?? 0) + 1);
    if (answer.verdict === "unknown") throw new Error(`nothing is shown: ${answer.why}`);
    const wrong =
      answer.verdict === "counterexample"
        ? await doubtsOf(answer.call, question, scenario, policies)
        : beyond(question, policies);
    if (wrong.length > 0) throw new Error(`${answer.verdict}, and it is not so: ${JSON.stringify(wrong)}`);
  });
}

/** Calls of the small world that the text allows and Cedar does not permit. */
function beyond(question: Question, policies: readonly string[]): readonly Call[] {
  const permitsOf = cedarOracle(policies, scenario, AT * 1_000);
  const { document } = readPolicy(question.text);
  const allowed = callsUnder(question.text).filter(
    (call) => evaluate(document, requestOf(call, question)) === "allowed",
  );
  return allowed.filter(({ account: resourceAccount, from, ...call }) => {
    const byService = from === "an AWS service";
    const circumstances = {
      resourceAccount,
      bucketTags: {},
      hasAbac: true,
      atMs: AT * 1_000,
      sourceIp: asker.sourceIp,
      byService,
    };
    return permitsOf({ ...call, ...circumstances }).length === 0;
  });
}
