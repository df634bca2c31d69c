import type { Denial } from "../../../contract/refusals.ts";
import { serviceOf } from "../catalogue/action-name.ts";
import { EVERY_ARN } from "../catalogue/unnamed.ts";
import type { Pair, ResourcePair } from "../intent/pairs.ts";
import { globFromIam } from "../text/glob.ts";
import { type Deny, decideSet, type Kept } from "./decide-set.ts";
import { queryFor, type Requester } from "./entities.ts";
import { erringForbid } from "./erring-forbid.ts";
import { hiddenForbid } from "./hidden-forbid.ts";
import { normalForm } from "./normal-form.ts";
import { needingPerson, type Obligations, obligationsOf, unkeptBy } from "./obligations.ts";
import { leastDemanding, type Option } from "./option.ts";
import type { Policies, Residual } from "./query.ts";
import type { TagConditions } from "./tag-conditions.ts";
import { denyUnnamed } from "./unnamed-call.ts";

/** A pair that policy permits, with its terms. */
export interface Permitted {
  readonly pair: Pair;
  /**
   * Ids of the deciding permit, of the permit that decided for the person (if any), and of the forbids that became
   * Denies.
   */
  readonly policies: readonly string[];
  /** Alternative conditions on the resources' tags. One of them must hold; AWS compares them at the call. */
  readonly conditions: readonly TagConditions[];
  /** Excluded parts of the set. */
  readonly denies: readonly Deny[];
  readonly obligations: Obligations;
}

/** A denial, with the targets in the requested set that some permit covers. The agent could request them instead. */
export interface Denied {
  readonly denial: Denial;
  readonly narrower: readonly string[];
}

export type Verdict = { readonly permitted: Permitted } | { readonly denied: Denied };

/**
 * Decides one pair of action and target by Cedar. A set of targets is permitted only where every member would be
 * permitted, or with Denies for the other members. I2: a session policy allows nothing that Cedar does not permit
 * (docs/compiler.md).
 * @param isOneOfMany true for a pair of a long intent, which shares questions to Cedar where that gives the same
 * answer.
 */
export function decide(pair: Pair, requester: Requester, policies: Policies, isOneOfMany = false): Verdict {
  const isOpen =
    pair.kind === "resource" && (pair.isPattern || policies.readsTags(queryFor(pair, requester, "arn and tags")));
  const shared =
    isOneOfMany && !isOpen && pair.kind === "resource" ? decideAlike(pair, requester, policies) : undefined;
  const answer = shared ?? (isOpen ? decideSet(pair, requester, policies) : decideOne(pair, requester, policies));
  if ("reason" in answer) return denied(pair, answer);
  const options = answer.options.flatMap((option) => {
    const annotations = policies.facts(option.policy)?.annotations;
    // A permit without known annotations could have any obligation, so it does not count.
    return annotations === undefined ? [] : [{ ...option, annotations, obligations: obligationsOf(annotations) }];
  });
  const outliving = options.filter(({ annotations }) => annotations.outlives !== undefined);
  const fitting = (pair.mints ? outliving : options).map((option) => {
    const [unkept] = unkeptBy(keeperOf(pair), option.obligations);
    const [unmet] = requester.onBehalf === undefined ? needingPerson(option.obligations) : [];
    return { ...option, no: unkept?.keptBy.denial ?? unmet?.ofNobody };
  });
  // A permit whose obligation cannot be met must not decide; another permit may.
  const kept = fitting.filter(({ no }) => no === undefined);
  const chosen = leastDemanding(preferred(pair, kept));
  if (!chosen) {
    const unused = leastDemanding(fitting.flatMap(({ no, ...option }) => (no ? [{ ...option, no }] : [])));
    if (unused) return denied(pair, { ...unused.no, policy: unused.policy });
    return denied(
      pair,
      options.length > 0 ? OUTLIVES : { ...noPermitOf(pair), ...hintFor(answer.narrower) },
      answer.narrower,
    );
  }
  const forbids = [...new Set(answer.kept.map(({ policy }) => policy))];
  const hidden = pair.kind === "resource" ? hiddenForbid(pair, requester, policies, forbids) : undefined;
  if (hidden) return denied(pair, hidden);
  const unnamed = denyUnnamed(pair, chosen, answer.kept);
  if ("no" in unnamed) return denied(pair, unnamed.no, unnamed.narrower);
  return {
    permitted: {
      pair,
      policies: [chosen.policy, ...forbids],
      conditions: chosen.conditions,
      denies: [...answer.kept.map(({ deny }) => deny), ...unnamed, ...(namesNone(pair) ? [OF_ANY_RESOURCE] : [])],
      obligations: chosen.obligations,
    },
  };
}

