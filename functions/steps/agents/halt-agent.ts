import { type Agent, type HaltReason, isAtLeast } from "../../core/identity/agent.ts";
import type { EventType } from "../../core/journal/event.ts";
import type { Ports } from "../../core/ports.ts";
import { changeAgent } from "./change-agent.ts";

const EVENT = { suspended: "agent.suspended", offboarding: "agent.offboarding" } as const satisfies Record<
  string,
  EventType
>;

/**
 * Puts the agent into a status in which it is issued nothing, with its event and its entry in the list of halted agents. Leaves an agent unchanged
 * that has this status or a more final one, or whose reason no longer applies, so callers must look at the returned status.
 * @param by who requested it: an operator, an event's source, a check.
 * @throws {Refusal} agent_not_found, contended, store_unavailable.
 */
export const haltAgent = (
  agent: Agent,
  status: keyof typeof EVENT,
  by: string,
  reason: HaltReason | undefined,
  ports: Pick<Ports, "agents" | "clock">,
): Promise<Agent> =>
  changeAgent(
    agent,
    (current) => {
      if (isAtLeast(current.status, status)) return undefined;
      // The agent was confirmed after the check that found it unconfirmed.
      if (reason === "unconfirmed" && current.confirmedAt !== agent.confirmedAt) return undefined;
      const at = Math.floor(ports.clock.nowMs() / 1_000);
      const halted = { at, by, ...(reason === undefined ? {} : { reason }) };
      const facts = { by, reason, owner: current.owner };
      return { agent: { ...current, status, halted }, type: EVENT[status], facts, halt: "placed" };
    },
    ports,
  );
