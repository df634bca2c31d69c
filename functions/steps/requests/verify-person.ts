import type { AgentId } from "../../../contract/agent-id.ts";
import { CEILING_CHARACTERS, ON_BEHALF_SECONDS } from "../../../contract/limits.ts";
import { checkClaims } from "../../core/identity/check-claims.ts";
import type { Claims } from "../../core/identity/claims.ts";
import type { Issuer } from "../../core/identity/issuer.ts";
import { issuerOf } from "../../core/identity/issuer-of.ts";
import { mayActIn, type NamedActor, refuseActorsIn, refuseOtherActor } from "../../core/identity/may-act.ts";
import type { Person } from "../../core/identity/person.ts";
import type { Detail } from "../../core/intent/detail.ts";
import { parseIntent } from "../../core/intent/parse-intent.ts";
import type { ActingConsent, OnBehalf } from "../../core/people/on-behalf.ts";
import type { Ports } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import type { TokenUse } from "../../core/tasks/tasks.ts";
import { tokenUseOf } from "./token-use-of.ts";
import { personProven } from "./verify-operator.ts";

type Needs = Pick<Ports, "deployment" | "clock" | "tokens" | "consents" | "seals" | "log" | "catalogue" | "connectors">;

/** Agent that is to act, with its issuer and subject by its own token. */
export interface Actor {
  readonly agent: { readonly id: AgentId };
  readonly named: NamedActor;
}

/** Person who has proven, by a token of their own, that this agent may act for them (B2). */
export interface ProvenPerson {
  readonly onBehalf: OnBehalf;
  readonly use: TokenUse;
}

/**
 * Verifies a person's token, which must be fresh, for this deployment's exchange, and name the agent as its actor. A
 * token may name no actor where the person has given the agent a consent. The person's identity comes from this token
 * alone, never from the agent (B3).
 * @throws {Refusal} issuer_unknown, issuer_kind, token_*, actor_not_allowed, issuer_unreachable, store_unavailable.
 */
export async function verifyPerson(token: string, { agent, named }: Actor, ports: Needs): Promise<ProvenPerson> {
  const { deployment } = ports;
  const issuer = peopleIssuerOf(token, deployment.issuers);
  const { claims, signingInputHash } = await ports.tokens.verify(token, issuer);
  const nowSeconds = ports.clock.nowMs() / 1_000;
  const checked = checkClaims(claims, issuer, deployment.audiences.exchange, nowSeconds);
  if (nowSeconds - checked.issuedAt > ON_BEHALF_SECONDS.token + issuer.skewSeconds)
    throw new Refusal("token_expired", {
      say: `A person's token opens a task within ${ON_BEHALF_SECONDS.token / 60} minutes of its issue.`,
    });
  // A token with `act` is refused: somebody already acts for the person in it.
  refuseActorsIn(claims, ["act"]);
  // A token that names another actor is refused, whatever the person has consented to.
  const isNamed = Object.hasOwn(claims, "may_act");
  if (isNamed) refuseOtherActor(mayActIn(claims, issuer.url), named);
  const ceiling = Object.hasOwn(claims, "authorization_details") ? { ceiling: ceilingIn(claims, ports) } : {};
  const { person, groups, isFirst } = personProven(claims, issuer, deployment);
  const consent = isNamed ? {} : { consent: await consentFor(person, agent.id, ports) };
  return {
    // A token from an issuer with a fast clock counts as issued now, so a cut of this moment covers it.
    onBehalf: { ...person, groups, isFirst, provenAt: Math.min(checked.issuedAt, nowSeconds), ...ceiling, ...consent },
    use: tokenUseOf(claims, signingInputHash, issuer, checked.expiresAt),
  };
}

/**
 * Reads the ceiling that a person's token sets (RFC 9396, section 9.1). Refuses a ceiling that is not understood as a
 * whole, since it could allow less than it seems.
 * @throws {Refusal} token_claims.
 */
function ceilingIn({ authorization_details: given }: Claims, ports: Needs): readonly Detail[] {
  const text = JSON.stringify(given ?? null);
  try {
    if (text.length <= CEILING_CHARACTERS) return parseIntent(text, ports);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
  throw new Refusal("token_claims", {
    say: `authorization_details in a person's token must be details that this deployment knows, in ${CEILING_CHARACTERS} characters at most.`,
  });
}

/** @throws {Refusal} actor_not_allowed where the person has given the agent no consent that is live. */
async function consentFor(person: Person, agent: AgentId, ports: Needs): Promise<ActingConsent> {
  const { liveConsent } = await import("../consents/live-consent.ts");
  const consent = await liveConsent(person, agent, ports);
  if (!consent)
    throw new Refusal("actor_not_allowed", {
      say: "The person's token has no claim may_act. No consent of the person for this agent lives.",
    });
  return { id: consent.id, agent, details: consent.details, until: consent.expiresAt };
}

/**
 * @throws {Refusal} delegation_unsupported for a token that is not from a people's issuer; issuer_kind where agents may
 * not act for the issuer's people.
 */
function peopleIssuerOf(token: string, issuers: readonly Issuer[]): Issuer {
  const issuer = personsIssuer(token, issuers);
  if (issuer.onBehalf) return issuer;
  throw new Refusal("issuer_kind", {
    say: 'Agents act for no people of this issuer, unless it has "onBehalf": true in valetkey.json.',
  });
}

function personsIssuer(token: string, issuers: readonly Issuer[]): Issuer {
  try {
    return issuerOf(token, issuers, "people");
  } catch (error) {
    if (error instanceof Refusal && error.code === "issuer_kind") throw new Refusal("delegation_unsupported");
    throw error;
  }
}
