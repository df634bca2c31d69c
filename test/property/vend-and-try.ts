import type { Pair } from "../../functions/core/intent/pairs.ts";
import type { Answer } from "../../functions/core/proof/question.ts";
import { globFromIam, matches } from "../../functions/core/text/glob.ts";
import { concreteArns, type Scenario } from "./arbitrary/scenarios.ts";
import { type Call, NEED_A_SETTING } from "./aws-request.ts";
import { bothAnswer, readPolicy, type SessionPolicy } from "./both-evaluators.ts";
import { callsFor, meetsStated, tagSetsOf } from "./calls.ts";
import { cedarOracle } from "./cedar-oracle.ts";
import { answeredWith } from "./listed.ts";
import { tagNames } from "./tag-names.ts";
import { clockOf, type Opened, type Pipeline, type Session, type Vended, vend } from "./vend.ts";

/** Results of one scenario in numbers, with every allowed call that Cedar would not permit or nobody requested. */
export interface Tried {
  readonly vended: Vended;
  /** Calls evaluated with the session policies. AWS has each of them. */
  asked: number;
  allowed: number;
  /** Calls before the fence that an intent names which was granted as a whole, and that Cedar permits. */
  permitted: number;
  /** Permitted calls on the terms of the very permit that decided. The session policy ought to allow these. */
  promised: number;
  /** Promised calls that the session policy allows. */
  kept: number;
  /**
   * Promised calls that no session policy can allow (docs/compiler.md, section 12). Either the permit accepts the
   * absence of a tag that it mentions, or AWS sends IAM no tags of the bucket.
   */
  unsayable: number;
  /** Allowed calls that name no resource and answer with all resources of a type. */
  listed: number;
  /**
   * Calls allowed because IAM reads the names of tags without case. With the case of the policies, Cedar permits them.
   */
  otherCase: number;
  /** Promised calls that are not allowed. */
  readonly broken: string[];
  readonly violations: string[];
  /** The validator's verdict on each session, where the validator ran. */
  readonly verdicts: Answer["verdict"][];
}

/**
 * Vends what policy permits of the scenario and tries it on concrete calls.
 * @param most approximate limit of calls for each session. Beyond it, calls are sampled evenly.
 * @param parent the task below which this one is opened. The child may do nothing that the parent may not (I3).
 */
export async function vendAndTry(
  scenario: Scenario,
  pipeline: Pipeline,
  most = Number.POSITIVE_INFINITY,
  parent?: Opened,
): Promise<Tried> {
  const vended = await vend(scenario, pipeline, parent);
  const numbers = { asked: 0, allowed: 0, permitted: 0, promised: 0, kept: 0, unsayable: 0, listed: 0, otherCase: 0 };
  const tried: Tried = { vended, ...numbers, broken: [], violations: [], verdicts: [] };
  for (const { text, faults } of vended.rejected)
    if (!faults.some((fault) => fault.includes("by identity"))) tried.violations.push(`was built: ${text}`);
  const permitsOf = cedarOracle(
    vended.texts,
    scenario,
    Math.floor(clockOf(scenario).plannedAtMs / 1_000) * 1_000,
    vended.given,
  );
  const above = vended.above.map((policies) => policies.map(readPolicy));
  for (const session of vended.sessions) {
    const policy = readPolicy(session.policy);
    if (!TAKEN_BY_STS.test(session.policy)) tried.violations.push(`STS does not take it: ${session.policy}`);
    const calls = callsFor(scenario, session);
    const some = calls.filter((_, index) => (index * GOLDEN) % 1 < most / calls.length);
    for (const call of some) await tryCall(call, session, policy, above, permitsOf, scenario, tried);
  }
  return tried;
}

/** Source: STS API reference, AssumeRole, Policy. */
const TAKEN_BY_STS = /^[\t\n\r\u0020-\u00FF]{1,2048}$/;

/**
 * Multiples of the golden ratio spread evenly. Such steps never fall into the rhythm of tags, addresses and times,
 * which change from call to call.
 */
const GOLDEN = (Math.sqrt(5) - 1) / 2;

