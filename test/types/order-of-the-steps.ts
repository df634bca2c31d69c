/**
 * Wrong orders of the steps do not compile (I1, I6). `npm run check:types` is the test: a `@ts-expect-error` without an
 * error fails it.
 * Each wrong order has a right one above, which differs in one argument. So it is refused for that reason and no other.
 * Nothing here runs.
 */
import type { SealingPorts } from "../../functions/core/ports.ts";
import type { Task } from "../../functions/core/tasks/task.ts";
import type { TokenRequest } from "../../functions/exchange/request.ts";
import { respond } from "../../functions/exchange/respond.ts";
import { confirmLeases, type Issued } from "../../functions/exchange/vend/confirm-leases.ts";
import { openTask } from "../../functions/exchange/vend/open-task.ts";
import type { OpenedTask } from "../../functions/exchange/vend/opened-task.ts";
import { type RenewedLease, renewLease } from "../../functions/exchange/vend/renew-lease.ts";
import { authoriseOperation } from "../../functions/steps/requests/authorise-operation.ts";
import type { Caller, Identity } from "../../functions/steps/requests/verify-identity.ts";
import type { OperatorIdentity } from "../../functions/steps/requests/verify-operator.ts";
import type { AuthenticatedTask } from "../../functions/steps/tasks/authenticate-task.ts";
import { authoriseIntent } from "../../functions/steps/tasks/authorise-intent.ts";
import { authoriseParent, authoriseTask } from "../../functions/steps/tasks/authorise-task.ts";
import type { BelievedTask } from "../../functions/steps/tasks/believe-task.ts";
import type { Grants, NoParent, ParentScope } from "../../functions/steps/tasks/grants.ts";
import { noParentOf } from "../../functions/steps/tasks/no-parent.ts";
import { type Lineage, readLineage } from "../../functions/steps/tasks/read-lineage.ts";
import { type HeldDelegation, verifyDelegation } from "../../functions/steps/tasks/verify-delegation.ts";

declare const ports: SealingPorts;
declare const identity: Identity;
declare const caller: Caller;
declare const grants: Grants;
declare const opened: OpenedTask;
declare const renewed: RenewedLease;
declare const issued: Issued<OpenedTask>;
declare const operator: OperatorIdentity;

declare const task: Task;
declare const believed: BelievedTask;
declare const lineage: Lineage;
declare const delegation: HeldDelegation;
declare const parentScope: ParentScope;
declare const noParent: NoParent;
declare const request: TokenRequest;
declare const ownRequest: Extract<TokenRequest, { readonly delegationToken?: undefined }>;

/** Forgery of a noun: all of its fields, without the mark that only the step can make. */
type Forged<T> = { readonly [Name in keyof T as Name extends symbol ? never : Name]: T[Name] };
declare const unproven: Forged<Identity>;
declare const unauthorised: Forged<Grants>;
declare const unrecorded: Forged<OpenedTask>;
declare const unrenewed: Forged<RenewedLease>;
declare const unheld: Forged<AuthenticatedTask>;
declare const unseen: Forged<Lineage>;
declare const undelegated: Forged<HeldDelegation>;
declare const undecided: Forged<ParentScope>;
declare const unknownPerson: Forged<OperatorIdentity>;

export const rightOrders = async () => [
  await openTask(caller, request, grants, ports),
  await renewLease(believed, "aws-0", grants, ports),
  await readLineage(believed, ports),
  await authoriseTask(lineage, "", ports),
  await verifyDelegation("", identity, false, ports),
  await authoriseParent(delegation, "", ports),
  await authoriseIntent(caller, request, parentScope, ports),
  await authoriseIntent(caller, request, noParent, ports),
  noParentOf(ownRequest),
  await confirmLeases(opened, ports),
  await confirmLeases(renewed, ports),
  respond(issued, ports.deployment, 0),
  await authoriseOperation(operator, "valetkey:EndTask", "deployment", ports),
];

