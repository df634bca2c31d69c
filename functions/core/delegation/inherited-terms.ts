import { FENCE_SECONDS } from "../../../contract/limits.ts";
import type { Delivery } from "../../../contract/names.ts";
import { type Budget, budgetsOfAll, callsOfAll } from "../budgets/budget.ts";
import { defined } from "../defined.ts";
import { OBLIGATIONS, type Obligations } from "../policy/obligations.ts";

/** Terms that a child inherits from the tasks above it, beside conditions and Denies. */
export interface InheritedTerms {
  /** Earliest deadline of the tasks above; epoch seconds. */
  readonly endsAt: number;
  /** Addresses to which sessions of the tasks above are bound; a child's sessions are bound to them too. */
  readonly allowedAddresses: readonly string[];
  /** True where some task above must have its secrets rotated after use. */
  readonly rotateAfterUse: boolean;
  /** True where some task above requires that its sessions can be revoked. */
  readonly requiresRevocation: boolean;
  /** Shortest fence of the tasks above; seconds. */
  readonly fenceSeconds: number;
  /** Set where the sessions of some task above stay in the hub, so that those below do too. */
  readonly delivery?: Delivery;
  /** Budgets of the tasks above, which count a child's grant too. */
  readonly budgets?: readonly Budget[];
  /** Budgets of signatures of the tasks above, which count a child's signatures too. */
  readonly calls?: readonly Budget[];
}

interface Parent {
  readonly openedAt: number;
  readonly expiresAt: number;
  readonly facts: { readonly sourceIp?: string };
  readonly delivery?: Delivery;
}

/** Obligations that bind the tasks below as well: all but those that ask people, since approvals are never inherited. */
type Inherited = {
  [Field in keyof typeof OBLIGATIONS]: (typeof OBLIGATIONS)[Field]["needsPerson"] extends true ? never : Field;
}[keyof typeof OBLIGATIONS];

/** Terms of a child by the obligation that they come from. An obligation that is missing here does not compile. */
const INHERIT = {
  maxTtlSeconds: ({ openedAt, expiresAt }, own, above) => ({
    endsAt: Math.min(
      openedAt + OBLIGATIONS.maxTtlSeconds.keep(own, expiresAt - openedAt),
      above?.endsAt ?? Number.POSITIVE_INFINITY,
    ),
  }),
  bindIp: ({ facts }, own, above) => ({
    allowedAddresses: [
      ...new Set([...(above?.allowedAddresses ?? []), ...OBLIGATIONS.bindIp.keep(own, facts.sourceIp)]),
    ],
  }),
  rotateAfterUse: (_, own, above) => ({
    rotateAfterUse: OBLIGATIONS.rotateAfterUse.keep(own) || (above?.rotateAfterUse ?? false),
  }),
  requiresRevocation: (_, own, above) => ({
    requiresRevocation: OBLIGATIONS.requiresRevocation.keep(own) || (above?.requiresRevocation ?? false),
  }),
  fenceSeconds: (_, own, above) => ({
    fenceSeconds: OBLIGATIONS.fenceSeconds.keep(own, above?.fenceSeconds ?? FENCE_SECONDS),
  }),
  delivery: (parent, own, above) =>
    defined({ delivery: parent.delivery ?? OBLIGATIONS.delivery.keep(own) ?? above?.delivery }),
  budgets: (_, own, above) => {
    const budgets = budgetsOfAll([above?.budgets ?? [], OBLIGATIONS.budgets.keep(own)]);
    return budgets.length === 0 ? {} : { budgets };
  },
  calls: (_, own, above) => {
    const calls = callsOfAll([above?.calls ?? [], OBLIGATIONS.calls.keep(own)]);
    return calls.length === 0 ? {} : { calls };
  },
} as const satisfies Readonly<
  Record<Inherited, (parent: Parent, own: Obligations, above: InheritedTerms | undefined) => Partial<InheritedTerms>>
>;

/** Terms of all entries together. */
type AllInherited = {
  [Field in Inherited]: (terms: ReturnType<(typeof INHERIT)[Field]>) => void;
}[Inherited] extends (terms: infer All) => void
  ? All
  : never;

/**
 * Computes a child's terms, from its parent's obligations under the current policy and from the parent's own inherited
 * terms. A policy that became stricter after the parent's opening thus applies to the child. Approvals are never
 * inherited.
 */
export function inheritedTerms(parent: Parent, own: Obligations, above: InheritedTerms | undefined): InheritedTerms {
  const terms = Object.values(INHERIT).map((inherit) => inherit(parent, own, above));
  return Object.assign({}, ...terms) as AllInherited;
}

/** Lists the budgets that count a grant: those of its own permits, and of all tasks above. */
export const budgetsIn = (terms: {
  readonly obligations: Obligations;
  readonly inherited?: InheritedTerms;
}): readonly Budget[] => budgetsOfAll([OBLIGATIONS.budgets.keep(terms.obligations), terms.inherited?.budgets ?? []]);

/** Lists the budgets that count each signature of a task: those of its own permits, and of all tasks above. */
export const callsIn = (terms: {
  readonly obligations: Obligations;
  readonly inherited?: InheritedTerms;
}): readonly Budget[] => callsOfAll([terms.inherited?.calls ?? [], OBLIGATIONS.calls.keep(terms.obligations)]);
