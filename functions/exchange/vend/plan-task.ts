import { detailsWithLeases } from "../../connectors/aws/plan-leases.ts";
import { defined } from "../../core/defined.ts";
import { EMPTY_CHAIN } from "../../core/journal/event.ts";
import { onBehalfUntil } from "../../core/people/on-behalf.ts";
import { OBLIGATIONS } from "../../core/policy/obligations.ts";
import { Refusal } from "../../core/refusal.ts";
import { childPath, rootPath } from "../../core/task-path.ts";
import type { Task } from "../../core/tasks/task.ts";
import type { TaskRequest } from "../../core/tasks/task-request.ts";
import { hashToken, makeToken } from "../../core/tasks/token.ts";
import type { Caller } from "../../steps/requests/verify-identity.ts";
import type { GrantedIntent, Grants } from "../../steps/tasks/grants.ts";
import { sessionReads } from "../../steps/tasks/session-reads.ts";
import { sealPresentation } from "../seal-presentation.ts";
import { admitToRoles } from "./admit-to-roles.ts";
import { planConnected } from "./issue-connected.ts";
import type { OpenNeeds } from "./opened-task.ts";
import { planNow } from "./plan-now.ts";

/** Upper bound on the ids that are drawn for a task. An id chooses the task's roles, which may be full. */
const DRAWS = 3;

/**
 * Plans a task and its leases, under an id whose roles have room. The task is not sealed yet.
 * @throws {Refusal} role_full where the roles of all drawn ids are full; those of connectors.
 */
export async function planTask(caller: Caller, request: TaskRequest, grants: Grants, ports: OpenNeeds) {
  for (let draw = 1; ; draw += 1) {
    const { task, token } = newTask(caller, request, grants, ports);
    const connecting = await planConnected(task, grants, ports);
    const connectorLeases = connecting.map(({ lease }) => lease);
    const reads = sessionReads(connectorLeases);
    const planned = await planNow(task, grants, reads, ports);
    const leases = planned.map(({ lease }) => lease);
    try {
      await admitToRoles(task, planned, ports);
      const details = detailsWithLeases(task.details, planned);
      const { shownTo } = request;
      const presentations = shownTo === undefined ? [] : [await sealPresentation(task, token, shownTo, ports)];
      const whole = {
        ...task,
        details,
        leases,
        presentations,
        ...(connectorLeases.length > 0 ? { connectorLeases } : {}),
      };
      return { task: whole, token, planned, connecting, reads };
    } catch (error) {
      if (!(error instanceof Refusal && error.code === "role_full") || draw === DRAWS) throw error;
    }
  }
}

/** Makes the record of a task that is about to be opened, with its token and without any lease. */
export function newTask(
  caller: Caller,
  request: TaskRequest,
  grants: GrantedIntent,
  ports: Pick<OpenNeeds, "random" | "clock">,
): { readonly task: Omit<Task, "seal">; readonly token: string } {
  const { parentScope } = grants;
  const path = parentScope
    ? childPath(parentScope.parent.path, ports.random.bytes(32))
    : rootPath(ports.random.bytes(32));
  const token = makeToken(request.shownTo === undefined ? "vk" : "vkp", path, ports.random.bytes(32));
  const openedAt = Math.floor(ports.clock.nowMs() / 1_000);
  const { agent, onBehalf } = caller;
  const movesUntil = Math.min(
    openedAt + OBLIGATIONS.maxTtlSeconds.keep(grants.terms.obligations, request.ttlSeconds),
    agent.endsAt ?? Number.POSITIVE_INFINITY,
    grants.terms.inherited?.endsAt ?? Number.POSITIVE_INFINITY,
    parentScope?.delegation?.expiresAt ?? Number.POSITIVE_INFINITY,
  );
  const task = {
    path,
    agent: agent.id,
    subject: caller.subject,
    facts: {
      claims: caller.claims,
      ...(caller.absent.length > 0 ? { absent: caller.absent } : {}),
      sourceIp: request.sourceIp,
    },
    purpose: request.purpose,
    details: grants.details,
    ...defined({ delivery: grants.terms.delivery }),
    leases: [],
    status: "active" as const,
    openedAt,
    expiresAt: Math.min(movesUntil, onBehalfUntil(onBehalf)),
    // A task for one tool server has no task token: its presentation token is the only use of it.
    tokens: request.shownTo === undefined ? [{ hash: hashToken(token) }] : [],
    presentations: [],
    delegations: [],
    ...(parentScope ? { delegated: parentScope.delegated } : {}),
    ...(onBehalf ? { onBehalf } : {}),
    ...(onBehalf && !parentScope ? { movesUntil } : {}),
    chain: EMPTY_CHAIN,
  };
  return { task, token };
}
