import type { Transmitter } from "../deployment/transmitter.ts";
import type { Claims } from "../identity/claims.ts";
import type { Issuer } from "../identity/issuer.ts";
import { type Person, personNamed } from "../identity/person.ts";
import { Refusal } from "../refusal.ts";

/**
 * Header `typ` of a Security Event Token (RFC 8417, section 2.3). No other token is accepted as one, and none is
 * accepted as another token.
 */
export const SET_TYPE = "secevent+jwt";

const CAEP = "https://schemas.openid.net/secevent/caep/event-type/";
const RISC = "https://schemas.openid.net/secevent/risc/event-type/";

/** Events that end everything opened for a person before them. */
const ENDING = {
  [`${CAEP}session-revoked`]: "session-revoked",
  [`${CAEP}credential-change`]: "credential-change",
  [`${RISC}account-disabled`]: "account-disabled",
  [`${RISC}account-purged`]: "account-purged",
} as const satisfies Readonly<Record<string, string>>;
export type SignalName = (typeof ENDING)[keyof typeof ENDING];

/**
 * True for an event after which the person is gone. Their unused votes and their consents are void then, even if their
 * id is assigned again.
 */
export const isGone = (event: unknown): boolean => event === "account-disabled" || event === "account-purged";

/** Statement of a transmitter about a person. */
export interface Signal {
  readonly event: SignalName;
  readonly person: Person;
  /** Time of the event; epoch seconds, never in the future. */
  readonly at: number;
}

/**
 * Signal without an effect. `other_event`: an event that ends nothing. `foreign_subject`: a person of an issuer that
 * the transmitter does not speak for.
 */
export interface IgnoredSignal {
  readonly ignored: "other_event" | "foreign_subject";
}

/** Longest id of a token, and of an event's type; characters. */
const MAX_CHARACTERS = 512;

/**
 * Reads a verified Security Event Token. An event ends what was opened before the event's own time, so a repeated token
 * ends nothing new.
 * @param issuers issuers of the deployment; the issuer of the transmitter's people is one of them.
 * @throws {Refusal} token_audience; token_claims where it is not such a token, is from the future, or names its subject
 * otherwise than configured.
 */
export function readSignal(
  claims: Claims,
  transmitter: Transmitter,
  issuers: readonly Issuer[],
  nowSeconds: number,
): Signal | IgnoredSignal {
  const { skewSeconds } = transmitter.issuer;
  if (!isFor(claims.aud, transmitter.audience)) throw new Refusal("token_audience", { why: "aud of the signal" });
  if (typeof claims.jti !== "string" || claims.jti === "" || claims.jti.length > MAX_CHARACTERS) throw invalid("jti");
  const issuedAt = timeIn(claims.iat, "iat", nowSeconds + skewSeconds);
  const [[type, given] = ["", undefined], ...more] = Object.entries(fields(claims.events, "events"));
  if (more.length > 0 || type === "" || type.length > MAX_CHARACTERS) throw invalid("events: exactly one is expected");
  const payload = fields(given, "events");
  if (!Object.hasOwn(ENDING, type)) return { ignored: "other_event" };
  const event = ENDING[type as keyof typeof ENDING];
  const at = payload.event_timestamp ?? claims.toe;
  const happenedAt = at === undefined ? issuedAt : timeIn(at, "the event's time", nowSeconds + skewSeconds);
  const person = subjectOf(fields(claims.sub_id, "sub_id"), transmitter, issuers);
  if (person === undefined) return { ignored: "foreign_subject" };
  return { event, person, at: Math.min(happenedAt, nowSeconds) };
}

const isFor = (aud: unknown, audience: string): boolean =>
  aud === audience || (Array.isArray(aud) && aud.length === 1 && aud[0] === audience);

/** Reads a subject of the configured format, with exactly its members. @returns undefined for a person of another issuer. */
function subjectOf(subject: Fields, { people, subjects }: Transmitter, issuers: readonly Issuer[]): Person | undefined {
  const issuer = issuers.find(({ name, kind }) => name === people && kind === "people");
  const members = subjects === "iss_sub" ? ["format", "iss", "sub"] : ["format", "id"];
  if (subject.format !== subjects || Object.keys(subject).toSorted().join() !== members.join())
    throw invalid(`sub_id: only ${subjects} is taken`);
  const value = subjects === "iss_sub" ? subject.sub : subject.id;
  if (typeof value !== "string" || !value.isWellFormed()) throw invalid("sub_id");
  if (!issuer || (subjects === "iss_sub" && subject.iss !== issuer.url)) return undefined;
  const person = personNamed(`${people}|${value}`, issuers);
  if (!person) throw invalid("sub_id");
  return person;
}

/** Reads a time. @throws {Refusal} token_claims for none, and for one after `latest`. */
function timeIn(value: unknown, what: string, latest: number): number {
  if (typeof value !== "number" || !Number.isFinite(value) || value < 0) throw invalid(what);
  if (value > latest) throw invalid(`${what} is in the future`);
  return value;
}

type Fields = Readonly<Record<string, unknown>>;

function fields(value: unknown, what: string): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  throw invalid(what);
}

const invalid = (what: string): Refusal => new Refusal("token_claims", { say: `In the signal: ${what}.`, why: what });
