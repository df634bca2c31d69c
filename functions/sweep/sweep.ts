import { type Glasses, isUndecided } from "../core/approvals/break-glass.ts";
import type { Deployment } from "../core/deployment/deployment.ts";
import type { Agents } from "../core/identity/agents.ts";
import type { Clock, Log, Ports } from "../core/ports.ts";
import { reasonOf } from "../core/refusal.ts";
import type { Halts } from "../core/revocation/halt.ts";
import type { RoleLoads } from "../core/revocation/load.ts";
import { deadBefore, type Panics, sessionsDeadBefore } from "../core/revocation/panic.ts";
import type { RevocationQueue } from "../core/revocation/roles.ts";
import type { Tasks } from "../core/tasks/tasks.ts";
import type { AskNeeds } from "../steps/agents/ask-for-rotations.ts";
import { suspendAgent } from "../steps/agents/suspend-agent.ts";
import { finishPerson } from "../steps/tasks/end-person.ts";
import { everyRole } from "../steps/tasks/every-role.ts";
import type { ReceiptNeeds } from "../steps/tasks/gather-receipt.ts";
import { type CheckNeeds, checkAgents } from "./check-agents.ts";
import { endEverything } from "./end-everything.ts";
import { finishEndings } from "./finish-endings.ts";
import { type FinishOffboardingsNeeds, finishOffboardings } from "./finish-offboardings.ts";
import { type FinishSuspensionsNeeds, finishSuspensions } from "./finish-suspensions.ts";
import { type RequestLeaseRevocationsPorts, requestLeaseRevocations } from "./request-lease-revocations.ts";
import { type SweepDuePorts, type SweptDue, sweepDue } from "./sweep-due.ts";
import { type SilencePorts, tellSilentAccounts } from "./tell-silent-accounts.ts";
import { tellUnwritableRoles } from "./tell-unwritable-roles.ts";

export interface SweepPorts
  extends Omit<SweepDuePorts, "loads">,
    EndHaltedPorts,
    Omit<RequestLeaseRevocationsPorts, "tasks">,
    AskNeeds,
    Omit<ReceiptNeeds, "loads">,
    SilencePorts {
  readonly deployment: Pick<Deployment, "accounts" | "prefix" | "recertification">;
  readonly agents: Agents;
  readonly halts: Halts;
  readonly glasses: Glasses;
  readonly revocationQueue: RevocationQueue;
  readonly loads: Pick<RoleLoads, "writes" | "reportLiving">;
}

/** Time of a sweep after which it begins no further ending of a panic; milliseconds. The function's time-out is 55 s. */
const HALTED_UNTIL_MS = 40_000;

/**
 * Runs each minute, and does all of this at the same time, so that an outage of one part does not block the others:
 * - ends tasks past their deadline;
 * - requests a new revocation policy for every role, which repairs any earlier failure;
 * - requests due revocations of connectors' credentials again;
 * - continues offboardings and suspensions, and checks the dates of agents;
 * - finishes endings that broke off;
 * - reports accounts without calls, and roles whose revocation policy cannot be written.
 */
export async function sweep(ports: SweepPorts): Promise<SweptDue> {
  const untilMs = ports.clock.nowMs() + HALTED_UNTIL_MS;
  const [due, requested, tended, halted, pendingRevocations, endings, people, silence, unwritable] =
    await Promise.allSettled([
      sweepDue(ports),
      ports.revocationQueue.send(everyRole(ports.deployment)),
      tendAgents(ports),
      endHalted(untilMs, ports),
      requestLeaseRevocations(ports),
      finishEndings(ports),
      finishPeople(ports),
      tellSilentAccounts(ports),
      tellUnwritableRoles(ports),
    ]);
  if (due.status === "rejected") throw due.reason;
  const { minutes, ended, withdrawn, failed, lagSeconds } = due.value;
  ports.log.write({
    level: failed > 0 ? "error" : "info",
    event: "swept",
    minutes,
    ended,
    withdrawn,
    failed,
    lag_seconds: lagSeconds,
  });
  if (requested.status === "rejected") throw requested.reason;
  if (tended.status === "rejected") throw tended.reason;
  if (halted.status === "rejected") throw halted.reason;
  if (pendingRevocations.status === "rejected") throw pendingRevocations.reason;
  if (endings.status === "rejected") throw endings.reason;
  if (people.status === "rejected") throw people.reason;
  if (silence.status === "rejected") throw silence.reason;
  if (unwritable.status === "rejected") throw unwritable.reason;
  return due.value;
}

