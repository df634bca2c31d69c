import { type Agent, type HaltReason, isAtLeast } from "../../core/identity/agent.ts";
import type { EventType } from "../../core/journal/event.ts";
import type { Ports } from "../../core/ports.ts";
import { changeAgent } from "./change-agent.ts";

const EVENT = { suspended: "agent.suspended", offboarding: "agent.offboarding" } as const satisfies Record<
  string,
  EventType
>;

/**
 * The agent, in a status in which it is given nothing, with its event and its entry in the list of halted agents. One that is in this
 * status or a more final one stays as it is, and so does one whose reason went away meanwhile: look at its status.
 * @param by who asked for it: an operator, an event's source, a check.
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
      // It was confirmed while a check that found it unconfirmed was on its way.
      if (reason === "unconfirmed" && current.confirmedAt !== agent.confirmedAt) return undefined;
      const at = Math.floor(ports.clock.nowMs() / 1_000);
      const halted = { at, by, ...(reason === undefined ? {} : { reason }) };
      const facts = { by, reason, owner: current.owner };
      return { agent: { ...current, status, halted }, type: EVENT[status], facts, halt: "placed" };
    },
    ports,
  );
