import { createHash } from "node:crypto";
import type { Registration } from "../identity/agent.ts";
import { shapeOf } from "../identity/shapers.ts";
import type { StandingTerms } from "../policy/standing-terms.ts";

/** Standing approval as people decide about it: its terms, and the agent at the time of the request. */
export interface Standing extends StandingTerms {
  /** SHA-256 of what shapes the agent, base64url: whoever changes the agent, or resumes it, ends the approval. */
  readonly shape: string;
}

/**
 * Returns the standing approval that terms lead to now; undefined without terms.
 * @param terms terms that the agent requests and policy allows.
 */
export const standingNow = (terms: StandingTerms | undefined, agent: Registration): Standing | undefined =>
  terms && {
    uses: terms.uses,
    window: terms.window,
    shape: createHash("sha256").update(shapeOf(agent)).digest("base64url"),
  };
