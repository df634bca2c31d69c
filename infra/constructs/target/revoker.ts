import { Token, Validations } from "aws-cdk-lib";
import { CfnRole } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import { revokerRole } from "../../../functions/hub-names.ts";
import { type HubRoles, taskRolesArn } from "../../arns.ts";
import { policyDocument } from "../../policy-document.ts";
import { revokerRights, revokerTrust } from "../../target-rights.ts";

/** Properties of the revoker. */
export interface RevokerProps {
  /** Account of this revoker. */
  readonly account: string;
  readonly hub: HubRoles;
}

/** Revoker role of an account. Only this role may write the revocation policies of the account's task roles. */
export class Revoker extends Construct {
  constructor(scope: Construct, id: string, props: RevokerProps) {
    super(scope, id);
    const role = new CfnRole(this, "Role", {
      roleName: revokerRole(props.hub),
      description: "valetkey: writes the revocation policies; assumed by the hub's reconciler and nobody else",
      assumeRolePolicyDocument: policyDocument(revokerTrust(props.hub)),
      policies: [
        {
          policyName: "rights",
          policyDocument: policyDocument(revokerRights(props.account, props.hub)),
        },
      ],
    });
    // A finding shows a reference by its name.
    const account = Token.isUnresolved(props.account) ? "<AWS::AccountId>" : props.account;
    Validations.of(role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${taskRolesArn(account, props.hub)}]`,
      reason:
        "The account's pool: a role also has to have the ceiling as its boundary before anything is written to it.",
    });
  }
}
