import { type ReconcileBatchPorts, reconcileBatch } from "../../functions/reconcile/reconcile-batch.ts";

/** Message about a role, as the queue delivers it. */
export interface DeliveredMessage {
  readonly receipt: string;
  /** Number of its deliveries. */
  readonly receives: number;
  readonly sentAtMs: number;
}

/** Has the reconciler work on messages about one role. @returns the receipts of those that need no further delivery. */
export async function reconcileMessages(
  batch: readonly DeliveredMessage[],
  role: { readonly account: string; readonly role: string },
  ports: ReconcileBatchPorts,
): Promise<ReadonlySet<string>> {
  const { batchItemFailures } = await reconcileBatch(
    {
      Records: batch.map(({ receipt, receives, sentAtMs }) => ({
        messageId: receipt,
        receiptHandle: receipt,
        body: JSON.stringify(role),
        attributes: { ApproximateReceiveCount: String(receives), SentTimestamp: String(sentAtMs) },
      })),
    },
    ports,
  );
  const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  return new Set(batch.map(({ receipt }) => receipt).filter((receipt) => !failed.has(receipt)));
}
