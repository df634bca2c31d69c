import type { Transmitter } from "../deployment/transmitter.ts";
import type { Claims } from "../identity/claims.ts";
import type { Issuer } from "../identity/issuer.ts";
import { type Person, personNamed } from "../identity/person.ts";
import { Refusal } from "../refusal.ts";

/** Header `typ` of a Security Event Token (RFC 8417, section 2.3): no other token passes for one, and one for no other. */
export const SET_TYPE = "secevent+jwt";

const CAEP = "https://schemas.openid.net/secevent/caep/event-type/";
const RISC = "https://schemas.openid.net/secevent/risc/event-type/";

/** Events that end what was opened for a person before them. */
const ENDING = {
  [`${CAEP}session-revoked`]: "session-revoked",
  [`${CAEP}credential-change`]: "credential-change",
  [`${RISC}account-disabled`]: "account-disabled",
  [`${RISC}account-purged`]: "account-purged",
} as const satisfies Readonly<Record<string, string>>;
export type SignalName = (typeof ENDING)[keyof typeof ENDING];

/** True for an event after which the person is gone: nothing that they gave is good any more, whoever gets their id. */
export const isGone = (event: unknown): boolean => event === "account-disabled" || event === "account-purged";

/** Statement of a transmitter about a person. */
export interface Signal {
  readonly event: SignalName;
  readonly person: Person;
  /** Time of the event; epoch seconds, never in the future. */
  readonly at: number;
}

/** Signal from which nothing follows. `other_event`: nothing that ends anything. `foreign_subject`: a person of whom the transmitter may not speak. */
export interface IgnoredSignal {
  readonly ignored: "other_event" | "foreign_subject";
}

/** Longest id of a token, and of an event's type; characters. */
const MOST = 512;

/**
 * Reads a verified Security Event Token. An event ends what was opened before its own time, so that a token that comes again ends nothing new.
 * @param issuers issuers of the deployment, of which the transmitter's people's issuer is one.
 * @throws {Refusal} token_audience; token_claims where it is not such a token, is from the future, or names its subject otherwise than configured.
 */
export function readSignal(
  claims: Claims,
  transmitter: Transmitter,
  issuers: readonly Issuer[],
  nowSeconds: number,
): Signal | IgnoredSignal {
  const { skewSeconds } = transmitter.issuer;
  if (!isFor(claims.aud, transmitter.audience)) throw new Refusal("token_audience", { why: "aud of the signal" });
  if (typeof claims.jti !== "string" || claims.jti === "" || claims.jti.length > MOST) throw odd("jti");
  const issuedAt = timeIn(claims.iat, "iat", nowSeconds + skewSeconds);
  const [[type, given] = ["", undefined], ...more] = Object.entries(fields(claims.events, "events"));
  if (more.length > 0 || type === "" || type.length > MOST) throw odd("events: exactly one is expected");
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
    throw odd(`sub_id: only ${subjects} is taken`);
  const value = subjects === "iss_sub" ? subject.sub : subject.id;
  if (typeof value !== "string" || !value.isWellFormed()) throw odd("sub_id");
  if (!issuer || (subjects === "iss_sub" && subject.iss !== issuer.url)) return undefined;
  const person = personNamed(`${people}|${value}`, issuers);
  if (!person) throw odd("sub_id");
  return person;
}

/** Reads a time. @throws {Refusal} token_claims for none, and for one after `latest`. */
function timeIn(value: unknown, what: string, latest: number): number {
  if (typeof value !== "number" || !Number.isFinite(value) || value < 0) throw odd(what);
  if (value > latest) throw odd(`${what} is in the future`);
  return value;
}

type Fields = Readonly<Record<string, unknown>>;

function fields(value: unknown, what: string): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  throw odd(what);
}

const odd = (what: string): Refusal => new Refusal("token_claims", { say: `In the signal: ${what}.`, why: what });
