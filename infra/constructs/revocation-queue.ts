import { Duration } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { QUEUE_HIDDEN_SECONDS, QUEUE_NAME } from "../hub-scope.ts";
import { KeptQueue } from "./kept-queue.ts";

/** How long one run of the reconciler may take. */
export const RECONCILE_TIMEOUT_SECONDS = 7;

/** The most roles that are written at once: IAM's writes are scarce. */
export const RECONCILE_AT_ONCE = 5;

/**
 * The FIFO queue before the reconciler: a message names a task role, its group is the role, and SQS hands out one message
 * of a group at a time, so each role has one writer. What fails five times is set aside, and alarms: the queue must not
 * stand still behind it, and the next minute's sweep asks for the role again anyway.
 */
export class RevocationQueue extends KeptQueue {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      queueName: QUEUE_NAME,
      hiddenSeconds: QUEUE_HIDDEN_SECONDS,
      // A message older than this says nothing that the sweep has not said again.
      kept: Duration.hours(1),
    });
  }
}
