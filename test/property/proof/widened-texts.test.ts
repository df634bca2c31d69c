import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { emptyCache, prove } from "../../../functions/core/proof/prove.ts";
import type { Question } from "../../../functions/core/proof/question.ts";
import type { Scenario } from "../arbitrary/scenarios.ts";
import { arbitraryTree } from "../arbitrary/wild.ts";
import { arbitraryTask } from "../arbitrary/worlds.ts";
import { type Call, requestsOf } from "../aws-request.ts";
import { bothAnswer, readPolicy } from "../both-evaluators.ts";
import { callsFor } from "../calls.ts";
import { cedarOracle } from "../cedar-oracle.ts";
import { evaluate } from "../second-evaluator/evaluate.ts";
import { clockOf, type Opened, REAL, type Session, type Vended, vend } from "../vend.ts";
import { questionOf } from "./question-of.ts";
import { doubtsOf } from "./replay.ts";

type Condition = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
interface Statement {
  readonly Effect: "Allow" | "Deny";
  readonly Action?: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Condition;
}
type Widen = (statement: Statement) => Statement | undefined;

const listed = (value: string | readonly string[]): readonly string[] => (typeof value === "string" ? [value] : value);
const allows =
  (widen: Widen): Widen =>
  (statement) =>
    statement.Effect === "Allow" ? widen(statement) : statement;
/** Denies of named actions. The fence, the address and the other services are excluded. */
const denies =
  (widen: Widen): Widen =>
  (statement) =>
    statement.Effect === "Deny" && statement.Action !== undefined && statement.Action !== "*"
      ? widen(statement)
      : statement;
const resources = (statement: Statement, change: (resource: string) => string): Statement => ({
  ...statement,
  Resource: listed(statement.Resource).map(change),
});
const conditions = (statement: Statement, change: (operator: string, keys: object) => readonly [string, object][]) => {
  const changed = Object.entries(statement.Condition ?? {}).flatMap(([operator, keys]) => change(operator, keys));
  return { ...statement, Condition: Object.fromEntries(changed) as Condition };
};
const values = (keys: object, change: (value: string) => string): object =>
  Object.fromEntries(Object.entries(keys).map(([key, value]) => [key, listed(value).map(change)]));

const withoutLast = (statement: Statement): Statement => ({
  ...statement,
  Condition: Object.fromEntries(Object.entries(statement.Condition ?? {}).slice(0, -1)),
});

/**
 * Ways to make a session policy allow more than it should. Each maps a statement to its replacement; undefined removes
 * the statement.
 */
const WAYS: Readonly<Record<string, Widen>> = {
  "an Allow's resources go on after their end": allows((each) => resources(each, (arn) => `${arn}*`)),
  "an Allow names every resource": allows((each) => ({ ...each, Resource: "*" })),
  "an Allow names the neighbours of its resources": allows((each) =>
    resources(each, (arn) => arn.replace(/[^/:*]+(\*?)$/, "*$1").replace("**", "*")),
  ),
  "an Allow names more actions": allows((each) => ({
    ...each,
    Action: [...listed(each.Action ?? []), "s3:DeleteObject", "ec2:StopInstances"],
  })),
  "an Allow holds in any account, and whatever the tags": allows(({ Condition: _, ...each }) => each),
  "an Allow loses one line of its condition": allows(withoutLast),
  "an Allow takes any value with the same beginning": allows((each) =>
    conditions(each, (operator, keys) =>
      operator === "StringEquals" ? [["StringLike", values(keys, (value) => `${value}*`)]] : [[operator, keys]],
    ),
  ),
  "an Allow holds where its tag is missing": allows((each) =>
    conditions(each, (operator, keys) =>
      /^String(Equals|Like)$/.test(operator)
        ? [[`${operator}IfExists`, keys]]
        : operator === "Null"
          ? []
          : [[operator, keys]],
    ),
  ),
  "a Deny is left out": denies(() => undefined),
  "a Deny stops short of its resources' end": denies((each) => resources(each, (arn) => arn.replace(/\*?$/, "x"))),
  "a Deny no longer holds where its tag is missing": denies((each) =>
    conditions(each, (operator, keys) => [[operator.replace("IfExists", ""), keys]]),
  ),
  "the fence is an hour later": (each) =>
    conditions(each, (operator, keys) =>
      operator === "DateGreaterThanEquals"
        ? [[operator, values(keys, (at) => new Date(Date.parse(at) + 3_600_000).toISOString())]]
        : [[operator, keys]],
    ),
};

