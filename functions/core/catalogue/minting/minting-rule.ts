/** A group of actions that mint, with the reason. */
export interface MintingRule {
  /** Reason: completes "This action is granted by name only, since ...". */
  readonly why: string;
  /**
   * Exact names, or patterns in which `*` matches any run of characters. `*:` means every service, also future ones. A
   * test checks that each matches an action of the catalogue.
   */
  readonly actions: readonly string[];
}
