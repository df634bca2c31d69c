import { BootstraplessSynthesizer, type IStackSynthesizer, Stack } from "aws-cdk-lib";
import { CfnRule } from "aws-cdk-lib/aws-events";
import type { Construct } from "constructs";
import { forwardedRegions } from "../functions/core/deployment/forwarded-regions.ts";
import { partitionOf } from "../functions/core/deployment/partition-of.ts";
import { nameIn, type Prefixed } from "../functions/hub-names.ts";
import { heraldRole, ORGANIZATIONS, SERVICE_EVENT } from "./bus-rights.ts";
import type { Config } from "./config/schema.ts";
import { ForwardingRole } from "./constructs/target/forwarding-role.ts";
import { hubBusArn } from "./hub-scope.ts";

/** Properties of the herald. */
export interface HeraldStackProps {
  /** Management account of the organisation. */
  readonly management: string;
  readonly hub: Prefixed & { readonly account: string; readonly region: Config["hub"]["region"] };
}

/**
 * Stack of the management account: one rule and its role. The rule forwards events about accounts that join or leave to the hub's bus. The stack is in the Region
 * in which global services report, needs no bootstrap, and is deployed with credentials of its own account.
 */
export class HeraldStack extends Stack {
  constructor(scope: Construct, id: string, { management, hub }: HeraldStackProps) {
    const [, region = hub.region] = forwardedRegions(hub);
    super(scope, id, {
      stackName: nameIn(hub, "herald"),
      env: { account: management, region },
      synthesizer: new BootstraplessSynthesizer() as IStackSynthesizer,
    });
    const arn = hubBusArn({ partition: partitionOf(region), hub });
    const role = new ForwardingRole(this, "Role", {
      roleName: heraldRole(hub),
      description: "valetkey: EventBridge forwards events of accounts that join or leave to the hub's bus",
      busArn: arn,
    });
    new CfnRule(this, "Rule", {
      name: nameIn(hub, "departures"),
      description: "valetkey: accounts that join or leave the organisation, to the hub",
      eventPattern: {
        source: [ORGANIZATIONS],
        "detail-type": [SERVICE_EVENT],
        detail: { eventName: ["AccountJoinedOrganization", "AccountDepartedOrganization"] },
      },
      targets: [{ id: "hub", arn, roleArn: role.attrArn }],
    });
  }
}
