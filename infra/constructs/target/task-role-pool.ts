import { CfnRole, type IManagedPolicy } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import { taskRoleName } from "../../../functions/hub-names.ts";
import { HELD_TAG } from "../../../functions/names.ts";
import type { HubRoles } from "../../arns.ts";
import { policyDocument } from "../../policy-document.ts";
import { taskRoleTrust } from "../../target-rights.ts";

/** STS's maximum for a session whose caller is itself a session, as a Lambda function is; seconds. */
const SESSION_SECONDS = 3_600;

/** Properties of the pool. */
export interface TaskRolePoolProps {
  readonly hub: HubRoles;
  readonly taskRoles: number;
  readonly ceiling: IManagedPolicy;
  /** Policies that limit the roles to named actions, and the mark of the names; absent where only the ceiling's patterns limit the roles. */
  readonly held?: { readonly policies: readonly IManagedPolicy[]; readonly mark: string } | undefined;
}

/**
 * Roles of which tasks get sessions. Rights and boundary are the same policy, so nobody who can only write inline policies can add rights. The inline policy
 * belongs to the reconciler. None is set here, since a deployment would overwrite it.
 */
export class TaskRolePool extends Construct {
  constructor(scope: Construct, id: string, props: TaskRolePoolProps) {
    super(scope, id);
    for (let index = 0; index < props.taskRoles; index++) {
      new CfnRole(this, `Role${index}`, {
        roleName: taskRoleName(index, props.hub),
        description: "valetkey: sessions of tasks; assumed by the hub's exchange and its probe",
        assumeRolePolicyDocument: policyDocument(taskRoleTrust(props.hub)),
        managedPolicyArns: [props.ceiling, ...(props.held?.policies ?? [])].map((policy) => policy.managedPolicyArn),
        ...(props.held ? { tags: [{ key: HELD_TAG, value: props.held.mark }] } : {}),
        permissionsBoundary: props.ceiling.managedPolicyArn,
        maxSessionDuration: SESSION_SECONDS,
      });
    }
  }
}
