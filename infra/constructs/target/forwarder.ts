import { Construct } from "constructs";
import { forwarderRole } from "../../bus-rights.ts";
import { type ForwardedTo, hubBusArn } from "../../hub-scope.ts";
import { ForwardingRole } from "./forwarding-role.ts";
import { ForwardingRule } from "./forwarding-rule.ts";

/** Forwarding rule of the account's own Region, and the role by which EventBridge forwards in every Region of the account. */
export class Forwarder extends Construct {
  constructor(scope: Construct, id: string, to: ForwardedTo) {
    super(scope, id);
    const role = new ForwardingRole(this, "Role", {
      roleName: forwarderRole(to.hub),
      description: "valetkey: EventBridge forwards CloudTrail's events of the task roles to the hub's bus",
      busArn: hubBusArn(to),
    });
    new ForwardingRule(this, "Rule", to, role.attrArn);
  }
}
