import { type Agent, type HaltReason, isAtLeast } from "../../core/identity/agent.ts";
import { loggedOwner } from "../../core/identity/person.ts";
import type { SignIn } from "../../core/identity/sign-in.ts";
import type { EventType, Facts } from "../../core/journal/event.ts";
import type { Ports } from "../../core/ports.ts";
import { changeAgent } from "./change-agent.ts";

const EVENT = { suspended: "agent.suspended", offboarding: "agent.offboarding" } as const satisfies Record<
  string,
  EventType
>;

/** Vote of the operator for a halt: the sign-in that is used for it, and facts for its event. */
export interface HaltVote {
  readonly signIn: SignIn;
  readonly facts: Facts;
}

/** Cause of a halt: the check that found it due, or what a person said, with their vote where the halt takes one. */
export type HaltCause =
  | { readonly check: HaltReason }
  | { readonly said: string | undefined; readonly voted?: HaltVote };

/**
 * Puts the agent into a status in which it is issued nothing, with its event and its entry in the list of halted agents. Leaves an agent unchanged
 * that has this status or a more final one, or whose reason no longer applies, so callers must look at the returned status. A reason that a person
 * gives for what is so already is recorded with an event of its own.
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
        const facts = { by, reason, owner: loggedOwner(current.owner), again: true };
        // The reason stands beside the name of the person who gave it.
        const { at, by: haltedBy } = before;
        const halted = { at, by: haltedBy, reason: said, ...(by === haltedBy ? {} : { reasonBy: by }) };
        return { agent: { ...current, halted }, type: EVENT[status], facts };
      }
      if (isAtLeast(current.status, status)) return undefined;
      // The agent was confirmed after the check that found it unconfirmed.
      if (check === "unconfirmed" && current.confirmedAt !== agent.confirmedAt) return undefined;
      const at = Math.floor(ports.clock.nowMs() / 1_000);
      const halted = { at, by, ...(reason === undefined ? {} : { reason }) };
      const facts = { by, reason, owner: loggedOwner(current.owner), ...voted?.facts };
      const also = voted ? { signIn: voted.signIn } : {};
      return { agent: { ...current, status, halted }, type: EVENT[status], facts, halt: "placed", ...also };
    },
    ports,
  );
