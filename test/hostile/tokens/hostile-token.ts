import type { RefusalCode } from "../../../contract/refusals.ts";
import type { HostileWorld } from "../hostile-world.ts";

/** One row of the table: a token with one thing changed, and the refusal that it must get. */
export interface HostileToken {
  /** Completes "refuses ...". */
  readonly what: string;
  readonly token: (world: HostileWorld) => string;
  readonly refused: RefusalCode;
  /** Action of the attacker or of the issuer before the token is shown. */
  readonly before?: (world: HostileWorld) => void | Promise<void>;
  /** True for an agent's own used token. Refusing such a token is a decision, and is written to the journal. */
  readonly ofAnAgent?: true;
}

/** Rows that differ in one header member. */
export const headerRows = (
  rows: readonly (readonly [what: string, header: Readonly<Record<string, unknown>>])[],
  refused: RefusalCode,
): readonly HostileToken[] => rows.map(([what, header]) => ({ what, refused, token: ({ mint }) => mint({ header }) }));

/** Rows that differ in one claim. The issuer signs each token. */
export const claimRows = (
  rows: readonly (readonly [what: string, claims: Readonly<Record<string, unknown>>])[],
  refused: RefusalCode,
  issuer = "robots",
): readonly HostileToken[] =>
  rows.map(([what, claims]) => ({ what, refused, token: ({ mint }) => mint({ claims, issuer }) }));

/** Rows that differ in the payload's own bytes. */
export const payloadRows = (
  rows: readonly (readonly [
    what: string,
    payload: (claims: Readonly<Record<string, unknown>>) => string | Buffer,
    refused: RefusalCode,
  ])[],
): readonly HostileToken[] =>
  rows.map(([what, payload, refused]) => ({ what, refused, token: ({ mint }) => mint({ payload }) }));