export const wrongOrders = async () => [
  // @ts-expect-error no task for an identity whose token was not verified
  await openTask(unproven, request, grants, ports),
  // @ts-expect-error no task for a person: people operate, agents start tasks
  await openTask(operator, request, grants, ports),
  // @ts-expect-error no task for grants that policy has not permitted
  await openTask(caller, request, unauthorised, ports),
  // @ts-expect-error no task for the details as requested
  await openTask(caller, request, request.details, ports),
  // @ts-expect-error no renewal with grants that policy has not permitted
  await renewLease(believed, "aws-0", unauthorised, ports),
  // @ts-expect-error no lease of a task whose seal was not verified: five functions may write the record
  await renewLease(task, "aws-0", grants, ports),
  // @ts-expect-error no lineage of a task whose seal was not verified
  await readLineage(task, ports),
  // @ts-expect-error no decision on a task whose ancestors were not read and found alive
  await authoriseTask(unseen, "", ports),
  // @ts-expect-error no delegation for an identity whose token was not verified
  await verifyDelegation("", unproven, false, ports),
  // @ts-expect-error no decision on a delegation that nobody has shown
  await authoriseParent(undelegated, "", ports),
  // @ts-expect-error no child within a parent scope that was not decided anew (I3)
  await authoriseIntent(caller, request, undecided, ports),
  // @ts-expect-error no child within a delegation alone
  await authoriseIntent(caller, request, delegation, ports),
  // @ts-expect-error no decision for an agent before it is known whether it acts for a person (B1)
  await authoriseIntent(identity, request, noParent, ports),
  // @ts-expect-error no task for an agent before it is known whether it acts for a person
  await openTask(identity, request, grants, ports),
  // @ts-expect-error no decision without a parent, unless its absence is proven: a child's bounds cannot be left out
  await authoriseIntent(caller, request, undefined, ports),
  // @ts-expect-error no absence of a parent for a request that may show a delegation
  noParentOf(request),
  // @ts-expect-error no confirmation of a lease that is not recorded
  await confirmLeases(unrecorded, ports),
  // @ts-expect-error no confirmation of a renewed lease that is not recorded
  await confirmLeases(unrenewed, ports),
  // @ts-expect-error no credentials are handed out before their AccessKeyId is recorded
  respond(opened, ports.deployment, 0),
  // @ts-expect-error no credentials straight from the step that opened the task
  respond(unrecorded, ports.deployment, 0),
  // @ts-expect-error no operation by a person whose token was not verified
  await authoriseOperation(unknownPerson, "valetkey:EndTask", "deployment", ports),
  // @ts-expect-error no operation by an agent, however proven
  await authoriseOperation(identity, "valetkey:EndTask", "deployment", ports),
];

/** The marks: no other file can write one, since the symbols are not exported. */
export const forged: readonly unknown[] = [
  // @ts-expect-error an identity is made by verifyIdentity
  unproven satisfies Identity,
  // @ts-expect-error grants are made by authoriseIntent
  unauthorised satisfies Grants,
  // @ts-expect-error an opened task is made by openTask
  unrecorded satisfies OpenedTask,
  // @ts-expect-error a renewed lease is made by renewLease
  unrenewed satisfies RenewedLease,
  // @ts-expect-error issued credentials are made by confirmLeases
  opened satisfies Issued<OpenedTask>,
  // @ts-expect-error a lineage is made by readLineage
  unseen satisfies Lineage,
  // @ts-expect-error a held delegation is made by verifyDelegation
  undelegated satisfies HeldDelegation,
  // @ts-expect-error a parent scope is made by authoriseParent and authoriseTask
  undecided satisfies ParentScope,
  // @ts-expect-error the absence of a parent is proven by noParentOf and noParentAbove
  {} satisfies NoParent,
  // @ts-expect-error a task is believed by believeTask, or sealed by sealTask
  task satisfies BelievedTask,
  // @ts-expect-error an authenticated task is made by authenticateTask, from a token
  unheld satisfies AuthenticatedTask,
  // @ts-expect-error an operator is made by verifyOperator
  unknownPerson satisfies OperatorIdentity,
];
