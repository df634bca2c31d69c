import { type Agent, isActive } from "../core/identity/agent.ts";
import type { Detail } from "../core/intent/detail.ts";
import { type SpreadDetail, spreadIntent } from "../core/intent/spread-intent.ts";
import { decide } from "../core/policy/decide.ts";
import type { Asker } from "../core/policy/entities.ts";
import type { Ports } from "../core/ports.ts";
import { type Denial, Refusal } from "../core/refusal.ts";

declare const allowed: unique symbol;

/** An intent of which policy permits every part, to an agent that is active. */
export interface Grants {
  readonly [allowed]: true;
  readonly spread: readonly SpreadDetail[];
  /** Ids of the policies that permitted, each once. */
  readonly policies: readonly string[];
}

/** What was asked, and under which circumstances. */
export interface Ask extends Omit<Asker, "agent"> {
  readonly details: readonly Detail[];
}

/**
 * Cedar's word on every (agent, action, target, context). All of it, or nothing: I1.
 * @throws {Refusal} agent_inactive, intent_invalid, policy_denied with a denial for each part that is not permitted.
 */
export async function authoriseIntent(
  agent: Agent,
  ask: Ask,
  ports: Pick<Ports, "clock" | "catalogue" | "policies">,
): Promise<Grants> {
  if (!isActive(agent, ports.clock.nowMs() / 1_000)) throw new Refusal("agent_inactive");
  const spread = spreadIntent(ask.details, ports.catalogue);
  const permitting = new Set<string>();
  const denials: Denial[] = [];
  for (const pair of spread.flatMap(({ pairs }) => pairs)) {
    const verdict = decide(pair, { ...ask, agent }, ports.policies);
    if ("denied" in verdict) denials.push(verdict.denied);
    else for (const policy of verdict.permitted.policies) permitting.add(policy);
  }
  if (denials.length > 0) throw new Refusal("policy_denied", { denials });
  return { spread, policies: [...permitting].sort() } as unknown as Grants;
}
