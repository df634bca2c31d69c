/** Broken glass that nobody has reviewed in time. */
export interface UnreviewedGlass {
  /** Id of the approval. */
  readonly id: string;
  readonly agent: string;
  /** Epoch seconds. */
  readonly dueAt: number;
}

/**
 * Broken glasses as the sweep, which suspends agents whose glass nobody has reviewed, works with them. It removes none: whoever has its keys could keep
 * an agent from being suspended.
 */
export interface Glasses {
  /** Lists the glasses whose review was due by then and did not come, strongly read. @param nowSeconds epoch seconds. */
  unreviewed(nowSeconds: number): Promise<readonly UnreviewedGlass[]>;
}
