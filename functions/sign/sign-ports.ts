import type { CallCounts } from "../core/budgets/calls.ts";
import type { AccountHalts } from "../core/escalation/account-halt.ts";
import type { Ports } from "../core/ports.ts";
import type { SignedCallLog } from "../core/signing/signed-calls.ts";
import type { KeptSessions, SessionOpener } from "../core/tasks/session-vault.ts";

/** Ports of the function that signs requests by sessions that stay in the hub. It has no STS, and changes no task. */
export interface SignPorts extends Ports {
  readonly keptSessions: KeptSessions;
  readonly sessionOpener: SessionOpener;
  readonly callCounts: CallCounts;
  readonly signedCalls: Pick<SignedCallLog, "count">;
  readonly accountHalts: Pick<AccountHalts, "read">;
}
