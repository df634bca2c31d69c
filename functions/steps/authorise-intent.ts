import type { GrantedAws, Terms } from "../connectors/aws/plan-leases.ts";
import { type Agent, isActive } from "../core/identity/agent.ts";
import { type Detail, LIMITS } from "../core/intent/detail.ts";
import { narrowPairs, type SpreadDetail, spreadIntent } from "../core/intent/spread-intent.ts";
import { decide, type Permitted, shadowsOf } from "../core/policy/decide.ts";
import type { Asker } from "../core/policy/entities.ts";
import { grantedDetails } from "../core/policy/grant-details.ts";
import { strictest } from "../core/policy/obligations.ts";
import type { Ports } from "../core/ports.ts";
import { type Denial, Refusal } from "../core/refusal.ts";

declare const allowed: unique symbol;

/** An intent, or the part of it that policy permits, to an agent that is active. */
export interface Grants {
  readonly [allowed]: true;
  /** What was granted, as details: what was asked for, or less of it. */
  readonly details: readonly Detail[];
  readonly aws: readonly GrantedAws[];
  readonly terms: Terms;
  /** Ids of the policies that decided, each once. */
  readonly policies: readonly string[];
  /** Policies under watch that would have had a say: `forbid:no-friday-deploys`. */
  readonly shadows: readonly string[];
  /** What a narrow request was not granted. */
  readonly denials: readonly Denial[];
}

/** What was asked, and under which circumstances. */
export interface Ask extends Omit<Asker, "agent" | "atMs"> {
  readonly details: readonly Detail[];
  /** `all`: everything or nothing. `narrow`: what policy permits of it. */
  readonly mode: "all" | "narrow";
}

type Needs = Pick<Ports, "clock" | "catalogue" | "policies">;

/**
 * Cedar's word on every (agent, action, target, context): I1. All of it or nothing, unless the request says that less will do.
 * @throws {Refusal} agent_inactive, intent_invalid, policy_denied with a denial for each part that is not permitted.
 */
export async function authoriseIntent(agent: Agent, ask: Ask, ports: Needs): Promise<Grants> {
  const atMs = ports.clock.nowMs();
  if (!isActive(agent, atMs / 1_000)) throw new Refusal("agent_inactive");
  const asker: Asker = { ...ask, agent, atMs };
  const decided = spreadIntent(ask.details, ports.catalogue).map((spread) =>
    decideDetail(spread, ask.mode, asker, ports),
  );
  const permitted = decided.flatMap((each) => each.permitted);
  const denials = decided.flatMap((each) => each.denials);
  if (permitted.length === 0 || (ask.mode === "all" && denials.length > 0))
    throw new Refusal("policy_denied", { denials });
  // A part is a pair like any other; more than the limit would be granted now, and refused at every renewal.
  if (permitted.length > LIMITS.pairs) {
    throw new Refusal("intent_invalid", {
      say: `What policy permits of it comes to ${permitted.length} pairs of action and resource, and a task may have ${LIMITS.pairs}; ask for less.`,
    });
  }
  return {
    details:
      ask.mode === "all"
        ? ask.details
        : decided.flatMap((each, index) => grantedDetails(each.detail, index, each.permitted)),
    aws: awsLeases(decided),
    terms: {
      obligations: strictest(permitted.map(({ obligations }) => obligations)),
      endsWithTheHour: ports.policies.readsTime,
    },
    policies: [...new Set(permitted.flatMap(({ policies }) => policies))].sort(),
    shadows: [...new Set(decided.flatMap(({ shadows }) => shadows))].sort(),
    denials,
  } as unknown as Grants;
}

interface Decided {
  readonly detail: Detail;
  readonly permitted: readonly Permitted[];
  readonly denials: readonly Denial[];
  readonly shadows: readonly string[];
}

function decideDetail({ detail, pairs }: SpreadDetail, mode: Ask["mode"], asker: Asker, ports: Needs): Decided {
  const permitted: Permitted[] = [];
  const denials: Denial[] = [];
  const shadows: string[] = [];
  for (const pair of pairs) {
    shadows.push(...shadowsOf(pair, asker, ports.policies).map(({ policy, would }) => `${would}:${policy}`));
    const verdict = decide(pair, asker, ports.policies);
    if ("permitted" in verdict) {
      permitted.push(verdict.permitted);
      continue;
    }
    denials.push(verdict.denied.denial);
    if (mode === "all") continue;
    // Part of the set may do: each part is a request of its own.
    const parts = narrowPairs(pair, verdict.denied.narrower, ports.catalogue).map((part) =>
      decide(part, asker, ports.policies),
    );
    permitted.push(...parts.flatMap((part) => ("permitted" in part ? [part.permitted] : [])));
  }
  return { detail, permitted, denials, shadows };
}

/** One lease for each AWS detail as it was asked for; what was granted in parts before is put together again. */
function awsLeases(decided: readonly Decided[]): readonly GrantedAws[] {
  const leases = new Map<number, GrantedAws>();
  for (const [place, { detail, permitted }] of decided.entries()) {
    if (detail.type !== "aws" || permitted.length === 0) continue;
    const index = detail.lease ?? place;
    const before = leases.get(index);
    leases.set(index, { detail, index, permitted: [...(before?.permitted ?? []), ...permitted] });
  }
  return [...leases.values()];
}
