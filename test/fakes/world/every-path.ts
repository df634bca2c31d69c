import type { ApprovePorts } from "../../../functions/approve/approve-ports.ts";
import { PATHS as APPROVE } from "../../../functions/approve/paths.ts";
import type { SealingPorts } from "../../../functions/core/ports.ts";
import { PATHS as EXCHANGE } from "../../../functions/exchange/paths.ts";
import type { ExplainPorts } from "../../../functions/explain/explain-ports.ts";
import { PATHS as EXPLAIN } from "../../../functions/explain/paths.ts";
import type { PathOver } from "../../../functions/http/paths.ts";
import type { JournalPorts } from "../../../functions/journal/journal-ports.ts";
import { PATHS as JOURNAL } from "../../../functions/journal/paths.ts";
import type { AccountPorts } from "../../../functions/operate/accounts.ts";
import type { AllTasksPorts } from "../../../functions/operate/list-all-tasks.ts";
import type { OverviewPorts } from "../../../functions/operate/overview.ts";
import { PATHS as OPERATE } from "../../../functions/operate/paths.ts";
import type { LedgerPorts } from "../../../functions/operate/read-ledger.ts";
import type { ReceiptPorts } from "../../../functions/operate/read-receipt.ts";
import type { SecretPorts } from "../../../functions/operate/secret-ports.ts";
import type { ConditionPorts } from "../../../functions/operators/conditions.ts";
import { PATHS as PANIC } from "../../../functions/panic/paths.ts";
import { PATHS as RECHECK } from "../../../functions/recheck/paths.ts";
import type { ResumingPorts } from "../../../functions/register/change-agent.ts";
import type { LiftingPorts } from "../../../functions/register/lift-account.ts";
import { PATHS as REGISTER } from "../../../functions/register/paths.ts";
import type { RouteKey } from "../../../functions/routes.ts";
import { PATHS as SIGN } from "../../../functions/sign/paths.ts";
import type { SignPorts } from "../../../functions/sign/sign-ports.ts";
import { PATHS as TASKS } from "../../../functions/tasks/paths.ts";

/** Ports of all functions that answer requests. */
export type EveryPort = SealingPorts &
  SecretPorts &
  ReceiptPorts &
  LedgerPorts &
  AccountPorts &
  ConditionPorts &
  AllTasksPorts &
  OverviewPorts &
  LiftingPorts &
  ResumingPorts &
  ApprovePorts &
  ExplainPorts &
  JournalPorts &
  SignPorts;

/** Paths of all functions, as their handlers serve them. A function that is missing here does not compile. */
export const EVERY_PATH: Readonly<Record<RouteKey, PathOver<EveryPort>>> = {
  ...EXCHANGE,
  ...TASKS,
  ...OPERATE,
  ...RECHECK,
  ...PANIC,
  ...REGISTER,
  ...SIGN,
  ...APPROVE,
  ...EXPLAIN,
  ...JOURNAL,
};
