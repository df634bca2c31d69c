import { PERMISSIONS, type PermissionName } from "../../../contract/permissions.ts";
import { labelsOf, type Relabelling } from "../identity/labels.ts";
import type { PolicyAgent } from "./entities.ts";
import type { Query } from "./query.ts";

/** Target of an operation: an agent, with its known facts, or the deployment as a whole. */
export type OperationTarget = PolicyAgent | "deployment";

/** Facts of a request for approval that policies may read. */
export interface ApprovalContext {
  /** Names of the groups that must approve. */
  readonly groups: readonly string[];
  readonly purpose: string;
  /** Accounts in which the task would get sessions. */
  readonly accounts: readonly string[];
}

/** Facts of an operation, other than its target. */
export type OperationContext = Relabelling | ApprovalContext | Readonly<Record<string, never>>;

interface Operator {
  readonly id: string;
  /** Groups, `issuer|group` each. */
  readonly groups: readonly string[];
  readonly isFirst: boolean;
}

/**
 * Returns Cedar's question whether a person may do an operation. The principal is a User, and that of an intent an
 * Agent, so neither can pass for the other.
 * @param context further facts that policies may read: for `valetkey:LabelAgent`, the labels that are added and
 * removed; for `valetkey:Approve`, the request.
 */
export function operationQuery(
  operator: Operator,
  operation: PermissionName,
  target: OperationTarget,
  context: OperationContext = {},
): Query {
  const principal = { type: "User", id: operator.id };
  const action = { type: "Action", id: operation };
  const actionGroups = PERMISSIONS[operation].map((id) => ({ type: "Action", id }));
  const groups = operator.groups.map((id) => ({ type: "Group", id }));
  const resource = target === "deployment" ? { type: "Deployment", id: "valetkey" } : { type: "Agent", id: target.id };
  const parents = target === "deployment" ? [] : [{ type: "Team", id: target.team }];
  const attrs =
    target === "deployment" ? {} : { id: target.id, team: target.team, owner: target.owner, labels: labelsOf(target) };
  return {
    principal,
    action,
    resource,
    context: { ...context },
    entities: [
      {
        uid: principal,
        attrs: { id: operator.id, firstOperator: operator.isFirst },
        parents: groups,
      },
      { uid: action, attrs: {}, parents: actionGroups },
      { uid: resource, attrs, parents },
      ...[...groups, ...actionGroups, ...parents].map((uid) => ({ uid, attrs: {}, parents: [] })),
    ],
  };
}
