import { Duration, RemovalPolicy, Validations } from "aws-cdk-lib";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import { PolicyDocument } from "aws-cdk-lib/aws-iam";
import { Key, KeySpec, KeyUsage } from "aws-cdk-lib/aws-kms";
import { EventSourceMapping, FilterCriteria, type IFunction, StartingPosition } from "aws-cdk-lib/aws-lambda";
import { BlockPublicAccess, Bucket, BucketEncryption } from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import type { Config } from "../../config/schema.ts";
import type { Env } from "../../functions/archive/env.ts";
import { COLLECTED } from "../../functions/collect/collected.ts";
import { archiveEnvironment } from "../archive-environment.ts";
import { archiveKeyPolicy } from "../archive-key-policy.ts";
import type { HubScope } from "../arns.ts";
import type { TaskTable } from "./task-table.ts";

/** Time-out of `archive`; seconds. A rule starts it each minute. */
export const ARCHIVE_TIMEOUT_SECONDS = 55;

/** Days for which events wait for their place in the log before S3 removes them. */
const INCOMING_DAYS = 14;

/**
 * Archive of the journal: a bucket with Object Lock, a key that signs what is in it, and the way from the table's stream. Both outlive the stack.
 */
export class Archive extends Construct {
  readonly environment: Env;

  constructor(scope: Construct, id: string, hub: HubScope, config: Config) {
    super(scope, id);
    const bucket = new Bucket(this, "Bucket", {
      bucketName: hub.archiveBucket,
      // Versions, which Object Lock needs, so that an overwrite hides nothing for good.
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
      ],
    });
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
    this.environment = archiveEnvironment(config, hub);
  }

  feed(table: TaskTable, collect: IFunction, archive: IFunction): void {
    new EventSourceMapping(this, "StreamToCollect", {
      target: collect,
      eventSourceArn: table.streamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      filters: [FilterCriteria.filter(COLLECTED)],
      batchSize: 1_000,
      // One object for many events costs less, and the log is a minute behind anyway.
      maxBatchingWindow: Duration.seconds(5),
      bisectBatchOnError: true,
      // As long as the stream has the record: an event that is not brought in is a gap in the log.
      retryAttempts: -1,
    });
    new Rule(this, "EachMinute", {
      ruleName: "valetkey-archive",
      description: "valetkey: each minute, give the journal's events their place in the log",
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [new LambdaFunction(archive, { retryAttempts: 0, maxEventAge: Duration.minutes(1) })],
    });
  }
}
