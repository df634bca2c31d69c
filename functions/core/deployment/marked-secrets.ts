import type { MarkedEntry } from "./connector-type.ts";

/** Secrets of Secrets Manager with a mark: those whose name the pattern matches. */
export interface MarkedSecrets extends MarkedEntry {
  /** Name in which `*` is any text: `prod/*`. */
  readonly name: string;
}
