import type { Agent } from "../identity/agent.ts";
import { labelsOf, type Relabelling } from "../identity/labels.ts";
import { OPERATIONS, type OperationName } from "./operations.ts";
import type { Query } from "./query.ts";

/** Target of an operation: an agent, as far as it is known, or the deployment as a whole. */
export type OperationTarget = Pick<Agent, "id" | "team" | "owner" | "labels"> | "deployment";

/** Request for approval, as policies may ask about it. */
export interface ApprovalContext {
  /** Names of the groups that have to approve. */
  readonly groups: readonly string[];
  readonly purpose: string;
  /** Accounts in which the task would get sessions. */
  readonly accounts: readonly string[];
}

/** Facts of an operation beside its target. */
export type OperationContext = Relabelling | ApprovalContext | Readonly<Record<string, never>>;

interface Operator {
  readonly id: string;
  /** Groups, `issuer|group` each. */
  readonly groups: readonly string[];
  readonly isFirst: boolean;
}

/**
 * Makes the question whether a person may do an operation. The principal is a User; intents use Agents, so neither can pass for the other.
 * @param context further facts that policies may ask for: of `valetkey:LabelAgent`, the labels that are given and taken; of `valetkey:Approve`, the request.
 */
export function operationQuery(
  operator: Operator,
  operation: OperationName,
  target: OperationTarget,
  context: OperationContext = {},
): Query {
  const principal = { type: "User", id: operator.id };
  const action = { type: "Action", id: operation };
  const actionGroups = OPERATIONS[operation].map((id) => ({ type: "Action", id }));
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
