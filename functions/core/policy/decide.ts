import type { Pair } from "../intent/pairs.ts";
import type { Denial } from "../refusal.ts";
import { type Deny, decideSet, type Kept } from "./decide-set.ts";
import { queryFor, type Requester } from "./entities.ts";
import { erringForbid } from "./erring-forbid.ts";
import { hiddenForbid } from "./hidden-forbid.ts";
import { normalForm } from "./normal-form.ts";
import { type Obligations, obligationsOf, unkeptBy } from "./obligations.ts";
import { leastDemanding, type Option } from "./option.ts";
import type { Policies } from "./query.ts";
import type { TagConditions } from "./tag-conditions.ts";

/** A pair that policy permits, and on which terms. */
export interface Permitted {
  readonly pair: Pair;
  /** The permit that decided, then the forbids that were kept as Denies. */
  readonly policies: readonly string[];
  /** What the resources' tags must say, in one of these ways; AWS compares them at the call. */
  readonly conditions: readonly TagConditions[];
  /** What is taken out of the set. */
  readonly denies: readonly Deny[];
  readonly obligations: Obligations;
}

/** A denial, and targets within the asked set that some permit covers: what could be asked for instead. */
export interface Denied {
  readonly denial: Denial;
  readonly narrower: readonly string[];
}

export type Verdict = { readonly permitted: Permitted } | { readonly denied: Denied };

/**
 * Cedar's word on one (action, target). A set of targets is permitted only where every member would be, or with Denies for those that would not:
 * I2, a session policy allows nothing that Cedar does not permit (docs/compiler.md).
 */
export function decide(pair: Pair, asker: Requester, policies: Policies): Verdict {
  const isOpen = pair.kind === "resource" && (pair.isPattern || policies.readsTags(queryFor(pair, asker, "nothing")));
  const answer = isOpen ? decideSet(pair, asker, policies) : decideOne(pair, asker, policies);
  if ("reason" in answer) return denied(pair, answer);
  const options = answer.options.flatMap((option) => {
    const annotations = policies.facts(option.policy)?.annotations;
    // A permit of which nothing is known could ask for anything in return: it is none.
    return annotations === undefined ? [] : [{ ...option, annotations, obligations: obligationsOf(annotations) }];
  });
  const outliving = options.filter(({ annotations }) => annotations.outlives !== undefined);
  const fitting = (pair.mints ? outliving : options).map((option) => {
    const [unkept] = unkeptBy(keeperOf(pair), option.obligations);
    return { ...option, unkept };
  });
  // An obligation that cannot be kept is a permit that must not be used; another one may do.
  const chosen = leastDemanding(fitting.filter(({ unkept }) => unkept === undefined));
  if (!chosen) {
    const unused = leastDemanding(
      fitting.flatMap(({ unkept, ...option }) => (unkept ? [{ ...option, no: unkept.keptBy.denial }] : [])),
    );
    if (unused) return denied(pair, { ...unused.no, policy: unused.policy });
    return denied(pair, options.length > 0 ? OUTLIVES : { ...NO_PERMIT, ...hintFor(answer.narrower) }, answer.narrower);
  }
  const forbids = [...new Set(answer.kept.map(({ policy }) => policy))];
  const hidden = pair.kind === "resource" ? hiddenForbid(pair, asker, policies, forbids) : undefined;
  if (hidden) return denied(pair, hidden);
  return {
    permitted: {
      pair,
      policies: [chosen.policy, ...forbids],
      conditions: chosen.conditions,
      denies: answer.kept.map(({ deny }) => deny),
      obligations: chosen.obligations,
    },
  };
}

/** What the policies under watch would have said: each that would have had a say, as an unclear one might, and what it would have been. */
export function shadowsOf(
  pair: Pair,
  asker: Requester,
  policies: Policies,
): readonly { readonly policy: string; readonly would: "permit" | "forbid" }[] {
  const open = pair.isPattern ? "arn and tags" : "tags";
  return policies
    .evaluateShadows(queryFor(pair, asker, open))
    .filter(({ body, effect }) => normalForm(body, effect).length > 0)
    .map(({ policy, effect }) => ({ policy, would: effect }));
}

/** What has to keep the obligations of a permit: AWS's sessions, a tool, or a connector by its type. */
export const keeperOf = ({ kind, action }: Pair): string =>
  kind === "resource" || kind === "account" ? "aws" : action.slice(0, action.indexOf(":"));

type No = Omit<Denial, "action" | "target">;

interface Answer {
  readonly options: readonly Option[];
  readonly kept: readonly Kept[];
  readonly narrower: readonly string[];
}

/** Everything is known: Cedar decides by itself, but for a forbid that erred, which it would skip. */
function decideOne(pair: Pair, asker: Requester, policies: Policies): Answer | No {
  const { allowed, deciding, errored } = policies.evaluate(queryFor(pair, asker, "nothing"));
  const erring = erringForbid(errored, policies);
  if (erring) return erring;
  const [forbid] = deciding;
  if (!allowed && forbid !== undefined) return { reason: "A policy forbids it.", policy: forbid };
  return { options: deciding.map((policy) => ({ policy, conditions: [{}] })), kept: [], narrower: [] };
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

const OUTLIVES: No = {
  reason: "The action hands out something that outlives the task, and no policy permits that.",
  hint: "Only a permit that names this action and carries @outlives grants it.",
};
