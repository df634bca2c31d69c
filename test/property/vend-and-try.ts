import type { Pair } from "../../functions/core/intent/pairs.ts";
import { parseIntent } from "../../functions/core/intent/parse-intent.ts";
import { narrowPairs, type SpreadDetail, spreadIntent } from "../../functions/core/intent/spread-intent.ts";
import { compileSessionPolicy } from "../../functions/core/policy/compile.ts";
import { decide, type Permitted } from "../../functions/core/policy/decide.ts";
import { globFromIam, matches } from "../../functions/core/policy/glob.ts";
import type { Policies } from "../../functions/core/policy/query.ts";
import { Refusal } from "../../functions/core/refusal.ts";
import { catalogue } from "../unit/catalogue/load-catalogue.ts";
import { cedarOf } from "../unit/core/cedar-of.ts";
import { ACCOUNT, OTHER_ACCOUNT } from "./arbitrary/arns.ts";
import { concreteArns, type Scenario } from "./arbitrary/scenarios.ts";
import { cedarPermits } from "./cedar-oracle.ts";
import { type IamRequest, sessionPolicyAllows } from "./iam-oracle.ts";

/** What I2 rests on; a test puts a broken one in the place of any. */
export interface Pipeline {
  readonly decide: typeof decide;
  readonly compile: typeof compileSessionPolicy;
  /** Cedar as `decide` sees it. The oracle always asks Cedar itself. */
  readonly cedar: (policies: Policies, texts: readonly string[]) => Policies;
  /** What is granted where policy permits a part of what was asked for. */
  readonly narrowed: (part: Permitted, whole: Pair) => Permitted;
}
export const REAL: Pipeline = {
  decide,
  compile: compileSessionPolicy,
  cedar: (policies) => policies,
  narrowed: (part) => part,
};

/** What came of one scenario, in numbers; and every call that is allowed though Cedar would not permit it, or nobody asked for it. */
export interface Tried {
  vended: number;
  /** Pairs granted whose target is a set. */
  sets: number;
  /** Pairs out of which a forbid took something. */
  denies: number;
  /** Pairs whose resources must have tags. */
  tagged: number;
  /** Parts of a pair that was not permitted as a whole. */
  narrowed: number;
  asked: number;
  allowed: number;
  readonly violations: string[];
}

const AT_MS = Date.parse("2026-11-24T12:45:00Z");
const FENCE_AT = Date.parse("2026-11-24T13:00:00Z") / 1_000;
const CONTEXT = { "aws:CurrentTime": "2026-11-24T12:50:00Z", "s3:prefix": "pub/x", "aws:SecureTransport": "true" };

/** What the policies ask for, what they do not, and nothing. */
const TAG_SETS = [{}, { team: "data", env: "prod" }, { team: "ops", env: "${x}" }];

/** Vends what policy permits of the scenario and tries it on concrete calls. */
export async function vendAndTry(scenario: Scenario, pipeline: Pipeline): Promise<Tried> {
  const tried: Tried = { vended: 0, sets: 0, denies: 0, tagged: 0, narrowed: 0, asked: 0, allowed: 0, violations: [] };
  const texts = scenario.policies.map(({ text }) => text);
  const asker = { ...scenario.asker, atMs: AT_MS };
  const seen = pipeline.cedar(cedarOf(texts), texts);
  for (const { detail, pairs } of spread(scenario.json)) {
    if (detail.type !== "aws") continue;
    // A part of an intent is an intent too: what is permitted of it is tried even where the whole would be refused.
    const permitted = pairs.flatMap((pair) => {
      const verdict = pipeline.decide(pair, asker, seen);
      if ("permitted" in verdict) return [verdict.permitted];
      const parts = narrowPairs(pair, verdict.denied.narrower, catalogue).map((part) =>
        pipeline.decide(part, asker, seen),
      );
      const granted = parts.flatMap((part) => ("permitted" in part ? [pipeline.narrowed(part.permitted, pair)] : []));
      tried.narrowed += granted.length;
      return granted;
    });
    if (permitted.length === 0) continue;
    tried.vended += 1;
    tried.sets += permitted.filter(({ pair }) => pair.isPattern).length;
    tried.denies += permitted.filter(({ denies }) => denies.length > 0).length;
    tried.tagged += permitted.filter(({ conditions }) => Object.keys(conditions).length > 0).length;
    const { text } = pipeline.compile(permitted, { conditions: detail.conditions, fenceAt: FENCE_AT });
    for (const request of requests(
      scenario,
      permitted.map(({ pair }) => pair),
    )) {
      tried.asked += 1;
      if (!(await sessionPolicyAllows(text, { ...request, context: CONTEXT }))) continue;
      tried.allowed += 1;
      const isAsked = pairs.some((pair) => pair.action === request.action && isTarget(pair, request.resource));
      if (!isAsked || !cedarPermits(scenario, request)) tried.violations.push(`${JSON.stringify(request)}: ${text}`);
    }
  }
  return tried;
}

const isTarget = ({ target }: Pair, resource: string): boolean => matches(globFromIam(target), resource);

/** The intent's pairs; none where it cannot be read, or asks for what AWS does not have. */
function spread(json: string): readonly SpreadDetail[] {
  try {
    const accounts = [ACCOUNT, OTHER_ACCOUNT].map((id) => ({ id, region: "us-east-1", taskRoles: 1 }));
    return spreadIntent(parseIntent(json, accounts), catalogue);
  } catch (error) {
    if (error instanceof Refusal) return [];
    throw error;
  }
}

/** What was granted and what was not, on resources of the services that were named. */
function requests(scenario: Scenario, permitted: readonly Pair[]): readonly IamRequest[] {
  const services = new Set(permitted.map(({ target }) => target.split(":")[2]));
  const arns = concreteArns(scenario).filter((text) => services.has(text.split(":")[2]));
  const tagSets = scenario.policies.some(({ text }) => text.includes("resource.tags")) ? TAG_SETS : [{}];
  const actions = new Set([...permitted.map(({ action }) => action), "s3:DeleteObject"]);
  actions.delete("s3:ListAllMyBuckets");
  return [
    { action: "s3:ListAllMyBuckets", resource: "*", resourceAccount: ACCOUNT },
    ...[...actions].flatMap((action) =>
      arns.flatMap((resource, index) =>
        accountsOf(resource).map((resourceAccount): IamRequest => {
          const tags = tagSets[index % tagSets.length] ?? {};
          return { action, resource, resourceAccount, tags };
        }),
      ),
    ),
  ];
}

/** An S3 object may be anybody's; other ARNs name their account. */
function accountsOf(resource: string): readonly string[] {
  const named = resource.split(":")[4];
  return named ? [named] : [ACCOUNT, OTHER_ACCOUNT];
}