/**
 * Returns the shadow policies that would have applied to a pair, with their effects, also those whose condition is
 * unclear.
 */
export function shadowsOf(
  pair: Pair,
  requester: Requester,
  policies: Policies,
): readonly { readonly policy: string; readonly would: "permit" | "forbid" }[] {
  const open = pair.isPattern ? "arn and tags" : "tags";
  return policies
    .evaluateShadows(queryFor(pair, requester, open))
    .filter(({ body, effect }) => normalForm(body, effect).length > 0)
    .map(({ policy, effect }) => ({ policy, would: effect }));
}

/** Returns the keeper of a permit's obligations: `aws` for sessions, else the tool or the connector's type. */
export const keeperOf = ({ kind, action }: Pair): string =>
  kind === "resource" || kind === "account" ? "aws" : serviceOf(action);

/**
 * Returns the preferred permits of a pair of `"*"`: those without conditions on tags, if any. A call that names no
 * resource has no tags, so it meets no such condition.
 */
function preferred<T extends Option>(pair: Pair, options: readonly T[]): readonly T[] {
  const without = options.filter(({ conditions }) => conditions.some((way) => Object.keys(way).length === 0));
  return pair.kind === "resource" && pair.wantsAll && pair.listed && without.length > 0 ? without : options;
}

const namesNone = (pair: Pair): boolean => pair.kind === "account" && pair.namesNone === true;

/** Denies calls that name a resource, for a pair of calls that name none. */
const OF_ANY_RESOURCE: Deny = { resources: [EVERY_ARN], conditions: {} };

type No = Omit<Denial, "action" | "target">;

interface Answer {
  readonly options: readonly Option[];
  readonly kept: readonly Kept[];
  readonly narrower: readonly string[];
}

/** Decides a pair without unknowns, by Cedar alone. Denies where a forbid erred, since Cedar would skip it. */
function decideOne(pair: Pair, requester: Requester, policies: Policies): Answer | No {
  const { allowed, deciding, errored } = policies.evaluate(queryFor(pair, requester, "nothing"));
  const erring = erringForbid(errored, policies);
  if (erring) return erring;
  const [forbid] = deciding;
  if (!allowed && forbid !== undefined) return { reason: "A policy forbids it.", policy: forbid };
  return { options: deciding.map((policy) => ({ policy, conditions: [{}] })), kept: [], narrower: [] };
}

/**
 * Decides one resource by the residuals that it shares with every other resource of its service, Region and account.
 * Undefined where a policy errs, or a residual depends on more than the ARN. Cedar must then decide about the resource
 * itself.
 */
function decideAlike(pair: ResourcePair, requester: Requester, policies: Policies): Answer | No | undefined {
  const { residuals, errored } = policies.evaluatePartially(queryFor(pair, requester, "arn and tags"));
  if (errored.length > 0) return undefined;
  const about = globFromIam(pair.target);
  const applying: Residual[] = [];
  for (const residual of residuals) {
    // A single resource decides each atom on the ARN, so only conjunctions that hold are left in the form.
    const form = normalForm(residual.body, residual.effect, about);
    if (form === "unclear" || form.some(({ must, mustNot }) => [...must, ...mustNot].some(({ of }) => of === "tag")))
      return undefined;
    if (form.length > 0) applying.push(residual);
  }
  const forbid = applying.find(({ effect }) => effect === "forbid");
  if (forbid) return { reason: "A policy forbids it.", policy: forbid.policy };
  return { options: applying.map(({ policy }) => ({ policy, conditions: [{}] })), kept: [], narrower: [] };
}

const denied = ({ action, target }: Pair, no: No, narrower: readonly string[] = []): Verdict => ({
  denied: { denial: { action, target, ...no }, narrower },
});

const hintFor = (narrower: readonly string[]): Partial<No> =>
  narrower.length === 0
    ? {}
    : {
        hint: `Policy covers ${narrower.slice(0, 3).join(", ")}: ask for that, or with mode=narrow for what is permitted.`,
      };

const NO_PERMIT: No = {
  reason: "No policy permits it.",
  hint: "Ask only for what the task needs; if it needs this, ask the platform team for a policy.",
};

/** Denies for want of a permit. A `"*"` is often meant as every resource, so its hint names its meaning. */
const noPermitOf = ({ kind }: Pair): No =>
  kind === "account"
    ? { ...NO_PERMIT, hint: "'*' stands for calls that name no resource. For a call that names one, request its ARN." }
    : NO_PERMIT;

const OUTLIVES: No = {
  reason: "The action hands out something that outlives the task, and no policy permits that.",
  hint: "Only a permit that names this action and carries @outlives grants it.",
};
