import { defined } from "../../functions/core/defined.ts";
import { ClientError } from "../exit-codes.ts";
import { confirmed } from "../operate/confirm.ts";
import { recordOf } from "../task/fields.ts";
import { safeUrl } from "../task/safe-url.ts";
import type { SignInPlace } from "./deployments-file.ts";

/** Most sign-ins that a hub may name. */
const MOST = 20;

/** Metadata of a hub, as far as a sign-in needs it. */
export interface HubMetadata {
  readonly sign_in?: unknown;
}

/**
 * Reads the places to sign in that a hub names. Accepts printable ASCII only. A letter of another script can look like one of a known name.
 * @throws {ClientError} unavailable
 */
export function offersIn({ sign_in: listed = [] }: HubMetadata): readonly SignInPlace[] {
  const wrong = () =>
    new ClientError(
      "unavailable",
      "answer_unreadable",
      "the hub names no usable place to sign in: give --issuer and --client-id",
    );
  if (!Array.isArray(listed) || listed.length > MOST) throw wrong();
  return listed.map((each) => {
    const { issuer, client_id: clientId, scope, resource } = recordOf(each);
    if (!isPlain(issuer) || !isPlain(clientId)) throw wrong();
    if (scope !== undefined && !(typeof scope === "string" && /^[\x21-\x7e]+( [\x21-\x7e]+)*$/.test(scope)))
      throw wrong();
    if (resource !== undefined && typeof resource !== "boolean") throw wrong();
    return {
      issuer: safeUrl(issuer, "the issuer that the hub names"),
      clientId,
      ...defined({ scope, resource }),
    };
  });
}

const isPlain = (value: unknown): value is string => typeof value === "string" && /^[\x21-\x7e]{1,2048}$/.test(value);

/** Question about a place, with what was accepted before. */
export interface Choice {
  readonly url: string;
  readonly offers: readonly SignInPlace[];
  /** Place of the last sign-in at this address. */
  readonly known: SignInPlace | undefined;
  /** Issuer that the person named. */
  readonly issuer: string | undefined;
  /** True where the person accepts the place of a first sign-in without a question (`--yes`). */
  readonly yes: boolean;
}

/**
 * Chooses where to sign in. A place that the person has used before is used again. Any other place needs the person's consent, since whoever answers
 * at the address could lead the person to a page that steals the password. A changed place is never accepted without a person at a terminal.
 * @throws {ClientError} usage, identity
 */
export async function chosenPlace({ url, offers, known, issuer, yes }: Choice): Promise<SignInPlace> {
  const fitting = offers.filter((offer) => issuer === undefined || isIssuer(offer, issuer));
  const again = known && fitting.find((offer) => isSamePlace(offer, known));
  if (again) return again;
  const [only, ...more] = fitting;
  const { host } = new URL(url);
  if (!only)
    throw usage(
      offers.length === 0
        ? `${host} does not publish where people sign in: give --issuer and --client-id, or have "cli" added to its valetkey.json`
        : `${host} does not name this issuer; it names: ${namesOf(offers)}`,
    );
  if (more.length > 0) throw usage(`${host} has several issuers of people; give --issuer, one of: ${namesOf(fitting)}`);
  const place = inWords(only);
  if (known) {
    if (
      await confirmed(
        `so far you signed in to ${host} at ${inWords(known)}; now ${host} names ${place}. Ask the people who run ${host} before you answer yes`,
      )
    )
      return only;
    throw new ClientError(
      "identity",
      "sign_in_changed",
      `${host} names another place to sign in than before: ${place}, not ${inWords(known)}. Ask the people who run ${host}; then sign in at a terminal, or with --issuer and --client-id`,
    );
  }
  if (yes || (await confirmed(`${host} has people sign in at ${place}`))) return only;
  throw usage(
    `you have not confirmed yet that people of ${host} sign in at ${place}: run this at a terminal, or give --yes, or --issuer and --client-id`,
  );
}

const isIssuer = (offer: SignInPlace, issuer: string): boolean => offer.issuer === issuer.replace(/\/+$/, "");

const isSamePlace = (one: SignInPlace, other: SignInPlace): boolean =>
  one.issuer === other.issuer &&
  one.clientId === other.clientId &&
  one.scope === other.scope &&
  (one.resource ?? true) === (other.resource ?? true);

const namesOf = (offers: readonly SignInPlace[]): string => offers.map(({ issuer }) => issuer).join(", ");

/** Describes a place in full, with the client, scope and resource of the request. */
const inWords = ({ issuer, clientId, scope, resource }: SignInPlace): string =>
  `${issuer} (client ${clientId}${scope === undefined ? "" : `, scope ${scope}`}${resource === false ? ", without a resource" : ""})`;

const usage = (sentence: string): ClientError => new ClientError("usage", "usage", sentence);
