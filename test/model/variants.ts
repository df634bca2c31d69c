/** Set of acts that the model plays in one check (docs/model/revocation.pml). */
export const WORLDS = ["OPENINGS", "RENEWALS", "WRITES"] as const;
type World = (typeof WORLDS)[number];

/** Property of the model, as its `FAULT` lines name it. */
type Property = "P1_bound" | "P1_fence" | "P1_alive_below" | "P2_returned" | "P3_revived" | "P3_killed";

/** Model without one guard. The checker has to find a violation of the property. */
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
} as const satisfies Record<string, Variant>;

export type VariantName = keyof typeof VARIANTS;
export const VARIANT_NAMES = Object.keys(VARIANTS) as readonly VariantName[];