const widened = (text: string, widen: Widen): string => {
  const { Statement, ...policy }: { readonly Statement: readonly Statement[] } = JSON.parse(text);
  return JSON.stringify({ ...policy, Statement: Statement.flatMap((each) => widen(each) ?? []) });
};

interface Vend {
  readonly scenario: Scenario;
  readonly vended: Vended;
  readonly session: Session;
}

/** Sessions of the real compiler. The seed is fixed, and so are the numbers. */
async function vendAll(): Promise<readonly Vend[]> {
  const worlds = [arbitraryTask, arbitraryTree].flatMap((each) => fc.sample(each, { seed: 5, numRuns: 40 }));
  const all: Vend[] = [];
  for (const world of worlds) {
    let parent: Opened | undefined;
    for (const scenario of world) {
      const vended = await vend(scenario, REAL, parent);
      all.push(...vended.sessions.map((session) => ({ scenario, vended, session })));
      parent = vended.opened;
      if (!parent) break;
    }
  }
  return all;
}

/**
 * Sampled calls that the text allows although they may not be allowed. Tags are named as policies name them: an
 * assumption of the proof.
 */
async function brokenBy(
  text: string,
  question: Question,
  { scenario, vended, session }: Vend,
): Promise<readonly Call[]> {
  const { document } = readPolicy(text);
  const openedAtMs = Math.floor(clockOf(scenario).plannedAtMs / 1_000) * 1_000;
  const permitsOf = cedarOracle(vended.texts, scenario, openedAtMs);
  const above = question.above.map((texts) => texts.map((each) => readPolicy(each).document));
  const calls = callsFor(scenario, session).filter(
    ({ tags }, index) => index % 8 === 0 && Object.keys(tags).every((name) => name !== name.toUpperCase()),
  );
  const broken: Call[] = [];
  for (const call of calls) {
    const requests = await requestsOf(call);
    const isAllowed = (of: typeof document) => requests.some((request) => evaluate(of, request) === "allowed");
    if (!isAllowed(document)) continue;
    const isRight =
      call.atMs < session.fenceAt * 1_000 &&
      permitsOf(call).length > 0 &&
      above.every((documents) => documents.some(isAllowed));
    // AWS has no call for an ARN that is of no type of the action.
    if (!isRight && (await bothAnswer(readPolicy(text), call)) !== undefined) broken.push(call);
  }
  return broken;
}

/** Counterexamples to find in each way before the next way is tried. */
const ENOUGH = 4;

describe("I2, I3, I4: a session policy that was widened has a counterexample, or Cedar permits what it allows", () => {
  let vends: readonly Vend[];
  beforeAll(async () => {
    vends = await vendAll();
  });

  it("the sessions as they are have no counterexample", () => {
    expect(vends.length).toBeGreaterThan(25);
    const cache = emptyCache();
    const verdicts = vends.map(
      (each) => prove(questionOf(each.scenario, each.vended, each.session), () => 0, cache).verdict,
    );
    expect(new Set(verdicts)).toEqual(new Set(["proven"]));
  });

  it.each(Object.entries(WAYS))(
    "a session is refuted where %s, or Cedar permits what it allows",
    async (_way, widen) => {
      const cache = emptyCache();
      let found = 0;
      const changed = vends
        .map((each) => ({ ...each, text: widened(each.session.policy, widen) }))
        .filter(({ session, text }) => text !== session.policy);
      for (const { text, ...each } of changed) {
        if (found === ENOUGH) break;
        const question = { ...questionOf(each.scenario, each.vended, each.session), text };
        const answer = prove(question, () => 0, cache);
        if (answer.verdict === "counterexample") {
          found += 1;
          expect(await doubtsOf(answer.call, question, each.scenario, each.vended.texts)).toEqual([]);
        } else {
          expect([answer.verdict, text]).toEqual(["proven", text]);
          expect(await brokenBy(text, question, each)).toEqual([]);
        }
      }
      expect(found).toBeGreaterThan(0);
    },
  );
});
