import type { FactsOf } from "../../../contract/journal-events.ts";
import type { EventType } from "../../../contract/journal-types.ts";
import { defined } from "../../core/defined.ts";
import { type Agent, type HaltReason, isAtLeast, isDecidedSince } from "../../core/identity/agent.ts";
import { loggedOwner } from "../../core/identity/person.ts";
import type { SignIn } from "../../core/identity/sign-in.ts";
import type { Ports } from "../../core/ports.ts";
import { changeAgent } from "./change-agent.ts";

const EVENT = { suspended: "agent.suspended", offboarding: "agent.offboarding" } as const satisfies Record<
  string,
  EventType
>;

/** Vote of the operator for a halt: the sign-in that is used for it, and facts for its event. */
export interface HaltVote {
  readonly signIn: SignIn;
  readonly facts: Pick<FactsOf<"agent.suspended">, "step_up">;
}

/**
 * Cause of a halt: the check that found it due, the moment of what was reported about the agent (epoch seconds), or a
 * person's reason, with a vote where one is required.
 */
export type HaltCause =
  | { readonly check: HaltReason }
  | { readonly reportedAt: number }
  | { readonly said: string | undefined; readonly voted?: HaltVote };

/**
 * Halts an agent, to which nothing is issued any more: changes its status, with the event and the entry in the list of
 * halted agents. Leaves an agent unchanged that has this status or a more final one, or whose reason no longer applies:
 * its owner has confirmed it since the check, or a person has resumed it since the reported moment.
 * Callers must therefore look at the returned status. A person's new reason for an existing halt is recorded with an
 * event of its own.
 * @param by who requested it: an operator, an event's source, a check.
 * @throws {Refusal} agent_not_found, contended, store_unavailable.
 */
export const haltAgent = (
  agent: Agent,
  status: keyof typeof EVENT,
  by: string,
  cause: HaltCause | undefined,
  ports: Pick<Ports, "agents" | "clock">,
): Promise<Agent> =>
  changeAgent(
    agent,
    (current) => {
      const check = cause && "check" in cause ? cause.check : undefined;
      const { said, voted } = cause && "said" in cause ? cause : {};
      const reason = check ?? said;
      const { halted: before } = current;
      if (current.status === status && said !== undefined && before && before.reason !== said) {
        const facts = { by, reason, owner: loggedOwner(current.owner), again: true } as const;
        // Records who gave the new reason, where that is not the person who halted the agent.
        const { at, by: haltedBy } = before;
        const halted = { at, by: haltedBy, reason: said, ...(by === haltedBy ? {} : { reasonBy: by }) };
        return { agent: { ...current, halted }, type: EVENT[status], facts };
      }
      if (isAtLeast(current.status, status)) return undefined;
      // The agent was confirmed after the check that found it unconfirmed.
      if (check === "unconfirmed" && current.confirmedAt !== agent.confirmedAt) return undefined;
      if (cause && "reportedAt" in cause && isDecidedSince(current, cause.reportedAt)) return undefined;
      const at = Math.floor(ports.clock.nowMs() / 1_000);
      const halted = { at, by, ...defined({ reason }) };
      const facts = { by, reason, owner: loggedOwner(current.owner), ...voted?.facts };
      const also = voted ? { signIn: voted.signIn } : {};
      return { agent: { ...current, status, halted }, type: EVENT[status], facts, halt: "placed", ...also };
    },
    ports,
  );
