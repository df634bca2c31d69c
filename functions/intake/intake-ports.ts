import type { ConditionStore } from "../core/conditions/conditions.ts";
import type { Consents } from "../core/consents/consents.ts";
import type { Deployment } from "../core/deployment/deployment.ts";
import type { AccountHalts, Suspensions } from "../core/escalation/account-halt.ts";
import type { CoolDowns } from "../core/escalation/cool-down.ts";
import type { FoundEscalations } from "../core/escalation/found-escalation.ts";
import type { Pauses } from "../core/escalation/pause.ts";
import type { Agents } from "../core/identity/agents.ts";
import type { Journal } from "../core/journal/journal.ts";
import type { Clock, Log } from "../core/ports.ts";
import type { Random } from "../core/random.ts";
import type { Roles } from "../core/revocation/roles.ts";
import type { PendingRevocations } from "../core/tasks/pending-revocation.ts";
import type { Tasks } from "../core/tasks/tasks.ts";

/** Ports of `intake`. */
export interface IntakePorts {
  readonly deployment: Pick<
    Deployment,
    "bus" | "accounts" | "prefix" | "escalation" | "conditions" | "issuers" | "transmitters" | "organization"
  >;
  readonly accountHalts: Pick<AccountHalts, "halt" | "latestLift">;
  readonly coolDowns: Pick<CoolDowns, "begin">;
  readonly pauses: Pick<Pauses, "begin">;
  readonly suspensions: Suspensions;
  readonly setConditions: Pick<ConditionStore, "set">;
  readonly foundEscalations: Pick<FoundEscalations, "record">;
  readonly tasks: Tasks;
  readonly consents: () => Promise<Consents>;
  readonly agents: Agents;
  readonly roles: Roles;
  readonly pendingRevocations: Pick<PendingRevocations, "list">;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly random: Random;
  readonly pause: (ms: number) => Promise<void>;
  readonly log: Log;
}