async function tryCall(
  call: Call,
  session: Session,
  policy: SessionPolicy,
  above: readonly (readonly SessionPolicy[])[],
  permitsOf: ReturnType<typeof cedarOracle>,
  scenario: Scenario,
  tried: Tried,
) {
  const answer = await bothAnswer(policy, call);
  if (answer === undefined) return;
  const { isAllowed, disagreement } = answer;
  tried.asked += 1;
  if (disagreement !== undefined) tried.violations.push(`the evaluators differ: ${disagreement}`);
  const isNamed = call.resourceAccount === session.account && session.pairs.some((pair) => names(pair, call));
  if (!isAllowed && !isNamed) return;
  const permits = isNamed ? permitsOf(call) : [];
  const callAndPolicy = () => `${JSON.stringify(call)}: ${session.policy}`;
  if (isAllowed) tried.allowed += 1;
  if (isAllowed && permits.length === 0) {
    const isCase = isNamed && withoutCase(call, tried.vended.texts).some((other) => permitsOf(other).length > 0);
    if (isCase) tried.otherCase += 1;
    else tried.violations.push(callAndPolicy());
  }
  const answered = answeredWith(call, concreteArns(scenario));
  if (answered) tried.listed += Number(isAllowed);
  const hidden = isAllowed && answered ? hiddenFrom(call, answered, tagSetsOf(scenario), permitsOf) : undefined;
  if (hidden !== undefined) tried.violations.push(`answers with ${hidden}: ${callAndPolicy()}`);
  if (isAllowed && !(await isWithin(call, above))) tried.violations.push(`beyond its parent (I3): ${callAndPolicy()}`);
  // A list is denied wherever a forbid may match a part of the answer. Nothing more is promised of a list.
  if (answered || above.length > 0 || permits.length === 0 || !isPromise(session, call, scenario)) return;
  // IAM compares the names of tags without case: a forbid holds for each spelling.
  if (!isAllowed && isForbiddenInCase(call, tried.vended.texts, permitsOf)) {
    tried.otherCase += 1;
    return;
  }
  tried.permitted += 1;
  const deciders = session.permitted.filter(({ pair }) => names(pair, call)).map(({ policies }) => policies[0] ?? "");
  const [decider] = deciders.filter((id) => permits.includes(id));
  if (decider === undefined) return;
  tried.promised += 1;
  if (isAllowed) tried.kept += 1;
  else if (takesAbsence(tried.vended.texts[Number(decider.slice(1))], call) || isUntold(call, tried.vended.texts))
    tried.unsayable += 1;
  else tried.broken.push(callAndPolicy());
}

/**
 * A resource of the answer, with its tags, that policy does not permit by its name. Undefined where policy permits all.
 */
function hiddenFrom(
  call: Call,
  answered: readonly string[],
  tagSets: readonly Call["tags"][],
  permitsOf: ReturnType<typeof cedarOracle>,
): string | undefined {
  for (const resource of answered)
    for (const tags of tagSets)
      if (permitsOf({ ...call, resource, tags }).length === 0) return `${resource} ${JSON.stringify(tags)}`;
  return undefined;
}

/** True where each of the tasks above is allowed the call too, at this moment. */
async function isWithin(call: Call, above: readonly (readonly SessionPolicy[])[]): Promise<boolean> {
  for (const policies of above) {
    const answers = await Promise.all(policies.map((policy) => bothAnswer(policy, call)));
    if (!answers.some((answer) => answer?.isAllowed)) return false;
  }
  return true;
}

/**
 * The call with its tags under each spelling that a policy names, as IAM compares them. Empty where no policy spells
 * them otherwise.
 */
function withoutCase(call: Call, texts: readonly string[]): readonly Call[] {
  const lower = new Set(Object.keys(call.tags).map((name) => name.toLowerCase()));
  const named = [...new Set(texts.flatMap(tagNames))].filter(
    (name) => lower.has(name.toLowerCase()) && !Object.hasOwn(call.tags, name),
  );
  if (named.length === 0 && lower.size === Object.keys(call.tags).length) return [];
  return Object.keys(call.tags).reduce<readonly Call[]>(
    (calls, name) => {
      const alike = Object.keys(call.tags).filter((other) => other.toLowerCase() === name.toLowerCase());
      const spellings = new Set([...alike, ...named.filter((each) => each.toLowerCase() === name.toLowerCase())]);
      return calls.flatMap((each) =>
        alike.map((from) => ({
          ...each,
          tags: { ...each.tags, ...Object.fromEntries([...spellings].map((to) => [to, call.tags[from] ?? ""])) },
        })),
      );
    },
    [call],
  );
}

/** True where the permit names a tag that the resource does not have. */
const takesAbsence = (permit = "", { tags }: Call): boolean =>
  tagNames(permit).some((tag) => !Object.hasOwn(tags, tag));

/**
 * True for a call with which AWS may send no tags, where a policy reads some. A permit by those tags is not granted, and
 * a forbid by them holds, also for a resource without the tag.
 */
const isUntold = ({ action, resource, hasAbac }: Call, texts: readonly string[]): boolean =>
  (NEED_A_SETTING.has(action.split(":", 1).join()) || (/^arn:aws:s3:::[^/]+$/.test(resource) && !hasAbac)) &&
  texts.some((text) => tagNames(text).length > 0);

/** True where policy does not permit the call under another spelling of its tags, which is the same to IAM. */
const isForbiddenInCase = (call: Call, texts: readonly string[], permitsOf: ReturnType<typeof cedarOracle>): boolean =>
  withoutCase(call, texts).some((other) => permitsOf(other).length === 0);

const names = (pair: Pair, call: Call): boolean =>
  pair.action === call.action && matches(globFromIam(pair.target), call.resource) && meetsStated(pair, call);

/** True where the session covers this call, apart from policy. */
const isPromise = (session: Session, call: Call, { asker }: Scenario): boolean =>
  session.narrowed === 0 &&
  session.pairs.every((pair) =>
    session.permitted.some((each) => each.pair.target === pair.target && each.pair.action === pair.action),
  ) &&
  call.atMs < session.fenceAt * 1_000 &&
  (session.sourceIp === undefined || call.byService === true || asker.sourceIp === call.sourceIp);
