import type { AgentId } from "../../contract/agent-id.ts";
import type { AccountId } from "../core/deployment/account-id.ts";
import type { Detection } from "../core/escalation/detection.ts";
import { type EscalationEntry, type FoundEscalation, MOST_LISTED } from "../core/escalation/found-escalation.ts";
import { ESCALATION_EVENT } from "../names.ts";
import type { IntakePorts } from "./intake-ports.ts";
import { firstEvent } from "./record-event.ts";

const HOUR_MS = 3_600_000;

/** Agent that an escalation is about, by the record, if there is one; and the account by which its caps count. */
interface Whose {
  readonly agent?: AgentId | undefined;
  readonly account: AccountId;
}

/**
 * Records an escalation in the journal and in the operators' list, once, however often it is reported. The list of an hour has a bound for each rule and
 * agent. Beyond the bound, one entry shows that there are more.
 * @throws {Refusal} store_unavailable, contended.
 */
export async function recordEscalation(
  { agent: _told, ...detection }: Detection,
  { agent, account }: Whose,
  response: Pick<FoundEscalation, "done" | "wanted" | "paused_for">,
  ports: Pick<IntakePorts, "foundEscalations" | "suspensions" | "clock">,
): Promise<void> {
  const { id, ...seen } = detection;
  const whose = agent === undefined ? {} : { agent };
  const facts = { ...seen, ...whose, detection: id, ...response };
  const event = firstEvent(["escalation", id], ESCALATION_EVENT, facts, ports);
  const isRoom = await ports.suspensions.take(`${seen.rule}#LISTED`, agent ?? account, id, MOST_LISTED);
  const untilMs = (Math.floor(event.at / HOUR_MS) + 1) * HOUR_MS - 1;
  const entry: EscalationEntry = isRoom
    ? { ...detection, ...whose, ...response, event: event.of, foundAtMs: event.at }
    : { rule: seen.rule, ...(agent === undefined ? { account } : whose), untilMs };
  await ports.foundEscalations.record(event, entry);
}
