import type { Workshop } from "./workshop.ts";

/**
 * Finding of a probe of an assumption about AWS. `not_known`: the probe could not run, or its result proves nothing.
 */
export type Answer = "holds" | "does_not_hold" | "not_known";

/** Answer of a probe, with what was seen. */
export interface Seen {
  readonly answer: Answer;
  readonly found: string;
}

export const holds = (found: string): Seen => ({ answer: "holds", found });
export const failsToHold = (found: string): Seen => ({ answer: "does_not_hold", found });
export const notKnown = (found: string): Seen => ({ answer: "not_known", found });

/**
 * Weight of an assumption that does not hold. `invariant`: a session may do what policies do not permit. `bound`:
 * something lives longer, or is seen later, within a fixed bound. `outage`: something is refused, and nothing opens.
 * `information`: valetkey does not rely on the assumption.
 */
export type Weight = "invariant" | "bound" | "outage" | "information";

/**
 * Ground of an assumption, apart from what a probe finds. `judge`: a program of test/judges that fails where the
 * assumption is false. `page`: a page of AWS, which states all of it or a part. `rows`: a table in this repository, each
 * row of which names its page, API model or refusal printed by AWS. `aws`: nothing but an answer of AWS shows it.
 */
export type Ground =
  | { readonly by: "judge"; readonly judge: string }
  | { readonly by: "page"; readonly page: string; readonly states: "all" | "a part" }
  | { readonly by: "rows"; readonly file: string }
  | { readonly by: "aws" };

export const AWS_ALONE: Ground = { by: "aws" };
export const page = (address: string): Ground => ({ by: "page", page: address, states: "all" });
export const partOfPage = (address: string): Ground => ({ by: "page", page: address, states: "a part" });
export const rowsOf = (file: string): Ground => ({ by: "rows", file });

/** Assumption about AWS, as SECURITY.md lists it, with its probe or the reason why it has none. */
export interface Assumption {
  /** Short name, the same in every report, so that reports can be compared. */
  readonly id: string;
  /** Weight, word by word. */
  readonly weight: Weight;
  /** Sentence of SECURITY.md, word by word. */
  readonly assumed: string;
  /** Consequence, word by word. */
  readonly follows: string;
  /** Ground of the assumption today; SECURITY.md has it too. */
  readonly restsOn: Ground;
  readonly probe: ((workshop: Workshop) => Promise<Seen>) | { readonly cannotBecause: string };
}
