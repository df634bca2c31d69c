import { Stack, type StackProps } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { partitionOf } from "../functions/core/deployment/partition-of.ts";
import { forwarderArn } from "./bus-rights.ts";
import type { CallsPlace } from "./calls-places.ts";
import type { Config } from "./config/schema.ts";
import { ForwardingRule } from "./constructs/target/forwarding-rule.ts";

/**
 * Stack of a further Region of a target account: the rule that forwards task roles' calls in that Region. The rule uses the forwarder role of the account's own
 * stack: IAM is global, and the hub's bus admits that one name.
 */
export class CallsStack extends Stack {
  constructor(
    scope: Construct,
    { account, region, stack }: CallsPlace,
    { hub: place, prefix }: Pick<Config, "hub" | "prefix">,
    props: StackProps = {},
  ) {
    super(scope, stack, { env: { account, region }, ...props });
    const partition = partitionOf(region);
    const hub = { ...place, prefix };
    new ForwardingRule(this, "Rule", { partition, hub }, forwarderArn(account, { partition, prefix }));
  }
}
