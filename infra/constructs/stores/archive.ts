import { Annotations, Duration, RemovalPolicy, Validations } from "aws-cdk-lib";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction, SqsQueue } from "aws-cdk-lib/aws-events-targets";
import { PolicyDocument, PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Key, KeySpec, KeyUsage } from "aws-cdk-lib/aws-kms";
import { EventSourceMapping, FilterCriteria, type IFunction, StartingPosition } from "aws-cdk-lib/aws-lambda";
import { BlockPublicAccess, Bucket, BucketEncryption } from "aws-cdk-lib/aws-s3";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { COLLECTED, FIRST_USE, SIGNED } from "../../../functions/collect/collected.ts";
import { MOST_COLLECTED, PROOFS } from "../../../functions/core/archive/archive-keys.ts";
import { nameIn } from "../../../functions/hub-names.ts";
import { archiveEnvironment } from "../../archive-environment.ts";
import { archiveKeyPolicy } from "../../archive-key-policy.ts";
import type { HubScope } from "../../arns.ts";
import type { Config } from "../../config/schema.ts";
import { archiveWritersPolicy } from "../../foreign-principals.ts";
import { FUNCTION_SETTINGS } from "../../function-settings.ts";
import { archiveLockOf, proofDaysOf } from "../../hub-scope.ts";
import { archiveBucketPolicy, proofsKeyPolicy } from "../../proofs-policies.ts";
import type { TaskTable } from "./task-table.ts";

/** Time for which Lambda gathers events before it invokes `collect`; seconds. */
export const COLLECT_WINDOW_SECONDS = 20;

/** Days in six months, the least for which providers and deployers of high-risk systems keep logs (Regulation (EU) 2024/1689). */
const LAW_DAYS = 184;

/** Days for which events wait for their place in the log before S3 removes them. */
const INCOMING_DAYS = 14;

/**
 * Archive of the journal: a bucket with Object Lock, a key that signs the log, a key that encrypts proofs of votes, and the path from the table's stream. The
 * bucket and the keys outlive the stack.
 */
export class Archive extends Construct {
  readonly environment: ReturnType<typeof archiveEnvironment>;
  /** Key that encrypts proofs of votes. */
  readonly proofsKeyArn: string;
  readonly #hub: HubScope;

