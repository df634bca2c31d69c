import { type Call, requestsOf } from "./aws-request.ts";
import { simulated } from "./iam-oracle.ts";
import { answeredWith } from "./listed.ts";
import { evaluate } from "./second-evaluator/evaluate.ts";
import { hasWildcardInType } from "./second-evaluator/match-arn.ts";
import { listed, type PolicyDocument, type Request, type Statement } from "./second-evaluator/policy.ts";

/** A session policy, ready for both evaluators. */
export interface SessionPolicy {
  readonly text: string;
  readonly document: PolicyDocument;
  readonly forSimulation: object;
}

export interface Answer {
  /** True where the session policy allows the call in at least one of the contexts that AWS may give it. */
  readonly isAllowed: boolean;
  /** Difference between the two evaluators without a known reason. */
  readonly disagreement?: string;
}

export function readPolicy(text: string): SessionPolicy {
  const document = JSON.parse(text) as PolicyDocument;
  return { text, document, forSimulation: withStandIns(document) };
}

/**
 * Decision of IAM about the call, by both evaluators. Undefined where AWS has no such call (the ARN is of no type that
 * the action takes).
 */
export async function bothAnswer(policy: SessionPolicy, call: Call): Promise<Answer | undefined> {
  let isAllowed = false;
  for (const request of await requestsOf(call)) {
    const simulation = await simulationOf(policy, request, call.resourceAccount);
    // iam-simulate knows no ARN without a name, on which AWS evaluates some lists.
    if (simulation === undefined && answeredWith(call, []) === undefined) return undefined;
    const own = evaluate(policy.document, request) === "allowed";
    if (simulation === undefined) {
      isAllowed ||= own;
      continue;
    }
    isAllowed ||= own;
    if (own === simulation || knownDifference(policy, request) !== undefined) continue;
    return {
      isAllowed,
      disagreement: `${own ? "allowed" : "denied"}, and not by iam-simulate: ${JSON.stringify(request)}: ${policy.text}`,
    };
  }
  return { isAllowed };
}

/**
 * Known reason why iam-simulate may decide otherwise. In each the second evaluator is right
 * (`second-evaluator/disagreements.test.ts`). The second evaluator takes the reading that allows more where AWS does
 * not document which is right.
 */
export function knownDifference({ document }: SessionPolicy, { resource, context }: Request): string | undefined {
  const statements = "Effect" in document.Statement ? [document.Statement] : document.Statement;
  const values = Object.values(context).flatMap(listed);
  if ([resource, ...values].some((value) => value.includes("\n"))) return "a wildcard takes a newline";
  const address = context["aws:SourceIp"];
  if (address !== undefined && statements.some((statement) => bindsOtherFamily(statement, String(address))))
    return "NotIpAddress of an address of the other family";
  if (statements.some(({ Resource = [] }) => listed(Resource).some(hasWildcardInType)))
    return "a wildcard in the type of a resource";
  return undefined;
}

/** True where the statement denies all addresses but one, whose family is not the call's. */
const bindsOtherFamily = ({ Condition = {} }: Statement, address: string): boolean =>
  Object.values(Condition.NotIpAddress ?? {})
    .flatMap(listed)
    .some((bound) => isOfV6(String(bound)) !== isOfV6(address));
const isOfV6 = (address: string): boolean => address.includes(":");

/**
 * Characters that iam-simulate also reads as wildcards in a request. In a policy it does not know `${*}`, `${?}` and
 * `${$}` everywhere (it reads `${$}` in StringEquals literally). Others replace them on both sides; no policy or call
 * here contains the replacements.
 */
const STAND_INS: Readonly<Record<string, string>> = { "*": "~", "?": "^", $: "%" };
const standIn = (text: string): string => text.replace(/[*?$]/g, (found) => STAND_INS[found] ?? "");

function withStandIns(document: PolicyDocument): object {
  const special = JSON.stringify(document).replace(/\$\{([*?$])\}/g, (_, found: string) => standIn(found));
  // In StringEquals a star is a literal star.
  return JSON.parse(special, function (this: unknown, key: string, value: unknown) {
    return /^String(Not)?Equals/.test(key) ? mapTexts(value, standIn) : value;
  });
}

function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((each) => mapTexts(each, change));
  return Object.fromEntries(Object.entries(value as object).map(([key, each]) => [key, mapTexts(each, change)]));
}

/** Calls that AWS does not have, according to iam-simulate. No policy changes that. */
const unheard = new Set<string>();

/** Upper bound on the remembered simulations. Beyond it, all of them are dropped. */
const MOST = 20_000;
const simulations = new Map<string, Map<string, boolean | undefined>>();
let simulationCount = 0;

/**
 * Evaluates the request with iam-simulate. Undefined where iam-simulate knows no such call. The same request of the
 * same policy is simulated once. Broken copies that share a seed mostly make the same sessions.
 */
export async function simulationOf(
  policy: SessionPolicy,
  request: Request,
  account: string,
): Promise<boolean | undefined> {
  const known = simulations.get(policy.text) ?? new Map<string, boolean | undefined>();
  const key = JSON.stringify([request, account]);
  if (known.has(key)) return known.get(key);
  const answer = await simulate(policy, request, account);
  if (simulationCount >= MOST) simulations.clear();
  simulationCount = simulationCount >= MOST ? 1 : simulationCount + 1;
  simulations.set(policy.text, known.set(key, answer));
  return answer;
}

async function simulate(policy: SessionPolicy, request: Request, account: string): Promise<boolean | undefined> {
  const resource = request.resource === "*" ? "*" : standIn(request.resource);
  const name = `${request.action} ${resource}`;
  if (unheard.has(name)) return undefined;
  const context = mapTexts(request.context, standIn) as Request["context"];
  const answer = await simulated(policy.forSimulation, { ...request, resource, context }, account);
  if (answer === undefined) unheard.add(name);
  return answer;
}
