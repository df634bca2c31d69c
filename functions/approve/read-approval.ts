import type { Approval } from "../../contract/approvals.ts";
import { NOTIFICATION_SECONDS } from "../core/approvals/notifications.ts";
import { isoSeconds } from "../core/text/iso-seconds.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { operation } from "../operators/operation.ts";
import { approvalFor } from "./approval-for.ts";
import type { ApprovePorts } from "./approve-ports.ts";
import { describeApproval } from "./describe-approval.ts";
import type { Examined } from "./examine-approval.ts";

/** Answers `GET /v1/approvals/{approval}` with the record that people decide about and its hash, and never with a vote's token. */
export const readApproval = (event: HttpEvent, ports: ApprovePorts): Promise<HttpAnswer> =>
  operation<Approval>(event, ports, async (operator) => {
    const examined = await approvalFor(operator, event.pathParameters?.approval ?? "", ports);
    const notices = await describeNotifications(examined, ports);
    return {
      ...describeApproval(examined, operator, ports.deployment),
      ...(notices.length > 0 ? { notices } : {}),
    };
  });

/** State of one channel for a request. */
type NotifiedChannel = NonNullable<Approval["notices"]>[number];

/**
 * Lists the channels of the request's groups, with the state that `notify` recorded. No decision depends on it: a failed notification extends no deadline.
 * @returns the channels with a known state. The record about a request is removed some time after its end.
 */
async function describeNotifications(
  { record, state }: Pick<Examined, "record" | "state">,
  { deployment, notificationBoard }: Pick<ApprovePorts, "deployment" | "notificationBoard">,
): Promise<readonly NotifiedChannel[]> {
  const groups = (deployment.approvers ?? []).filter(({ name }) => record.needed.some(({ group }) => group === name));
  const channels = [...new Set(groups.flatMap(({ notify }) => notify))];
  const each = channels.map(async (channel): Promise<NotifiedChannel | undefined> => {
    const announced = await notificationBoard.announced(channel, record.agent.id);
    if (announced?.requests[record.id]) return { channel, told: true };
    const { failedAt } = announced ?? {};
    // A failure of another time concerned other requests of the agent.
    if (failedAt !== undefined && record.created_at <= failedAt && failedAt <= record.expires_at + NOTIFICATION_SECONDS)
      return { channel, told: false, failed_at: isoSeconds(failedAt) };
    return state === "pending" ? { channel, told: false } : undefined;
  });
  return (await Promise.all(each)).flatMap((channel) => channel ?? []);
}
