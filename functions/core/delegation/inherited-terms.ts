import type { Obligations } from "../policy/obligations.ts";

/** What a child takes over from the tasks above it, beside conditions and Denies. */
export interface InheritedTerms {
  /** The earliest of their deadlines; epoch seconds. */
  readonly endsAt: number;
  /** Addresses that sessions of theirs are bound to: a child's is bound to the same. */
  readonly boundTo: readonly string[];
  readonly rotateAfterUse: boolean;
}

interface Parent {
  readonly openedAt: number;
  readonly expiresAt: number;
  readonly facts: { readonly sourceIp?: string };
}

/**
 * The terms of a child, from its parent's obligations as they are decided now and from what the parent has inherited itself.
 * Policy may have become stricter since the parent was opened: then that holds for the child too. An approval is never inherited.
 */
export const inheritedTerms = (
  { openedAt, expiresAt, facts }: Parent,
  { maxTtlSeconds = Number.POSITIVE_INFINITY, bindIp, rotateAfterUse }: Obligations,
  above: InheritedTerms | undefined,
): InheritedTerms => ({
  endsAt: Math.min(expiresAt, openedAt + maxTtlSeconds, above?.endsAt ?? Number.POSITIVE_INFINITY),
  boundTo: [
    ...new Set([...(above?.boundTo ?? []), ...(bindIp && facts.sourceIp !== undefined ? [facts.sourceIp] : [])]),
  ],
  rotateAfterUse: rotateAfterUse || (above?.rotateAfterUse ?? false),
});
