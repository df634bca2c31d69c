import { underCeiling } from "../../functions/core/ceiling/under-ceiling.ts";
import { decideWithin } from "../../functions/core/delegation/decide-within.ts";
import { parseIntent } from "../../functions/core/intent/parse-intent.ts";
import { spreadIntent } from "../../functions/core/intent/spread-intent.ts";
import { decide, type Permitted, shadowsOf } from "../../functions/core/policy/decide.ts";
import { personOf, type Requester } from "../../functions/core/policy/entities.ts";
import { type Denial, Refusal } from "../../functions/core/refusal.ts";
import type { Deciding } from "../bundle.ts";
import { type Answer, claimsOf, decideRequest, deploymentFor } from "../decide/answer.ts";
import { connectorsFor } from "../decide/connectors.ts";
import type { Request } from "../decide/request.ts";
import { type Converse, converseOf, type ProvenSession, proveSessions } from "../prove/prove-sessions.ts";
import { type Closest, closestTo } from "./closest.ts";

/** The answer to a request, and of each part of it why. */
export interface Explanation {
  readonly request: Request;
  readonly answer: Answer;
  /** None where the intent is not valid. */
  readonly pairs: readonly ExplainedPair[];
  /** One for each session policy, where a proof was asked for. */
  readonly proofs?: readonly ProvenSession[];
  readonly converse?: readonly Converse[];
}

export interface ExplainedPair {
  readonly action: string;
  readonly target: string;
  /** Where it is permitted: by which policies, on which terms. */
  readonly permitted?: Pick<Permitted, "policies" | "conditions" | "denies" | "obligations"> & {
    /** Permits among the policies: that of the agent, and that of the person for whom it asks. */
    readonly permits: readonly string[];
  };
  readonly denial?: Denial;
  /** Where no policy forbids it: the permit that nearly granted it. */
  readonly closest?: Closest;
  /** Policies under watch that would have had a say. */
  readonly shadows: readonly string[];
}

/** Explains what the service would say. @param proves true asks for a proof of each session policy too. */
export async function explain(request: Request, bundle: Deciding, proves = false): Promise<Explanation> {
  const decided = await decideRequest(request, bundle);
  const proofs = proves ? { proofs: proveSessions(decided), converse: converseOf(decided) } : {};
  return { request, answer: decided.answer, pairs: explainedPairs(request, bundle), ...proofs };
}

function explainedPairs(request: Request, bundle: Deciding): readonly ExplainedPair[] {
  try {
    const asker: Requester = { ...request, claims: claimsOf(request, bundle) };
    const connectors = connectorsFor(request.intent);
    const { accounts } = deploymentFor(request.intent, bundle);
    const details = parseIntent(JSON.stringify(request.intent), accounts, connectors);
    return spreadIntent(details, bundle.catalogue, connectors, accounts).flatMap(({ pairs }) =>
      pairs.map((pair): ExplainedPair => {
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
        const person = personOf(asker);
        // A pair that the agent may have was denied to the person.
        const denied = person && "permitted" in decide(pair, asker, bundle.engine) ? person : asker;
        const closest = isForbidden ? undefined : closestTo(pair, denied, bundle);
        return { ...base, denial, ...(closest ? { closest } : {}) };
      }),
    );
  } catch (error) {
    // The answer says what is wrong with the intent or the claims.
    if (error instanceof Refusal) return [];
    throw error;
  }
}
