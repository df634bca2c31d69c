import { quotedWord } from "../../contract/decision/typed-command.ts";
import type { ReadAnswer } from "../../contract/operations.ts";

/** Consent as the API answers it. Purpose and names were written by others. */
export type Consent = ReadAnswer<"GET /v1/consents/{consent}">;

/** Answer to a choice of consents. */
export type ConsentsAnswer = ReadAnswer<"GET /v1/consents"> | Consent;

const [DAY_SECONDS, HOUR_SECONDS] = [86_400, 3_600];

/** Writes the remaining life of a consent, rounded: a fresh one of a week has 7 days. @example leftInWords(90_000) // "1 day left" */
export function leftInWords(seconds: number): string {
  if (seconds <= 0) return "expired";
  if (seconds < HOUR_SECONDS) return "less than an hour left";
  const [count, unit] = seconds < DAY_SECONDS ? [seconds / HOUR_SECONDS, "hour"] : [seconds / DAY_SECONDS, "day"];
  const whole = Math.round(count);
  return `${whole} ${unit}${whole === 1 ? "" : "s"} left`;
}

/** Consents that a page shows: one's own, those of another person, or one by its id. */
export type Shown =
  | { readonly of: "own" }
  | { readonly of: "person"; readonly person: string }
  | { readonly of: "consent"; readonly id: string };

/** Reads the choice of consents from the page's address. */
export function shownAt(id: string): Shown {
  if (/^[0-9a-f]{32}$/.test(id)) return { of: "consent", id };
  try {
    return id === "" ? { of: "own" } : { of: "person", person: decodeURIComponent(id) };
  } catch {
    return { of: "person", person: id };
  }
}

/** Writes the address of the page for a typed person or id. */
export const addressOf = (typed: string): string =>
  typed.trim() === "" ? "/consents" : `/consents/${encodeURIComponent(typed.trim())}`;

/** Path of the API for a choice of consents. */
export const pathOf = (shown: Shown): string =>
  shown.of === "consent"
    ? `/v1/consents/${shown.id}`
    : shown.of === "own"
      ? "/v1/consents"
      : `/v1/consents?person=${encodeURIComponent(shown.person)}`;

/** Command that shows the same consents. */
export const commandOf = (shown: Shown): string =>
  shown.of === "consent"
    ? `npx valetkey consents show ${shown.id}`
    : shown.of === "own"
      ? "npx valetkey consents"
      : `npx valetkey consents --person ${quotedWord(shown.person)}`;

/** Lists the consents of an answer: a list, or one consent by its id. */
export const consentsIn = (answer: ConsentsAnswer): readonly Consent[] =>
  "consents" in answer ? answer.consents : [answer];
