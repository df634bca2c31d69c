import { isEnforced } from "../core/policy/enforced.ts";
import { Budget, LIMITS, OverBudget } from "../core/proof/budget.ts";
import { Unreadable } from "../core/proof/iam-text.ts";
import { type Lost, lostCalls } from "../core/proof/lost-calls.ts";
import { emptyCache, prove, proveWithin } from "../core/proof/prove.ts";
import type { Answer, Call, Question } from "../core/proof/question.ts";
import type { Decided, DecidedSession } from "./decide/answer.ts";

/** Verdict of the validator on one session policy. */
export interface ProvenSession {
  readonly lease: string;
  /** Epoch seconds from which on the session may allow nothing. */
  readonly fenceAt: number;
  /** Number of policies that the proof used. Watched policies do not count. */
  readonly policies: number;
  readonly proof: Answer;
  /** Call that the session allows where a resource's tags have names in another case, which no proof covers; absent where there is none. */
  readonly elsewhereSpelled?: Call;
}

/**
 * Proves each session policy of an answer, as the exchange does before it issues one: within one budget for all of them.
 * @param allowance time after which proofs are given up. Without it, only its work bounds a proof, so the verdict does not depend on the machine.
 */
export function proveSessions({ sessions }: Decided, allowance = NO_TIME): readonly ProvenSession[] {
  const budget = new Budget(allowance.nowMs, limitsOf(allowance));
  return sessions.map(({ lease, question, forPerson }) => {
    const own = proveWithin(question, budget, emptyCache());
    // Every call must be permitted to the agent, and to the person for whom it acts.
    const proof = own.verdict === "proven" && forPerson ? proveWithin(forPerson, budget, emptyCache()) : own;
    const other = proof.verdict === "proven" ? proveElsewhereSpelled(question, allowance) : proof;
    return {
      lease,
      fenceAt: question.fenceAt,
      policies: enforcedIn(question),
      proof,
      ...(proof.verdict === "proven" && other.verdict === "counterexample" ? { elsewhereSpelled: other.call } : {}),
    };
  });
}

/** Converse of a proof: calls that the deciding permits promise and the text does not allow. */
export interface Converse {
  readonly lease: string;
  readonly lost: readonly Lost[] | "unknown";
}

/**
 * Searches the converse of each proof. May take longer than a proof, since nobody waits for credentials. Skips a request on behalf of a person, for
 * which the other side's policies may remove what a permit promises.
 */
export const converseOf = ({ sessions }: Decided, allowance = NO_TIME): readonly Converse[] =>
  sessions
    .filter(({ forPerson }) => forPerson === undefined)
    .map((session) => ({ lease: session.lease, lost: lostIn(session, allowance) }));

function lostIn({ question, promised }: DecidedSession, allowance: Allowance): Converse["lost"] {
  try {
    return lostCalls(question, promised, allowance.nowMs, { ...limitsOf(allowance), work: 2_000_000 });
  } catch (error) {
    if (error instanceof OverBudget || error instanceof Unreadable) return "unknown";
    throw error;
  }
}

/** Clock, and the moment at which proofs are given up; milliseconds. */
export interface Allowance {
  readonly nowMs: () => number;
  readonly untilMs: number;
}

const NO_TIME: Allowance = { nowMs: () => 0, untilMs: LIMITS.milliseconds };

const limitsOf = ({ nowMs, untilMs }: Allowance) => ({ ...LIMITS, milliseconds: Math.max(untilMs - nowMs(), 0) });

/** Proves what no exchange proves, within a budget of its own. */
const proveElsewhereSpelled = (question: Question, allowance: Allowance) =>
  prove({ ...question, spelling: "another" }, allowance.nowMs, emptyCache(), limitsOf(allowance));

const enforcedIn = ({ policies }: Question): number => policies.filter(isEnforced).length;

export const isProven = ({ proof }: ProvenSession): boolean => proof.verdict === "proven";
