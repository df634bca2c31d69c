import { brand } from "../../core/brand.ts";
import { isActive, type KnownAgent } from "../../core/identity/agent.ts";
import { agentsBoundTo, type BoundAgent, isBoundBy } from "../../core/identity/bindings.ts";
import { checkClaims } from "../../core/identity/check-claims.ts";
import { claimsNamed } from "../../core/identity/claims.ts";
import { issuerOf } from "../../core/identity/issuer-of.ts";
import { type NamedActor, refuseActorsIn } from "../../core/identity/may-act.ts";
import type { OnBehalf } from "../../core/people/on-behalf.ts";
import type { Ports } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import type { TokenUse } from "../../core/tasks/tasks.ts";
import { tokenUseOf } from "./token-use-of.ts";

declare const proven: unique symbol;

/** Agent that has proven its identity, with a token for this deployment. */
export interface Identity {
  readonly [proven]: true;
  readonly agent: KnownAgent;
  /** `issuer|sub` of the token, as the record names it. */
  readonly subject: string;
  /** Claims that policies read, untruncated. */
  readonly claims: Readonly<Record<string, string>>;
  /** Names of claims that policies read and the token lacks. */
  readonly absent: readonly string[];
  readonly use: TokenUse;
  /** Issuer and subject of the token, in the form in which a person's token names its actor. */
  readonly named: NamedActor;
}

/** Agent with the person for whom it acts; without a person, where it acts for itself. */
export interface Caller extends Identity {
  readonly onBehalf: OnBehalf | undefined;
  /** Whom the agent works for, as `partyOf` names them; absent where it works for itself. */
  readonly party?: string | undefined;
}

type Needs = Pick<Ports, "deployment" | "policies" | "clock" | "tokens" | "agents">;

/**
 * Verifies a token and finds the one agent that it identifies. Checks issuer, signature and claims before the bindings, so that strangers cause no
 * reads.
 * @param audience required `aud`, by the kind of route.
 * @throws {Refusal} issuer_unknown, issuer_kind, token_*, agent_unknown, agent_ambiguous, issuer_unreachable.
 */
export async function verifyIdentity(token: string, audience: string, ports: Needs): Promise<Identity> {
  const issuer = issuerOf(token, ports.deployment.issuers, "agents");
  const { claims, signingInputHash } = await ports.tokens.verify(token, issuer);
  const nowSeconds = ports.clock.nowMs() / 1_000;
  const checked = checkClaims(claims, issuer, audience, nowSeconds);
  // An actor for the agent, or a person for whom it acts, must present a token of their own. The agent's token may not
  // name them.
  refuseActorsIn(claims);

  // An old list suffices where it leads to one active agent. The agent's registration, and not the list, proves whose
  // the token is.
  const leads = async (old: readonly BoundAgent[]): Promise<boolean> => {
    const [id, ...others] = agentsBoundTo(claims, old);
    const agent = id === undefined || others.length > 0 ? undefined : await ports.agents.find(id);
    return agent !== undefined && isActive(agent, nowSeconds) && isBoundBy(agent.bindings, issuer.name, claims);
  };
  const candidates = await ports.agents.withBinding(issuer.name, checked.pinned, leads);
  const [bound, ...others] = agentsBoundTo(claims, candidates);
  if (bound === undefined) throw new Refusal("agent_unknown");
  if (others.length > 0) throw new Refusal("agent_ambiguous", { why: [bound, ...others].join(", ") });
  const agent = await ports.agents.find(bound);
  // The index only led to the agent. The registration itself must have the binding.
  if (!agent || !isBoundBy(agent.bindings, issuer.name, claims)) throw new Refusal("agent_unknown", { why: bound });

  const policyClaims = claimsNamed(claims, ports.policies.claims);
  const absent: readonly string[] = ports.policies.claims.filter((name) => !Object.hasOwn(policyClaims, name));
  return brand<Identity>({
    agent,
    subject: `${issuer.name}|${checked.subject}`,
    claims: policyClaims,
    absent,
    use: tokenUseOf(claims, signingInputHash, issuer, checked.expiresAt),
    named: { iss: issuer.url, sub: checked.subject },
  });
}
