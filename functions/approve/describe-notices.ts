import { NOTICE_SECONDS } from "../core/approvals/notices.ts";
import { isoSeconds } from "../core/text/iso-seconds.ts";
import type { ApprovePorts } from "./approve-ports.ts";
import type { Examined } from "./examine-approval.ts";

/** State of one channel: whether its people were notified of a request, and since when a message to it could not be delivered. */
export interface ToldChannel {
  readonly channel: string;
  readonly told: boolean;
  readonly failed_at?: string;
}

/**
 * Says how the channels of the request's groups were notified, as `notify` recorded it. Decides nothing: a notice that failed stops no clock.
 * @returns the channels of which something is known; the record of a request that is over is removed with its time.
 */
export async function describeNotices(
  { record, state }: Pick<Examined, "record" | "state">,
  { deployment, noticeboard }: Pick<ApprovePorts, "deployment" | "noticeboard">,
): Promise<readonly ToldChannel[]> {
  const groups = (deployment.approvers ?? []).filter(({ name }) => record.needed.some(({ group }) => group === name));
  const channels = [...new Set(groups.flatMap(({ notify }) => notify))];
  const each = channels.map(async (channel): Promise<ToldChannel | undefined> => {
    const announced = await noticeboard.announced(channel, record.agent.id);
    if (announced?.requests[record.id]) return { channel, told: true };
    const { failedAt } = announced ?? {};
    // A failure of another time concerned other requests of the agent.
    if (failedAt !== undefined && record.created_at <= failedAt && failedAt <= record.expires_at + NOTICE_SECONDS)
      return { channel, told: false, failed_at: isoSeconds(failedAt) };
    return state === "pending" ? { channel, told: false } : undefined;
  });
  return (await Promise.all(each)).flatMap((told) => told ?? []);
}
