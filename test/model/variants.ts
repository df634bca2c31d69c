/** Sets of acts that a model plays in one check, each with the model: `docs/model/<model>.pml`. */
export const WORLDS = {
  OPENINGS: "revocation",
  RENEWALS: "revocation",
  WRITES: "revocation",
  LABELS: "labels",
} as const;
export type World = keyof typeof WORLDS;
export type ModelName = (typeof WORLDS)[World];

/** Property of a model, as its `FAULT` lines name it. */
type Property = "P1_bound" | "P1_fence" | "P1_alive_below" | "P2_returned" | "P3_revived" | "P3_killed" | "I11";

/** A model without one guard. The checker has to find a violation of the property. */
export interface Variant {
  readonly world: World;
  /** Switch that removes the guard. */
  readonly without: string;
  /** Further switch, that leaves out runs. */
  readonly within?: "OUTAGE";
  readonly violates: Property;
  readonly is: string;
}

export const VARIANTS = {
  "unread-opening": {
    world: "OPENINGS",
    without: "NO_STRONG_READ",
    violates: "P1_bound",
    is: "a vend makes no strong reads after its write",
  },
  "unread-renewal": {
    world: "RENEWALS",
    without: "NO_STRONG_READ",
    violates: "P3_revived",
    is: "a renewal makes no strong reads after its write",
  },
  "unread-renewal-in-outage": {
    world: "RENEWALS",
    without: "NO_STRONG_READ",
    within: "OUTAGE",
    violates: "P1_fence",
    is: "the same, while IAM takes no writes",
  },
  "list-first": {
    world: "OPENINGS",
    without: "LIST_FIRST",
    violates: "P1_alive_below",
    is: "an ending lists what is below before it writes",
  },
  "role-not-taken": {
    world: "WRITES",
    without: "NO_TAKE",
    violates: "P2_returned",
    is: "a writer writes without taking the role",
  },
  "role-not-held": {
    world: "WRITES",
    without: "NO_HOLD",
    violates: "P2_returned",
    is: "the role is free right after a write of unknown outcome",
  },
  "cut-without-margin": {
    world: "OPENINGS",
    without: "NO_MARGIN",
    violates: "P3_killed",
    is: "the cut lacks the difference of clocks",
  },
  "broad-exception": {
    world: "WRITES",
    without: "BROAD_EXCEPT",
    violates: "P3_revived",
    is: "an exception from the cut ends in `.*`",
  },
  "copies-by-issue-time": {
    world: "WRITES",
    without: "BY_ISSUE_TIME",
    violates: "P3_revived",
    is: "the cut goes by the issue time of a session",
  },
  "unread-label": {
    world: "LABELS",
    without: "NO_READ",
    violates: "I11",
    is: "an opening does not read the other label after its write",
  },
  "unread-label-again": {
    world: "LABELS",
    without: "NO_READ_AGAIN",
    violates: "I11",
    is: "a renewal does not read the other label after its write",
  },
  "freed-by-end": {
    world: "LABELS",
    without: "FREED_BY_END",
    violates: "I11",
    is: "the end of a task frees its label",
  },
  "label-without-margin": {
    world: "LABELS",
    without: "NO_MARGIN",
    violates: "I11",
    is: "a label is free without the difference of clocks",
  },
  "one-record": {
    world: "LABELS",
    without: "ONE_RECORD",
    violates: "I11",
    is: "a renewal replaces the record of the keys before",
  },
} as const satisfies Record<string, Variant>;

export type VariantName = keyof typeof VARIANTS;
export const VARIANT_NAMES = Object.keys(VARIANTS) as readonly VariantName[];
