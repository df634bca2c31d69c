import { isDeepStrictEqual } from "node:util";
import type { Answer } from "../../../functions/policy/decide/answer.ts";
import { deniedResources } from "../../../functions/policy/decide/denied-resources.ts";
import type { Expected } from "./expected.ts";

/** One difference between an expectation and an answer. */
export interface Difference {
  readonly what: string;
  readonly expected: unknown;
  readonly got: unknown;
}

/** Lists the expectations of a case that the answer does not meet. */
export function differences(expected: Expected, answer: Answer): readonly Difference[] {
  if (answer.answer !== expected.answer) {
    const got = answer.answer === "allowed" ? "allowed" : `denied (${why(answer)})`;
    return [{ what: "answer", expected: expected.answer, got }];
  }
  const found: Difference[] = [];
  const check = (what: string, wanted: unknown, got: unknown, holds = isDeepStrictEqual(wanted, got)): void => {
    if (wanted !== undefined && !holds) found.push({ what, expected: wanted, got });
  };
  const { denials } = answer;
  check("denials", expected.denials, denials.length);
  if (answer.answer === "denied") {
    check("code", expected.code ?? "policy_denied", answer.code);
    const reasons = [answer.sentence, ...denials.map(({ reason }) => reason)];
    check(
      "reason",
      expected.reason,
      why(answer),
      reasons.some((reason) => reason.includes(expected.reason ?? "")),
    );
    const policies = denials.flatMap(({ policy }) => policy ?? []);
    check("policy", expected.policy, policies, policies.includes(expected.policy ?? ""));
    // A denial meets no expectation about grants.
    for (const what of ["granted", "obligations", "denies", "sessions", "labels", "shadows"] as const)
      check(what, expected[what], "nothing was granted");
    return found;
  }
  for (const what of ["code", "reason"] as const) check(what, expected[what], "it was allowed");
  check("policy", expected.policy, answer.policies, answer.policies.includes(expected.policy ?? ""));
  check("granted", expected.granted, answer.granted.map(plain));
  const obligations: Readonly<Record<string, unknown>> = { ...answer.obligations };
  for (const [name, wanted] of Object.entries(expected.obligations ?? {}))
    check(`obligations.${name}`, wanted, obligations[name] ?? null);
  check("denies", expected.denies?.toSorted(), deniedResources(answer.sessions).toSorted());
  check("sessions", expected.sessions, answer.sessions.length);
  check("labels", expected.labels?.toSorted(), answer.labels);
  check("shadows", expected.shadows?.toSorted(), answer.shadows.toSorted());
  return found;
}

const why = (answer: Extract<Answer, { answer: "denied" }>): string =>
  answer.denials.map(({ action, target, reason }) => `${action} on ${target}: ${reason}`).join("; ") || answer.sentence;

/** Returns a detail as it was requested, without the compiler's own `lease`. */
const plain = (detail: object): object =>
  Object.fromEntries(Object.entries(detail).filter(([name]) => name !== "lease"));
