import type { ApprovalRecord } from "../core/approvals/approval-record.ts";
import { inboxesOf } from "../core/approvals/inboxes-of.ts";
import { standsUntil } from "../core/approvals/standing-uses.ts";
import type { ApprovePorts } from "./approve-ports.ts";
import type { Examined } from "./examine-approval.ts";

/** Number of the last use that an approval allows. Until that use is recorded, people can decide against the approval. */
export const lastUseOf = ({ standing }: Pick<ApprovalRecord, "standing">): number => standing?.uses ?? 1;

/** Removes a request that waits for nobody any more from the inboxes. An entry that is left there expires by itself. */
export async function leaveInboxes(
  { record }: Pick<Examined, "record">,
  { ballots, deployment }: Pick<ApprovePorts, "ballots" | "deployment">,
): Promise<void> {
  const places = [record.expires_at, standsUntil(record)].filter((each) => each !== undefined);
  await Promise.all(
    inboxesOf(record, deployment).flatMap((inbox) =>
      places.map((expiresAt) => ballots.removeWaiting(inbox, { id: record.id, expiresAt })),
    ),
  );
}