  constructor(scope: Construct, id: string, hub: HubScope, config: Config) {
    super(scope, id);
    this.#hub = hub;
    const bucket = new Bucket(this, "Bucket", {
      bucketName: hub.archiveBucket,
      // Object Lock needs versions. With them, an overwrite hides nothing for good.
      versioned: true,
      objectLockEnabled: true,
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN,
      lifecycleRules: [
        ...["incoming/", "order/"].map((prefix) => ({
          prefix,
          expiration: Duration.days(INCOMING_DAYS),
          noncurrentVersionExpiration: Duration.days(1),
        })),
        // Proofs are not locked: a person's proofs may have to be erased. A deleted one is gone for good within a day.
        {
          prefix: `${PROOFS}/`,
          expiration: Duration.days(proofDaysOf(config)),
          noncurrentVersionExpiration: Duration.days(1),
        },
      ],
    });
    const { mode, days } = archiveLockOf(config);
    if (mode === "COMPLIANCE")
      Annotations.of(bucket).addWarningV2(
        "valetkey:archive-compliance",
        `archive.mode is compliance: for ${days} days nobody can remove what the log holds, not even the account's root, and nobody can shorten that. Persons in it cannot be erased (docs/audit.md).`,
      );
    if (days < LAW_DAYS)
      Annotations.of(bucket).addWarningV2(
        "valetkey:archive-days",
        `archive.days is ${days}: after that, whoever may delete objects can remove the log. Articles 19 and 26 of the EU AI Act ask for logs of at least six months: set archive.days to ${LAW_DAYS} or more where they apply (docs/audit.md).`,
      );
    Validations.of(bucket).acknowledge({
      id: "AwsSolutions-S1",
      reason:
        "The log proves by itself what was written and in which order; who read it, CloudTrail's data events say.",
    });
    new Key(this, "Key", {
      alias: hub.archiveKeyAlias,
      description: "valetkey archive: signs the checkpoints of the journal's log",
      keySpec: KeySpec.ECC_NIST_EDWARDS25519,
      keyUsage: KeyUsage.SIGN_VERIFY,
      policy: PolicyDocument.fromJson({ Version: "2012-10-17", Statement: archiveKeyPolicy(hub) }),
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const proofsKey = new Key(this, "ProofsKey", {
      alias: hub.proofsKeyAlias,
      description: "valetkey archive: encrypts the tokens by which people voted; auditors alone decrypt",
      policy: PolicyDocument.fromJson({ Version: "2012-10-17", Statement: proofsKeyPolicy(hub) }),
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.proofsKeyArn = proofsKey.keyArn;
    for (const statement of [...archiveBucketPolicy(hub, proofsKey.keyArn), ...archiveWritersPolicy(hub)])
      bucket.addToResourcePolicy(PolicyStatement.fromJson(statement));
    this.environment = archiveEnvironment(config, hub);
  }

  /** Feeds both functions from the table's stream. @param siem true where a SIEM gets events. */
  feed(table: TaskTable, collect: IFunction, archive: IFunction, siem: boolean): void {
    new EventSourceMapping(this, "StreamToCollect", {
      target: collect,
      eventSourceArn: table.streamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      filters: [COLLECTED, SIGNED, ...(siem ? [FIRST_USE] : [])].map((each) => FilterCriteria.filter(each)),
      batchSize: MOST_COLLECTED,
      // One object for many events costs less. With the half minute between two runs, the log is less than a minute behind.
      maxBatchingWindow: Duration.seconds(COLLECT_WINDOW_SECONDS),
      bisectBatchOnError: true,
      // Retried as long as the stream has the record: an event that is not collected is a gap in the log.
      retryAttempts: -1,
    });
    // A deployment updates the reader first. `archive` refuses a batch that it cannot read, and the batch's events would be a gap in the log.
    collect.node.addDependency(archive);
    const again = this.#again();
    new EventSourceMapping(this, "AgainToArchive", { target: archive, eventSourceArn: again.queueArn, batchSize: 10 });
    new Rule(this, "EachMinute", {
      ruleName: nameIn(this.#hub, "archive"),
      description: "valetkey: twice each minute, give the journal's events their place in the log",
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [
        new LambdaFunction(archive, { retryAttempts: 0, maxEventAge: Duration.minutes(1) }),
        new SqsQueue(again, { retryAttempts: 0, maxEventAge: Duration.minutes(1) }),
      ],
    });
  }

  /** Starts a comparison of both places each hour by `journal`, which may read both. A fork must ring an alarm even if nobody reads the log. */
  compare(journal: IFunction): void {
    new Rule(this, "EachHour", {
      ruleName: nameIn(this.#hub, "anchor"),
      description: "valetkey: each hour, compare the log with its checkpoints at the witness",
      schedule: Schedule.rate(Duration.hours(1)),
      targets: [new LambdaFunction(journal, { retryAttempts: 2, maxEventAge: Duration.hours(1) })],
    });
  }

  /** Makes the queue whose messages come half a minute late. A rule fires once a minute at most, so an event would wait for more than a minute. */
  #again(): Queue {
    const queue = new Queue(this, "AgainQueue", {
      queueName: this.#hub.archiveAgainQueueName,
      deliveryDelay: Duration.seconds(30),
      visibilityTimeout: Duration.seconds(FUNCTION_SETTINGS.archive.timeoutSeconds),
      retentionPeriod: Duration.minutes(1),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
    });
    Validations.of(queue).acknowledge({
      id: "AwsSolutions-SQS3",
      reason: "A message that is lost costs half a minute: the rule itself starts the same each minute.",
    });
    return queue;
  }
}
