import { Refusal } from "../refusal.ts";
import type { Claims } from "./claims.ts";

/** Actor as a token names it: the `iss` and the `sub` of the actor's own token. */
export interface NamedActor {
  readonly iss: string;
  readonly sub: string;
}

const MEMBERS: readonly string[] = ["iss", "sub"];

/**
 * Reads the one actor that a person's token allows to act (`may_act`, RFC 8693, section 4.4). The claim must be an
 * object with a `sub`, and an optional `iss`. An empty object would name everybody, and another member could be a
 * restriction that valetkey does not apply.
 * @param issuer URL of the person's own issuer, which is the actor's where `may_act` names none.
 * @throws {Refusal} actor_not_allowed.
 */
export function mayActIn(claims: Claims, issuer: string): NamedActor {
  const named = Object.hasOwn(claims, "may_act") ? claims.may_act : undefined;
  if (named === undefined) refuse("The person's token has no claim may_act");
  if (typeof named !== "object" || named === null || Array.isArray(named))
    refuse("The claim may_act must be an object");
  const { iss = issuer, sub, ...others } = named as Readonly<Record<string, unknown>>;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) refuse(`The claim may_act may have the members ${MEMBERS.join(" and ")}, and no other`);
  if (!isName(iss) || !isName(sub))
    refuse("The claim may_act must name its actor by sub, and by iss where it is of another issuer");
  return { iss, sub };
}

/** Refuses a person's token that names another actor. Both texts are compared whole. @throws {Refusal} actor_not_allowed. */
export function refuseOtherActor(named: NamedActor, actor: NamedActor): void {
  if (named.iss !== actor.iss || named.sub !== actor.sub) refuse("The claim may_act names another actor");
}

/**
 * Refuses a token in which somebody acts for somebody else, or may. Callers treat the token's subject as its only
 * party, so they would ignore such a claim.
 * @throws {Refusal} token_claims.
 */
export function refuseActorsIn(claims: Claims, names: readonly ActorClaim[] = ACTOR_CLAIMS): void {
  const found = actorClaimIn(claims, names);
  if (found === undefined) return;
  throw new Refusal("token_claims", { say: `The claim ${found} is not accepted in this token.` });
}

type ActorClaim = "act" | "may_act";
const ACTOR_CLAIMS: readonly ActorClaim[] = ["act", "may_act"];

/** Finds a claim by which somebody acts for somebody else, or may. */
export const actorClaimIn = (claims: Claims, names: readonly ActorClaim[] = ACTOR_CLAIMS): ActorClaim | undefined =>
  names.find((name) => Object.hasOwn(claims, name));

const isName = (value: unknown): value is string =>
  typeof value === "string" && value !== "" && value.length <= 1_024 && value.isWellFormed();

function refuse(say: string): never {
  throw new Refusal("actor_not_allowed", { say: `${say}.` });
}
