import type { AgentId } from "../../../contract/agent-id.ts";
import { shareOf } from "../../core/delegation/party.ts";
import type { Ports } from "../../core/ports.ts";
import { type Limited, secondsToNextMinute } from "../../core/rate-limit.ts";
import { Refusal } from "../../core/refusal.ts";

/** Agent whose calls are counted, and whom it works for in this call: one party uses up its share, and no more. */
export interface CountedAgent {
  readonly agent: AgentId;
  /** As `partyOf` names them; absent where the agent works for itself. */
  readonly party?: string | undefined;
}

/**
 * Counts one more use of the caller's limit in this minute; refuses where it is exceeded. A party's share is counted first, so that calls beyond it do not
 * count against the agent.
 * @param who a caller with one count; or an agent, with a second one for whom it works.
 * @throws {Refusal} too_many_requests, store_unavailable.
 */
export async function countAgainstLimit(
  who: string | CountedAgent,
  what: Limited,
  most: number,
  ports: Pick<Ports, "rateLimits" | "clock">,
): Promise<void> {
  for (const each of countersOf(who, most))
    if (!(await ports.rateLimits.count(each.who, what, each.most))) throw tooFast(what, each, ports);
}

/**
 * Refuses a caller whose limit this process knows to be exceeded, without counting and without I/O. Call it before anything is issued or written.
 * @throws {Refusal} too_many_requests.
 */
export function refuseKnownFlood(
  who: string | CountedAgent,
  what: Limited,
  most: number,
  ports: Pick<Ports, "rateLimits" | "clock">,
): void {
  const over = countersOf(who, most).find((each) => ports.rateLimits.isOver(each.who, what));
  if (over) throw tooFast(what, over, ports);
}

/** Counter of a caller in a minute. */
interface Counter {
  readonly who: string;
  readonly most: number;
  /** True for one party's share of an agent's limit. */
  readonly isShare?: boolean;
}

const countersOf = (who: string | CountedAgent, most: number): readonly Counter[] => {
  if (typeof who === "string") return [{ who, most }];
  const { agent, party } = who;
  // No agent's id has a space.
  const share = party === undefined ? [] : [{ who: `${agent} ${party}`, most: shareOf(most), isShare: true }];
  return [...share, { who: agent, most }];
};

const tooFast = (what: Limited, { most, isShare = false }: Counter, ports: Pick<Ports, "clock">): Refusal =>
  new Refusal("too_many_requests", {
    say: isShare ? `At most ${most} a minute for one person or agent.` : `At most ${most} a minute.`,
    why: what,
    retryAfterSeconds: secondsToNextMinute(ports.clock.nowMs()),
  });
