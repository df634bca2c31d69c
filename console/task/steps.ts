import type { LedgerRow } from "../../contract/ledger.ts";

/** Step from the request to the call, with the number of actions on resources that reached it. */
export interface Step {
  readonly step: "asked" | "granted" | "used" | "denied";
  readonly count: number;
}

/** Counts the rows of a ledger by step: requested, granted, used, and denied by AWS. */
export const stepsOf = (rows: readonly Pick<LedgerRow, "asked" | "granted" | "used" | "denied">[]): readonly Step[] => [
  { step: "asked", count: rows.filter(({ asked }) => asked).length },
  { step: "granted", count: rows.filter(({ granted }) => granted).length },
  { step: "used", count: rows.filter(({ used }) => used > 0).length },
  { step: "denied", count: rows.filter(({ denied }) => denied > 0).length },
];
