import {
  BootstraplessSynthesizer,
  Duration,
  type IStackSynthesizer,
  RemovalPolicy,
  Stack,
  Validations,
} from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectLockRetention } from "aws-cdk-lib/aws-s3";
import type { Construct } from "constructs";
import type { AnchorPlace } from "../functions/core/archive/anchor.ts";
import type { LockSetting } from "../functions/core/archive/parse-lock.ts";
import { nameIn } from "../functions/hub-names.ts";
import { anchorPolicy } from "./anchor-policy.ts";
import type { HubScope } from "./arns.ts";

/** Properties of the witness. */
export interface AnchorStackProps {
  readonly hub: HubScope;
  readonly place: AnchorPlace;
  readonly lock: LockSetting;
}

/**
 * Stack of the witness of the archive's checkpoints: one bucket, to which the hub only adds. The stack needs no bootstrap, and is deployed with
 * credentials of its own account: a person who can deploy it can remove the checkpoints.
 */
export class AnchorStack extends Stack {
  constructor(scope: Construct, id: string, { hub, place, lock }: AnchorStackProps) {
    super(scope, id, {
      stackName: nameIn(hub, "anchor"),
      env: { account: place.account, region: place.region },
      synthesizer: new BootstraplessSynthesizer() as IStackSynthesizer,
    });
    const days = Duration.days(lock.days);
    const bucket = new Bucket(this, "Bucket", {
      bucketName: place.bucket,
      versioned: true,
      objectLockEnabled: true,
      objectLockDefaultRetention:
        lock.mode === "COMPLIANCE" ? ObjectLockRetention.compliance(days) : ObjectLockRetention.governance(days),
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    for (const statement of anchorPolicy(place, hub)) bucket.addToResourcePolicy(PolicyStatement.fromJson(statement));
    Validations.of(bucket).acknowledge({
      id: "AwsSolutions-S1",
      reason: "A checkpoint is public by its nature: it holds a size and a hash.",
    });
  }
}
