import type { Denial } from "../../../contract/refusals.ts";
import { underCeiling } from "../../core/ceiling/under-ceiling.ts";
import { decideWithin } from "../../core/delegation/decide-within.ts";
import type { Pair } from "../../core/intent/pairs.ts";
import { parseIntent } from "../../core/intent/parse-intent.ts";
import { spreadIntent } from "../../core/intent/spread-intent.ts";
import { decide, type Permitted, shadowsOf } from "../../core/policy/decide.ts";
import { personOf, type Requester } from "../../core/policy/entities.ts";
import { Refusal } from "../../core/refusal.ts";
import type { Decides } from "../bundle.ts";
import { type Answer, claimsOf, decideRequest, deploymentFor } from "../decide/answer.ts";
import { connectorsFor } from "../decide/connectors.ts";
import { holdingOf, type Request } from "../decide/request.ts";
import { type Allowance, type Converse, converseOf, type ProvenSession, proveSessions } from "../prove-sessions.ts";
import { type Closest, closestTo } from "./closest.ts";

/** Answer to a request, with the reason for each part of it. */
export interface Explanation {
  readonly request: Request;
  readonly answer: Answer;
  /** Empty where the intent is not valid. */
  readonly pairs: readonly ExplainedPair[];
  /** One for each session policy, where a proof was requested. */
  readonly proofs?: readonly ProvenSession[];
  readonly converse?: readonly Converse[];
}

export interface ExplainedPair {
  readonly action: string;
  readonly target: string;
  /** Policies that permit the pair, and their terms; absent where none does. */
  readonly permitted?: Pick<Permitted, "policies" | "conditions" | "denies" | "obligations"> & {
    /** Permits among the policies: that of the agent, and that of the person for whom it acts. */
    readonly permits: readonly string[];
  };
  readonly denial?: Denial;
  /** Permit that nearly granted the pair, where no policy forbids it. */
  readonly closest?: Closest;
  /** Watched policies (`@mode("shadow")`) that would have decided. */
  readonly shadows: readonly string[];
}

/** Bounds on the work of one explanation, where somebody else chooses what is explained. */
export interface Bounds {
  /** Largest number of pairs of an action and a resource. */
  readonly pairs: number;
  /** Largest number of denials for which the closest permit is searched. */
  readonly closest: number;
  /** Largest number of permits that are compared for one denial. */
  readonly permits: number;
  /** Time after which proofs are given up; absent where only states and nodes bound them. */
  readonly proofs?: Allowance;
}

/** Absence of bounds, for a person who explains on their own machine. */
const OWN_MACHINE: Bounds = {
  pairs: Number.POSITIVE_INFINITY,
  closest: Number.POSITIVE_INFINITY,
  permits: Number.POSITIVE_INFINITY,
};

/**
 * Explains how the service would answer.
 * @param proves true to prove each session policy too.
 * @throws {Refusal} intent_too_large where the intent has more pairs than the bound.
 */
export async function explain(
  request: Request,
  bundle: Decides,
  proves = false,
  bounds: Bounds = OWN_MACHINE,
): Promise<Explanation> {
  const requested = requestedPairs(request, bundle);
  if (requested.length > bounds.pairs)
    throw new Refusal("intent_too_large", {
      say: `At most ${bounds.pairs} pairs of an action and a resource are explained at once; these are ${requested.length}.`,
    });
  const decided = await decideRequest(request, bundle);
  const proofs = proves
    ? { proofs: proveSessions(decided, bounds.proofs), converse: converseOf(decided, bounds.proofs) }
    : {};
  return { request, answer: decided.answer, pairs: explainedPairs(requested, request, bundle, bounds), ...proofs };
}

/** Lists the pairs of a request; none where the intent is not valid, which the answer reports. */
function requestedPairs(request: Request, bundle: Decides): readonly Pair[] {
  try {
    const connectors = connectorsFor(request.intent, bundle.deployment);
    const deployment = deploymentFor(request.intent, bundle);
    const details = parseIntent(JSON.stringify(request.intent), {
      deployment,
      catalogue: bundle.catalogue,
      connectors,
    });
    return spreadIntent(details, bundle.catalogue, connectors, deployment.accounts).flatMap(({ pairs }) => pairs);
  } catch (error) {
    if (error instanceof Refusal) return [];
    throw error;
  }
}

function explainedPairs(
  pairs: readonly Pair[],
  request: Request,
  bundle: Decides,
  bounds: Bounds,
): readonly ExplainedPair[] {
  try {
    const asker: Requester = { ...request, claims: claimsOf(request, bundle), conditions: holdingOf(request) };
    const { accounts } = deploymentFor(request.intent, bundle);
    let compared = 0;
    return pairs.map((pair): ExplainedPair => {
      const shadows = shadowsOf(pair, asker, bundle.engine).map(({ policy, would }) => `${would}:${policy}`);
      const base = { action: pair.action, target: pair.target, shadows };
      const verdict = underCeiling(decideWithin(pair, [], asker, bundle.engine), accounts);
      if ("permitted" in verdict) {
        const { policies, conditions, denies, obligations } = verdict.permitted;
        const permits = policies.filter((id) => bundle.engine.facts(id)?.effect === "permit");
        return { ...base, permitted: { policies, permits, conditions, denies, obligations } };
      }
      const { denial } = verdict.denied;
      const isForbidden = denial.policy !== undefined && bundle.engine.facts(denial.policy)?.effect === "forbid";
      if (isForbidden || compared >= bounds.closest) return { ...base, denial };
      compared += 1;
      const person = personOf(asker);
      // The denial is the person's where the agent itself may have the pair.
      const denied = person && "permitted" in decide(pair, asker, bundle.engine) ? person : asker;
      const closest = closestTo(pair, denied, bundle, bounds.permits);
      return { ...base, denial, ...(closest ? { closest } : {}) };
    });
  } catch (error) {
    // The answer reports the fault of the claims.
    if (error instanceof Refusal) return [];
    throw error;
  }
}
