import type { PathsOf } from "../http/paths.ts";
import type { ConditionPorts } from "../operators/conditions.ts";

import { type AccountPorts, haltAccount, listAccounts } from "./accounts.ts";
import { endAnyTask, listTasks } from "./agent-tasks.ts";
import { listConditions, tightenCondition } from "./conditions.ts";
import { endConsent, listConsents, readConsent } from "./consents.ts";
import { endPersonsTasks } from "./end-persons-tasks.ts";
import { listAgents } from "./list-agents.ts";
import type { AllTasksPorts } from "./list-all-tasks.ts";
import { type BudgetPorts, listBudgets } from "./list-budgets.ts";
import { type EscalationPorts, listEscalations } from "./list-escalations.ts";
import { offboard, readOffboarding } from "./offboard.ts";
import { type OverviewPorts, readOverview } from "./overview.ts";
import { liftPanic, readPanic } from "./panic.ts";
import { readAgent } from "./read-agent.ts";
import { type LedgerPorts, readLedger } from "./read-ledger.ts";
import { type ReceiptPorts, readReceipt } from "./read-receipt.ts";
import { listSecrets, readSecret } from "./read-secret.ts";
import { readThreatModel } from "./read-threat-model.ts";
import { rotateSecret } from "./rotate-secret.ts";
import type { SecretPorts } from "./secret-ports.ts";
import { suspend } from "./suspend.ts";

/** Paths of `operate`, by their routes. */
export const PATHS = {
  "GET /v1/agents": listAgents,
  "GET /v1/agents/{agent}": readAgent,
  "POST /v1/agents/{agent}/suspend": suspend,
  "POST /v1/agents/{agent}/offboard": offboard,
  "GET /v1/agents/{agent}/offboarding": readOffboarding,
  "GET /v1/agents/{agent}/threat-model": readThreatModel,
  "POST /v1/people/{person}/end-tasks": endPersonsTasks,
  "GET /v1/overview": readOverview,
  "GET /v1/escalations": listEscalations,
  "GET /v1/tasks": listTasks,
  "POST /v1/tasks/{task}/end": endAnyTask,
  "GET /v1/tasks/{task}/receipt": readReceipt,
  "GET /v1/tasks/{task}/ledger": readLedger,
  "GET /v1/consents": listConsents,
  "GET /v1/consents/{consent}": readConsent,
  "POST /v1/consents/{consent}/withdraw": endConsent,
  "POST /v1/panic/lift": liftPanic,
  "GET /v1/panic": readPanic,
  "GET /v1/accounts": listAccounts,
  "POST /v1/accounts/{account}/halt": haltAccount,
  "GET /v1/conditions": listConditions,
  "POST /v1/conditions/{condition}/tighten": tightenCondition,
  "GET /v1/budgets": listBudgets,
  "GET /v1/secrets": listSecrets,
  "GET /v1/secrets/{secret}": readSecret,
  "POST /v1/secrets/{secret}/rotate": rotateSecret,
} as const satisfies PathsOf<
  "operate",
  SecretPorts &
    ReceiptPorts &
    LedgerPorts &
    AccountPorts &
    AllTasksPorts &
    ConditionPorts &
    BudgetPorts &
    OverviewPorts &
    EscalationPorts
>;