interface EndHaltedPorts {
  readonly tasks: Tasks;
  readonly agents: Agents;
  readonly panics: Panics;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Ends the tasks from before a panic in the record too, as many as there is time for. Runs while everything is halted, and after the lift as long as sessions
 * from before the panic could live. Not urgent: these tasks are denied and refused already.
 * @param untilMs epoch milliseconds; the next minute continues.
 */
async function endHalted(untilMs: number, ports: EndHaltedPorts): Promise<void> {
  const panic = await ports.panics.read();
  if (sessionsDeadBefore(panic, ports.clock.nowMs() / 1_000) === Number.NEGATIVE_INFINITY) return;
  const { ended, failed, isThrough } = await endEverything(
    { openedBefore: deadBefore(panic), untilMs, by: "panic" },
    ports,
  );
  ports.log.write({ level: failed > 0 ? "error" : "info", event: "halted_swept", ended, failed, through: isThrough });
}

export interface FinishPeoplePorts {
  readonly tasks: Tasks;
  readonly clock: Clock;
  readonly log: Log;
}

/** Time for which one sweep begins further endings; milliseconds. The next sweep continues. */
const WORKING_MS = 30_000;

/**
 * Finishes each ending of everything for a person that broke off. The person's tasks get nothing meanwhile. But AWS denies their sessions, and connectors
 * revoke their credentials, only once they have ended. A failure does not block the other endings, and is retried the next minute.
 */
export async function finishPeople({ tasks, clock, log }: FinishPeoplePorts): Promise<void> {
  const untilMs = clock.nowMs() + WORKING_MS;
  for (const ending of await tasks.openPersonEndings()) {
    try {
      await finishPerson(ending, { tasks, clock }, untilMs);
    } catch (error) {
      log.write({ level: "error", event: "ending_unfinished", why: reasonOf(error) });
    }
  }
}

export type TendNeeds = CheckNeeds & FinishOffboardingsNeeds & FinishSuspensionsNeeds & SuspendUnreviewedNeeds;

/** Makes the changes of agents that no request triggers. An outage of one part does not block the others. */
async function tendAgents(ports: TendNeeds): Promise<void> {
  const [offboardings, suspensions, checks, unreviewed] = await Promise.allSettled([
    finishOffboardings(ports),
    finishSuspensions(ports),
    checkAgents(ports),
    suspendUnreviewed(ports),
  ]);
  if (offboardings.status === "rejected") throw offboardings.reason;
  if (suspensions.status === "rejected") throw suspensions.reason;
  if (checks.status === "rejected") throw checks.reason;
  if (unreviewed.status === "rejected") throw unreviewed.reason;
}

type SuspendUnreviewedNeeds = Pick<Ports, "agents" | "tasks" | "clock"> & {
  readonly glasses: Glasses;
  readonly log: Log;
};

/** Name of this check in the journal. */
const BY = "check";

/**
 * Suspends each agent for which a person broke the glass, and nobody else has reviewed that in time. A glass leaves the list only with its review, which the
 * exchange verifies. An agent that was resumed after the deadline is skipped: its resumption is a person's decision. A failure does not block the other
 * agents, and is retried the next minute.
 */
export async function suspendUnreviewed({ glasses, log, ...ports }: SuspendUnreviewedNeeds): Promise<void> {
  for (const glass of await glasses.unreviewed(ports.clock.nowMs() / 1_000)) {
    try {
      const agent = await ports.agents.record(glass.agent);
      if (agent?.status !== "active" || !isUndecided(agent, glass)) continue;
      log.write({ level: "error", event: "glass_unreviewed", agent: glass.agent });
      await suspendAgent(agent, BY, ports, { check: "unreviewed" });
    } catch (error) {
      log.write({ level: "error", event: "glass_check_failed", agent: glass.agent, why: reasonOf(error) });
    }
  }
}
