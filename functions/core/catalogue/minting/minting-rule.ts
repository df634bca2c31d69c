/** Some actions that mint, and why. */
export interface MintingRule {
  /** Completes "This action is granted by name only, since ...". */
  readonly why: string;
  /**
   * Exact names, or patterns in which `*` stands for any run of characters; `*:` before the colon means every service, so that next year's
   * services are covered. A test holds that each matches an action of the catalogue.
   */
  readonly actions: readonly string[];
}
