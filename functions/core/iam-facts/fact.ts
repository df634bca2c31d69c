/**
 * A fact of AWS that no field of the action catalogue states. Rows of these tables are reviewed by hand. The proof of
 * session policies has a reading of its own (`functions/core/proof/aws`), which imports nothing from here.
 */
export interface Fact {
  /** Page of AWS's documentation or API model, or a refusal that AWS printed. */
  readonly source: string;
  /** Consequence of a wrong or missing row. */
  readonly ifWrong: string;
}
