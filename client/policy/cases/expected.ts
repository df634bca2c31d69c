import { defined } from "../../../functions/core/defined.ts";
import type { Place } from "../../../functions/policy/decide/place.ts";
import { readAll, readEach } from "../../../functions/policy/decide/read-all.ts";

/** Expectation of a case. An absent field may have any value. */
export interface Expected {
  readonly answer: "allowed" | "denied";
  /** Code of the refusal; `policy_denied` by default. */
  readonly code?: string;
  /** Part of a denial's reason, or of the refusal's sentence. */
  readonly reason?: string;
  /** Policy that decided: one of those that granted, or that of a denial. */
  readonly policy?: string;
  /** Number of denials. */
  readonly denials?: number;
  /** The granted details, exactly. */
  readonly granted?: readonly unknown[];
  readonly obligations?: Readonly<Record<string, unknown>>;
  /** Resources that the session policies deny, fence and network aside; in any order, exactly. */
  readonly denies?: readonly string[];
  /** Number of AWS sessions that the intent comes to. */
  readonly sessions?: number;
  /** Labels of the grant that are in a conflict; in any order, exactly. */
  readonly labels?: readonly string[];
  /** Watched policies (`@mode("shadow")`) that would have decided, exactly: `forbid:no-fridays`. */
  readonly shadows?: readonly string[];
}

const FIELDS = [
  "answer",
  "code",
  "reason",
  "policy",
  "denials",
  "granted",
  "obligations",
  "denies",
  "sessions",
  "labels",
  "shadows",
];

/** Reads `"allowed"`, `"denied"`, or an object with more expectations. @throws {Problem} that names the field. */
export function readExpected(value: unknown, place: Place): Expected {
  const given: Readonly<Record<string, unknown>> =
    typeof value === "string" ? { answer: value } : place.record(value, FIELDS);
  const text = (name: string, value: unknown) => place.at(name).text(value);
  const list = (name: string, value: unknown) => place.at(name).list(value);
  const texts = (name: string, value: unknown) =>
    readEach(list(name, value), (each, index) => place.at(name).at(index).text(each));
  const read =
    <T>(name: string, as: (name: string, value: unknown) => T) =>
    (): T | undefined =>
      given[name] === undefined ? undefined : as(name, given[name]);
  const { answer, ...others } = readAll({
    answer: () => answerIn(given.answer, place),
    code: read("code", text),
    reason: read("reason", text),
    policy: read("policy", text),
    denials: read("denials", (name, value) => numberIn(value, place.at(name))),
    granted: read("granted", list),
    obligations: read("obligations", (name, value) => place.at(name).anyRecord(value)),
    denies: read("denies", texts),
    sessions: read("sessions", (name, value) => numberIn(value, place.at(name))),
    labels: read("labels", texts),
    shadows: read("shadows", texts),
  });
  return { answer, ...stated(others) };
}

function answerIn(value: unknown, place: Place): Expected["answer"] {
  if (value === "allowed" || value === "denied") return value;
  throw place.problem('must be "allowed" or "denied"');
}

function numberIn(value: unknown, place: Place): number {
  if (typeof value === "number" && Number.isInteger(value)) return value;
  throw place.problem("must be a number");
}

type Optional = { readonly [Name in keyof Expected]?: Expected[Name] | undefined };

/** Returns the case's fields, without those that the case leaves open. */
const stated = ({
  code,
  reason,
  policy,
  denials,
  granted,
  obligations,
  denies,
  sessions,
  labels,
  shadows,
}: Optional): Omit<Expected, "answer"> => ({
  ...defined({ code, reason, policy, denials, granted, obligations, denies, sessions, labels, shadows }),
});
