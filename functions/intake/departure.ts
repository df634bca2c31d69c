import { type AccountId, isAccountId } from "../core/deployment/account-id.ts";
import { accountOf } from "../core/deployment/deployment.ts";
import { Refusal } from "../core/refusal.ts";
import { endAllIn } from "../steps/tasks/end-all-in.ts";
import type { IntakePorts } from "./intake-ports.ts";
import { recordOnce } from "./record-event.ts";
import { whyStale } from "./why-stale.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Author of the halt of an account that left. */
const BY = "organization";

/** True for an event of AWS Organizations. */
export const isOfOrganization = (event: unknown): boolean => fieldsOf(event).source === "aws.organizations";

/**
 * Handles the management account's event that an account has left the organisation. From then on, the exchange issues nothing in that account, and each task
 * with a key there ends. No event adds an account: one that joins is only logged. May be repeated.
 * @throws {Refusal} outages; contended where a task is left.
 */
export async function takeDeparture(given: unknown, ports: IntakePorts): Promise<void> {
  const event = fieldsOf(given);
  const detail = fieldsOf(event.detail);
  const why = whyRefused(event, ports);
  const id = accountIn(detail);
  if (why !== undefined || id === undefined) return logEvent("event_refused", why ?? "malformed", id, ports);
  if (detail.eventName !== "AccountDepartedOrganization")
    return logEvent("account_event_ignored", undefined, id, ports);
  const account = accountOf(ports.deployment, id);
  // A late or repeated event is ignored after a person has lifted the halt.
  const liftedAt = account && (await ports.accountHalts.latestLift(id))?.at;
  if (!account || (liftedAt ?? 0) * 1_000 >= Date.parse(String(event.time)))
    return logEvent("account_event_ignored", account ? "lifted" : "unknown", id, ports);
  const reason = "the account has left the organisation";
  await recordOnce(
    ["departure", String(event.id)],
    "account.halted",
    { account: id, by: BY, reason, retires: true },
    ports,
  );
  const at = Math.floor(ports.clock.nowMs() / 1_000);
  await ports.accountHalts.halt({ account: id, at, by: BY, reason, retires: true });
  logEvent("account_departed", undefined, id, ports);
  const { left } = await endAllIn(account, BY, ports);
  if (left > 0) throw new Refusal("contended", { why: `${left} tasks are left` });
}

/** Returns the reason for a refusal, before the detail is read. EventBridge writes the account, and only AWS can put an event of an `aws.` source. */
function whyRefused(event: Fields, { deployment, clock }: IntakePorts): string | undefined {
  const management = deployment.organization?.management;
  if (management === undefined || event.account !== management) return "not_a_publisher";
  return typeof event.id === "string" ? whyStale(event, clock.nowMs()) : "malformed";
}

/** Finds the one account that the event names. @returns undefined where it names none, or several. */
function accountIn({ serviceEventDetails: details, requestParameters: parameters }: Fields): AccountId | undefined {
  const named = [fieldsOf(details).accountId, fieldsOf(parameters).accountId].filter((id) => id !== undefined);
  const [id] = named;
  return isAccountId(id) && named.every((each) => each === id) ? id : undefined;
}

function logEvent(event: string, why: string | undefined, account: AccountId | undefined, { log }: IntakePorts): void {
  const level = event === "account_event_ignored" ? "info" : "error";
  log.write({ level, event, why, account, source: "aws.organizations" });
}

const fieldsOf = (value: unknown): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
