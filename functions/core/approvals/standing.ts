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
 * Returns the standing approval that the requested terms lead to now; undefined where none is requested, or policy
 * allows less than these terms.
 * @param requested terms that the agent requests.
 * @param allowed terms that policy allows.
 */
export const standingNow = (
  requested: StandingTerms | undefined,
  allowed: StandingTerms | undefined,
  agent: Registration,
): Standing | undefined =>
  requested && allowed && requested.uses <= allowed.uses && requested.window <= allowed.window
    ? {
        uses: requested.uses,
        window: requested.window,
        shape: createHash("sha256").update(shapeOf(agent)).digest("base64url"),
      }
    : undefined;
