import { Refusal } from "../refusal.ts";
import { hasUnseen } from "../text/plain-text.ts";
import { type Claims, claimText } from "./claims.ts";
import type { Issuer } from "./issuer.ts";

/** Person: an immutable id at one issuer. Two accounts of one human are two people. */
export interface Person {
  /** Name of a people's issuer. */
  readonly issuer: string;
  /** Value of the issuer's person claim: `oid` at Microsoft Entra ID, whose `sub` differs for each client; `sub` elsewhere. */
  readonly value: string;
}

/** Longest value of a person claim; characters. */
const PERSON_CHARACTERS = 256;

/**
 * True for a value that a person claim may have. An invisible character would make another person of the same look: an
 * owner `ada` with one would not be Ada, who could then approve what she owns.
 */
const isPersonValue = (value: string): boolean =>
  value !== "" && value.length <= PERSON_CHARACTERS && value.trim() === value && !hasUnseen(value);

/**
 * Reads the person out of a verified token.
 * @param issuer name and person claim; the claim is `sub` where none is configured.
 * @throws {Refusal} token_claims where the token does not have the claim as text.
 */
export function personIn(
  claims: Claims,
  issuer: { readonly name: string; readonly person?: string | undefined },
): Person {
  const claim = issuer.person ?? "sub";
  const value = claimText(claims, claim);
  if (value === undefined || !isPersonValue(value))
    throw new Refusal("token_claims", {
      say: `The claim ${claim}, which tells people apart, must be text of 1 to ${PERSON_CHARACTERS} characters that people see, without white space at an end.`,
    });
  return { issuer: issuer.name, value };
}

/** True for the same person: the same value at the same issuer. */
export const isSamePerson = (one: Person, other: Person): boolean =>
  one.issuer === other.issuer && one.value === other.value;

/**
 * Reads a person from `issuer|value`, as owners and journals name people.
 * @returns undefined where the text names no person of a configured people's issuer, as an e-mail address does not.
 */
export function personNamed(text: string, issuers: readonly Pick<Issuer, "name" | "kind">[]): Person | undefined {
  const bar = text.indexOf("|");
  const [issuer, value] = [text.slice(0, Math.max(0, bar)), text.slice(bar + 1)];
  const isKnown = issuers.some(({ name, kind }) => kind === "people" && name === issuer);
  return isKnown && isPersonValue(value) ? { issuer, value } : undefined;
}

/** Names a person in records: `issuer|value`. No issuer's name contains a bar. */
export const personId = ({ issuer, value }: Person): string => `${issuer}|${value}`;

/**
 * Returns an owner for a log: a person, as `issuer|value`. Before owners were people, an owner was an address or a
 * name. Nobody could erase such a text from a log, so undefined is returned for it.
 */
export const loggedOwner = (owner: string): string | undefined => (NAMES_PERSON.test(owner) ? owner : undefined);

/** Form of an owner who is a person. The issuer was configured when the owner was written. */
const NAMES_PERSON = /^[a-z0-9-]{2,32}\|./su;
