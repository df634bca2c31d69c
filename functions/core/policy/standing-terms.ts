import { STANDING_LIMITS } from "../../../contract/limits.ts";

/** Number of uses of an approval, and the window for them. */
export interface StandingTerms {
  /** 2 to 30. */
  readonly uses: number;
  /** Seconds from the request on; at most 30 days. */
  readonly window: number;
}

const FORM = /^([1-9][0-9]?)\/([1-9][0-9]{0,2})([hd])$/;

/**
 * Parses the terms of a standing approval: uses and window.
 * @returns the terms, or a sentence about the fault.
 * @example parseStanding("5/7d") // { uses: 5, window: 604800 }
 */
export function parseStanding(text: string): StandingTerms | string {
  const [, uses = "", count = "", unit = ""] = FORM.exec(text) ?? [];
  const terms = { uses: Number(uses), window: Number(count) * (unit === "d" ? 86_400 : 3_600) };
  return areStandingTerms(terms)
    ? terms
    : 'standing takes uses and a window, such as "5/7d": 2 to 30 uses, 1 hour to 30 days (h or d)';
}

/** True for terms within the limits. A standing approval of one use would be an ordinary one. */
export const areStandingTerms = ({ uses, window }: StandingTerms): boolean =>
  Number.isSafeInteger(uses) &&
  Number.isSafeInteger(window) &&
  uses >= 2 &&
  uses <= STANDING_LIMITS.uses &&
  window >= 3_600 &&
  window <= STANDING_LIMITS.window;

/**
 * Returns the terms that all of several allow: the fewest uses, and the shortest window; undefined where one of them
 * allows none.
 */
export function standingOfAll(all: readonly (StandingTerms | undefined)[]): StandingTerms | undefined {
  const allowed = all.filter((each) => each !== undefined);
  if (allowed.length === 0 || allowed.length < all.length) return undefined;
  return {
    uses: Math.min(...allowed.map(({ uses }) => uses)),
    window: Math.min(...allowed.map(({ window }) => window)),
  };
}
