import { Duration } from "aws-cdk-lib";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import {
  EventSourceMapping,
  FilterCriteria,
  FilterRule,
  type IFunction,
  StartingPosition,
} from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import { JOURNAL_KINDS, KINDS, REVOKING_EVENTS, TABLE_KEYS, TTL_REMOVER } from "../../functions/names.ts";
import { RECONCILE_AT_ONCE, type RevocationQueue } from "./revocation-queue.ts";
import type { TaskTable } from "./task-table.ts";

/** What this path connects. */
export interface RevocationPathProps {
  readonly table: TaskTable;
  readonly queue: RevocationQueue;
  readonly sweep: IFunction;
  readonly relay: IFunction;
  readonly reconcile: IFunction;
}

/**
 * How an ending reaches IAM: table -> stream -> relay -> queue -> reconciler, within seconds; and each minute the sweep,
 * which ends what is due and asks for every role again, so whatever the quick way lost is found.
 */
export class RevocationPath extends Construct {
  constructor(scope: Construct, id: string, props: RevocationPathProps) {
    super(scope, id);
    new EventSourceMapping(this, "StreamToRelay", {
      target: props.relay,
      eventSourceArn: props.table.streamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      filters: [ENDINGS, OVERDUE, PLANNED, CHANGED, EXPIRING],
      batchSize: 1_000,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      // A record that cannot be sent must not hold up its shard for a day: after this the sweep has long taken over.
      retryAttempts: 10,
      maxRecordAge: Duration.minutes(5),
      // Order does not matter: a message only says "look at this role".
      parallelizationFactor: 2,
    });
    new EventSourceMapping(this, "QueueToReconcile", {
      target: props.reconcile,
      eventSourceArn: props.queue.queue.queueArn,
      // The most that a FIFO source takes: the endings of a role that came together cost one write.
      batchSize: 10,
      maxConcurrency: RECONCILE_AT_ONCE,
      reportBatchItemFailures: true,
    });
    new Rule(this, "EachMinute", {
      ruleName: "valetkey-sweep",
      description: "valetkey: end what is due, render every revocation policy again",
      schedule: Schedule.rate(Duration.minutes(1)),
      // No retry: the next minute does the same.
      targets: [new LambdaFunction(props.sweep, { retryAttempts: 0, maxEventAge: Duration.minutes(1) })],
    });
  }
}

/** Where the events are journaled that it wakes for: of tasks, of agents, of the deployment as a whole. */
const JOURNALS = [KINDS.journal, KINDS.agentJournal, KINDS.panicJournal].flatMap((kind) => FilterRule.beginsWith(kind));

/** The relay wakes for the journal's endings and halts, and it looks at the same two attributes again. */
const ENDINGS = FilterCriteria.filter({
  eventName: FilterRule.isEqual("INSERT"),
  dynamodb: {
    Keys: { [TABLE_KEYS.partition]: { S: JOURNALS } },
    NewImage: { kind: { S: FilterRule.isEqual("EVENT") }, type: { S: FilterRule.or(...REVOKING_EVENTS) } },
  },
});

/** And for timers that DynamoDB removed by their TTL: what the sweep has done with is removed by the sweep. */
const OVERDUE = FilterCriteria.filter({
  eventName: FilterRule.isEqual("REMOVE"),
  userIdentity: {
    type: FilterRule.isEqual(TTL_REMOVER.type),
    principalId: FilterRule.isEqual(TTL_REMOVER.principalId),
  },
  dynamodb: { Keys: { [TABLE_KEYS.partition]: { S: FilterRule.beginsWith(KINDS.timer) } } },
});

/** And for what a connector is about to issue, for the first time or anew. Nothing else wakes it: of most tasks there is no such record. */
const PLANNED = FilterCriteria.filter({
  eventName: FilterRule.or("INSERT", "MODIFY"),
  dynamodb: {
    Keys: { [TABLE_KEYS.partition]: { S: FilterRule.beginsWith(KINDS.release) } },
    NewImage: { lease: { M: { state: { S: FilterRule.isEqual("issuing") } } } },
  },
});

/** And for an event that somebody has changed or removed, which nobody may. */
const CHANGED = FilterCriteria.filter({
  eventName: FilterRule.or("MODIFY", "REMOVE"),
  dynamodb: {
    Keys: { [TABLE_KEYS.partition]: { S: JOURNAL_KINDS.flatMap((kind) => FilterRule.beginsWith(KINDS[kind])) } },
  },
});

/** And for one that somebody has written so that it will be removed. */
const EXPIRING = FilterCriteria.filter({
  eventName: FilterRule.isEqual("INSERT"),
  dynamodb: {
    Keys: { [TABLE_KEYS.partition]: { S: JOURNAL_KINDS.flatMap((kind) => FilterRule.beginsWith(KINDS[kind])) } },
    NewImage: { [TABLE_KEYS.ttl]: { N: FilterRule.exists() } },
  },
});
