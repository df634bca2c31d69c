import { isDeepStrictEqual } from "node:util";
import type { Answer } from "../../../functions/policy/decide/answer.ts";

/** One difference between two answers to a request. */
export interface Change {
  readonly what: "answer" | "denials" | "granted" | "obligations" | "session policy" | "policies" | "watched";
  readonly before: unknown;
  readonly after: unknown;
}

/** Lists the differences: another answer, other grants, obligations or session policies, or other deciding policies. */
export function changesBetween(before: Answer, after: Answer): readonly Change[] {
  if (before.answer !== after.answer) return [{ what: "answer", before: summary(before), after: summary(after) }];
  const found: Change[] = [];
  const compare = (what: Change["what"], from: unknown, to: unknown): void => {
    if (!isDeepStrictEqual(from, to)) found.push({ what, before: from, after: to });
  };
  if (before.answer === "denied" || after.answer === "denied") {
    if (before.answer === "denied" && after.answer === "denied") compare("answer", summary(before), summary(after));
    return found;
  }
  compare("granted", before.granted, after.granted);
  compare("denials", before.denials, after.denials);
  compare("obligations", before.obligations, after.obligations);
  compare(
    "session policy",
    before.sessions.map(({ policy }) => policy),
    after.sessions.map(({ policy }) => policy),
  );
  compare("policies", before.policies, after.policies);
  compare("watched", before.shadows, after.shadows);
  return found;
}

const summary = (answer: Answer): string =>
  answer.answer === "allowed"
    ? `allowed by ${answer.policies.join(", ")}`
    : `denied: ${answer.denials.map(({ action, target, reason, policy }) => `${action} on ${target}: ${reason}${policy ? ` (${policy})` : ""}`).join("; ") || answer.sentence}`;
