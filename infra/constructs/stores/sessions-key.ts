import { RemovalPolicy } from "aws-cdk-lib";
import { PolicyDocument } from "aws-cdk-lib/aws-iam";
import { Key } from "aws-cdk-lib/aws-kms";
import type { Construct } from "constructs";
import type { HubScope } from "../../arns.ts";
import { sessionsKeyPolicy } from "../../sessions-key-policy.ts";

/** Makes the key that encrypts sessions which stay in the hub. The sessions live for minutes, so the key goes with the stack. */
export const sessionsKey = (scope: Construct, hub: HubScope): Key =>
  new Key(scope, "SessionsKey", {
    alias: hub.sessionsKeyAlias,
    description: "valetkey: encrypts sessions that stay in the hub; the function sign alone decrypts",
    policy: PolicyDocument.fromJson({ Version: "2012-10-17", Statement: sessionsKeyPolicy(hub) }),
    enableKeyRotation: true,
    removalPolicy: RemovalPolicy.DESTROY,
  });
