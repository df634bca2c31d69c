import { Duration } from "aws-cdk-lib";
import type { Construct } from "constructs";
import type { HubScope } from "../arns.ts";
import { REVOCATION_HIDDEN_SECONDS } from "../hub-scope.ts";
import { KeptQueue } from "./kept-queue.ts";

/** Time-out of one run of the reconciler; seconds. */
export const RECONCILE_TIMEOUT_SECONDS = 7;

/**
 * Computes the most runs of the reconciler at the same time. Few, since IAM accepts few writes a second of one account; more where there are more
 * task roles: each minute's sweep asks for all of them, and a run is given 600 ms for one.
 */
export const reconcileAtOnce = ({ targets }: Pick<HubScope, "targets">): number =>
  Math.max(5, Math.ceil(targets.reduce((sum, { taskRoles }) => sum + taskRoles, 0) / 100));

/**
 * FIFO queue before the reconciler: a message names a task role, its group is the role. While messages of a group are being processed SQS delivers no
 * others of it, so each role has one writer. A message that fails five times raises an alarm and no longer blocks the queue; the next sweep requests
 * the role again anyway.
 */
export class RevocationQueue extends KeptQueue {
  constructor(scope: Construct, id: string, hub: HubScope) {
    super(scope, id, {
      queueName: hub.revocationQueueName,
      hiddenSeconds: REVOCATION_HIDDEN_SECONDS,
      // The sweep has repeated every older message by then.
      kept: Duration.hours(1),
    });
  }
}
