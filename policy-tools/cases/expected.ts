import type { Place } from "../decide/place.ts";

/** What a case expects; what it leaves out may be anything. */
export interface Expected {
  readonly answer: "allowed" | "denied";
  /** The refusal's code: `policy_denied` unless the case says another. */
  readonly code?: string;
  /** Part of a denial's reason, or of the refusal's sentence. */
  readonly reason?: string;
  /** A policy that decided: among those that granted, or of a denial. */
  readonly policy?: string;
  /** How many denials there are. */
  readonly denials?: number;
  /** The granted details, exactly. */
  readonly granted?: readonly unknown[];
  readonly obligations?: Readonly<Record<string, unknown>>;
  /** Resources that the session policies deny, fence and network aside; in any order, exactly. */
  readonly denies?: readonly string[];
  /** Policies under watch that would have had a say, exactly: `forbid:no-fridays`. */
  readonly shadows?: readonly string[];
}

const FIELDS = ["answer", "code", "reason", "policy", "denials", "granted", "obligations", "denies", "shadows"];

/** `"allowed"`, `"denied"`, or an object that says more. @throws {Problem} that names the field. */
export function readExpected(value: unknown, place: Place): Expected {
  const given = typeof value === "string" ? { answer: value } : place.record(value, FIELDS);
  const { answer, denials } = given;
  if (answer !== "allowed" && answer !== "denied") throw place.problem('must be "allowed" or "denied"');
  if (denials !== undefined && !Number.isInteger(denials)) throw place.at("denials").problem("must be a number");
  const texts = (name: string) =>
    place
      .at(name)
      .list(given[name])
      .map((each, index) => place.at(name).at(index).text(each));
  return {
    answer,
    ...(given.code === undefined ? {} : { code: place.at("code").text(given.code) }),
    ...(given.reason === undefined ? {} : { reason: place.at("reason").text(given.reason) }),
    ...(given.policy === undefined ? {} : { policy: place.at("policy").text(given.policy) }),
    ...(typeof denials === "number" ? { denials } : {}),
    ...(given.granted === undefined ? {} : { granted: place.at("granted").list(given.granted) }),
    ...(given.obligations === undefined ? {} : { obligations: place.at("obligations").anyRecord(given.obligations) }),
    ...(given.denies === undefined ? {} : { denies: texts("denies") }),
    ...(given.shadows === undefined ? {} : { shadows: texts("shadows") }),
  };
}
