import { createHash } from "node:crypto";
import type { Registration } from "../identity/agent.ts";
import { shapeOf } from "../identity/shapers.ts";
import type { StandingTerms } from "../policy/standing-terms.ts";

/** Standing approval as people decide about it: its terms, for the agent as it was when they were asked. */
export interface Standing extends StandingTerms {
  /** SHA-256 of what shapes the agent, base64url: whoever changes the agent, or resumes it, ends the approval. */
  readonly shape: string;
}

/**
 * Returns the standing approval that these terms come to now; undefined where nobody asks for one, or policy allows less than these terms.
 * @param allowed terms that policy allows.
 */
export const standingNow = (
  asked: StandingTerms | undefined,
  allowed: StandingTerms | undefined,
  agent: Registration,
): Standing | undefined =>
  asked && allowed && asked.uses <= allowed.uses && asked.window <= allowed.window
    ? { uses: asked.uses, window: asked.window, shape: createHash("sha256").update(shapeOf(agent)).digest("base64url") }
    : undefined;
