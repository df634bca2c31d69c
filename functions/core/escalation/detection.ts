import { createHash } from "node:crypto";
import type { EscalationDetected } from "../../../contract/events.ts";
import type { RuleId } from "../../../contract/names.ts";
import type { AccountId } from "../deployment/account-id.ts";
import { RULES, type Rule } from "../deployment/escalation-rules.ts";
import type { ApiUse } from "../ledger/api-use.ts";
import type { TaskPath } from "../task-path.ts";
import { COOL_DOWN_SECONDS } from "./cool-down.ts";

/**
 * Escalation that a rule has detected: the observation alone. `intake` decides by the configuration about the response.
 */
export interface Detection extends EscalationDetected {
  readonly account?: AccountId;
  readonly task?: TaskPath;
}

/** Reports the escalations that valetkey itself has detected. */
export interface Escalations {
  /** Puts detections on the bus, each once within some time. @throws {Error} where the bus cannot be reached. */
  report(detections: readonly Detection[]): Promise<void>;
}

/**
 * Length of the period in which equal detections are one; seconds. A further refusal after a cool-down is another
 * escalation of the agent.
 */
const PERIODS: Readonly<Record<Rule["period"], number>> = { hour: 3_600, "cool-down": COOL_DOWN_SECONDS };

/**
 * Computes the id of a detection.
 * @param subject subject of the detection: a task, an agent; `""` for the account as a whole.
 */
export const detectionId = (rule: RuleId, account: AccountId | "", subject: string, atSeconds: number): string =>
  createHash("sha256")
    .update(JSON.stringify(["escalation", rule, account, subject, Math.floor(atSeconds / PERIODS[RULES[rule].period])]))
    .digest("base64url");

/**
 * Makes the detection of a use of a key. A detection by E3 names no task: the session's creator chose the session's
 * name, which proves nothing.
 * @param subject subject of the detection; by default the task of the session's name. E3 is about the account, unless a
 * task may have made the session.
 */
export const detectionOf = (
  rule: RuleId,
  use: ApiUse,
  subject: string = RULES[rule].about === "account" ? "" : (use.path ?? ""),
): Detection => ({
  id: detectionId(rule, use.account, subject, use.at),
  rule,
  at: use.at,
  account: use.account,
  ...(RULES[rule].about === "account" || use.path === undefined
    ? { session: printable(use.session) }
    : { task: use.path }),
  role: use.role,
  key_id: printable(use.accessKeyId),
  action: printable(use.action),
  resource: printable(use.resource),
  ...(use.errorCode === undefined ? {} : { error: printable(use.errorCode) }),
  source_ip: printable(use.sourceIp),
  event_id: printable(use.eventId),
});

/** Makes a text of an event safe to show: at most 256 characters, none that controls a terminal or reverses a line. */
export const printable = (text: string): string => text.slice(0, 256).replaceAll(/[^\x20-\x7e]/g, "?");
