/** A group of actions that mint, with the reason. */
export interface MintingRule {
  /** Reason: completes "This action is granted by name only, since ...". */
  readonly why: string;
  /** Pages of AWS's documentation by which rows are reviewed. */
  readonly source: string;
  /**
   * Rows of actions that no API model and no page of AWS describes, but for one line of the Service Authorization
   * Reference. They were judged by their names, and refuse more where the judgement is wrong.
   */
  readonly byName?: readonly string[];
  /** Consequence of a missing row. A row too many refuses what a permit on a group would grant. */
  readonly ifWrong: string;
  /**
   * Exact names, or patterns in which `*` matches any run of characters. `*:` means every service, also future ones. A
   * test checks that each matches an action of the catalogue.
   */
  readonly actions: readonly string[];
}
