import { isAgentId } from "../../contract/agent-id.ts";
import { ESCALATION_EVENT, RULE_IDS } from "../../contract/names.ts";
import { type AccountId, isAccountId } from "../core/deployment/account-id.ts";
import type { Detection } from "../core/escalation/detection.ts";
import { taskPath } from "../core/task-path.ts";
import { isPlainText } from "../core/text/plain-text.ts";
import { isTaskRole, type Prefixed } from "../hub-names.ts";
import type { WhyNot } from "./bus-request.ts";
import { whyStale } from "./why-stale.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Detection that is believed, or the reason why it is not. `unknown_form`: an event of valetkey's own, in a form of another release. */
export type ReadEscalation = { readonly detection: Detection } | { readonly refused: WhyNot };

/** True for an event of the type of escalations, believed or not. */
export const isEscalation = (event: unknown): boolean => fieldsOf(event)["detail-type"] === ESCALATION_EVENT;

/**
 * Reads an event by which valetkey reports an escalation. Only the hub's own account is believed, under valetkey's own source. EventBridge writes the
 * account, and the bus's policy lists the roles that may put such an event. Takes any value, and never throws.
 */
export function readEscalation(
  given: unknown,
  own: Prefixed & { readonly account: AccountId; readonly source: string },
  nowMs: number,
): ReadEscalation {
  const event = fieldsOf(given);
  if (event.account !== own.account || event.source !== own.source) return { refused: "not_a_publisher" };
  const stale = whyStale(event, nowMs);
  if (stale !== undefined) return { refused: stale };
  const { version, requested_by: _, ...detail } = fieldsOf(event.detail);
  const { id, rule, at, task, ...texts } = detail;
  const known = RULE_IDS.find((each) => each === rule);
  if (version !== "1" || !known || !Object.keys(texts).every((name) => Object.hasOwn(TEXTS, name)))
    return { refused: "unknown_form" };
  const path = typeof task === "string" ? taskPath(task) : undefined;
  const isWhole =
    typeof id === "string" &&
    /^[\w-]{43}$/.test(id) &&
    typeof at === "number" &&
    Number.isFinite(at) &&
    (task === undefined || path !== undefined) &&
    Object.entries(texts).every(([name, value]) => isText(value) && TEXTS[name]?.(value, own));
  if (!isWhole) return { refused: "malformed" };
  return { detection: { ...(texts as Partial<Detection>), id, rule: known, at, ...(path ? { task: path } : {}) } };
}

type Check = (text: string, hub: Prefixed) => boolean;

/** Texts of a detection, each with the check of its form in this hub. */
const TEXTS: Readonly<Record<string, Check>> = {
  account: isAccountId,
  agent: isAgentId,
  role: isTaskRole,
  session: () => true,
  key_id: () => true,
  action: () => true,
  resource: () => true,
  error: () => true,
  source_ip: () => true,
  event_id: () => true,
  token_sha256: (text) => /^[\w-]{43}$/.test(text),
} satisfies Record<keyof Omit<Detection, "id" | "rule" | "at" | "task">, Check>;

const isText = (value: unknown): value is string =>
  typeof value === "string" && value.length <= 256 && (value === "" || isPlainText(value));

const fieldsOf = (value: unknown): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
