/** Broken glass that nobody has reviewed in time. */
export interface UnreviewedGlass {
  /** Id of the approval. */
  readonly id: string;
  readonly agent: string;
  /** Epoch seconds. */
  readonly dueAt: number;
}

/**
 * Broken glasses, as the sweep suspends agents whose glass nobody has reviewed. The sweep removes none: whoever has its
 * keys could otherwise prevent an agent's suspension.
 */
export interface Glasses {
  /** Lists the glasses whose review was due by then and did not come, strongly read. @param nowSeconds epoch seconds. */
  unreviewed(nowSeconds: number): Promise<readonly UnreviewedGlass[]>;
}
