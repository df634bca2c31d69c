import type { Glasses } from "../core/approvals/glasses.ts";
import type { Deployment } from "../core/deployment/deployment.ts";
import type { Agents } from "../core/identity/agents.ts";
import type { Halts } from "../core/revocation/halt.ts";
import type { RevocationQueue } from "../core/revocation/roles.ts";
import type { AskNeeds } from "../steps/agents/ask-for-rotations.ts";
import { everyRole } from "../steps/tasks/every-role.ts";
import type { ReceiptNeeds } from "../steps/tasks/gather-receipt.ts";
import { type EndHaltedPorts, endHalted } from "./end-halted.ts";
import { finishEndings } from "./finish-endings.ts";
import { finishPeople } from "./finish-people.ts";
import { type RequestLeaseRevocationsPorts, requestLeaseRevocations } from "./request-lease-revocations.ts";
import { type SweepDuePorts, type SweptDue, sweepDue } from "./sweep-due.ts";
import { type SilencePorts, tellSilentAccounts } from "./tell-silent-accounts.ts";
import { tendAgents } from "./tend-agents.ts";

export interface SweepPorts
  extends SweepDuePorts,
    EndHaltedPorts,
    Omit<RequestLeaseRevocationsPorts, "tasks">,
    AskNeeds,
    ReceiptNeeds,
    SilencePorts {
  readonly deployment: Pick<Deployment, "accounts" | "prefix" | "recertification">;
  readonly agents: Agents;
  readonly halts: Halts;
  readonly glasses: Glasses;
  readonly revocationQueue: RevocationQueue;
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
 * - reports accounts without calls.
 */
export async function sweep(ports: SweepPorts): Promise<SweptDue> {
  const untilMs = ports.clock.nowMs() + HALTED_UNTIL_MS;
  const [due, requested, tended, halted, pendingRevocations, endings, people, silence] = await Promise.allSettled([
    sweepDue(ports),
    ports.revocationQueue.send(everyRole(ports.deployment)),
    tendAgents(ports),
    endHalted(untilMs, ports),
    requestLeaseRevocations(ports),
    finishEndings(ports),
    finishPeople(ports),
    tellSilentAccounts(ports),
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
  return due.value;
}
