import type { Obligations } from "../policy/obligations.ts";

/** Terms that a child inherits from the tasks above it, beside conditions and Denies. */
export interface InheritedTerms {
  /** Earliest deadline of the tasks above; epoch seconds. */
  readonly endsAt: number;
  /** Addresses to which sessions of the tasks above are bound; a child's sessions are bound to them too. */
  readonly allowedAddresses: readonly string[];
  /** True where some task above must have its secrets rotated after use. */
  readonly rotateAfterUse: boolean;
}

interface Parent {
  readonly openedAt: number;
  readonly expiresAt: number;
  readonly facts: { readonly sourceIp?: string };
}

/**
 * Computes a child's terms, from its parent's obligations under the current policy and from the parent's own inherited
 * terms. A policy that became stricter after the parent's opening thus applies to the child. Approvals are never
 * inherited.
 */
export const inheritedTerms = (
  { openedAt, expiresAt, facts }: Parent,
  { maxTtlSeconds = Number.POSITIVE_INFINITY, bindIp, rotateAfterUse }: Obligations,
  above: InheritedTerms | undefined,
): InheritedTerms => ({
  endsAt: Math.min(expiresAt, openedAt + maxTtlSeconds, above?.endsAt ?? Number.POSITIVE_INFINITY),
  allowedAddresses: [
    ...new Set([
      ...(above?.allowedAddresses ?? []),
      ...(bindIp && facts.sourceIp !== undefined ? [facts.sourceIp] : []),
    ]),
  ],
  rotateAfterUse: rotateAfterUse || (above?.rotateAfterUse ?? false),
});
