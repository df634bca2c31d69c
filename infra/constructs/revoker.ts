import { CfnRole } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import { REVOKER_ROLE } from "../../functions/names.ts";
import { policyDocument } from "../policy-document.ts";
import { revokerRights, revokerTrust } from "../target-rights.ts";

/** Properties of the revoker. */
export interface RevokerProps {
  readonly partition: string;
  /** Account of this revoker. */
  readonly account: string;
  readonly hubAccount: string;
  readonly taskRoles: number;
}

/** Role of an account that alone may write the revocation policies of its task roles. */
export class Revoker extends Construct {
  constructor(scope: Construct, id: string, props: RevokerProps) {
    super(scope, id);
    new CfnRole(this, "Role", {
      roleName: REVOKER_ROLE,
      description: "valetkey: writes the revocation policies; assumed by the hub's reconciler and nobody else",
      assumeRolePolicyDocument: policyDocument(revokerTrust(props.hubAccount, props.partition)),
      policies: [
        {
          policyName: "rights",
          policyDocument: policyDocument(revokerRights(props.partition, props.account, props.taskRoles)),
        },
      ],
    });
  }
}
