import { CfnRole } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import { REVOKER_ROLE } from "../../functions/names.ts";
import { policyDocument } from "../policy-document.ts";
import { revokerRights, revokerTrust } from "../target-rights.ts";

/** What the revoker depends on. */
export interface RevokerProps {
  readonly partition: string;
  /** The account that this revoker is in. */
  readonly account: string;
  readonly hubAccount: string;
  readonly taskRoles: number;
}

/** The one role of an account that may write the revocation policies of its task roles. */
export class Revoker extends Construct {
  constructor(scope: Construct, id: string, props: RevokerProps) {
    super(scope, id);
    new CfnRole(this, "Role", {
      roleName: REVOKER_ROLE,
      description: "valetkey: writes what is revoked; assumed by the hub's reconciler and nobody else",
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
