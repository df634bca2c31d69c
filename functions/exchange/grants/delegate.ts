import { type AgentId, isAgentId } from "../../../contract/agent-id.ts";
import { RATE_LIMITS, TREE_LIMITS } from "../../../contract/limits.ts";
import { TOKEN_TYPES } from "../../../contract/names.ts";
import type { DelegationToken } from "../../../contract/token.ts";
import { boundOfDetails } from "../../core/delegation/bounds.ts";
import { contain } from "../../core/delegation/contain.ts";
import { type Delegation, isPending, isSpent } from "../../core/delegation/delegation.ts";
import { partyOf } from "../../core/delegation/party.ts";
import type { Detail } from "../../core/intent/detail.ts";
import { parseIntent } from "../../core/intent/parse-intent.ts";
import { nextEvent } from "../../core/journal/event.ts";
import type { Ports, SealingPorts } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import { depthOf } from "../../core/task-path.ts";
import { sealedDelegationOf } from "../../core/tasks/sealed-fields.ts";
import { isLive, type Task } from "../../core/tasks/task.ts";
import { hashToken, makeToken } from "../../core/tasks/token.ts";
import { answered } from "../../http/answered.ts";
import type { HttpAnswer, HttpEvent } from "../../http/event.ts";
import { refuseWaiting } from "../../steps/approvals/refuse-waiting.ts";
import { countAgainstLimit, refuseKnownFlood } from "../../steps/requests/count-against-limit.ts";
import { authenticateSealedTask } from "../../steps/tasks/authenticate-sealed-task.ts";
import type { BelievedTask } from "../../steps/tasks/believe-task.ts";
import { changeBelieved } from "../../steps/tasks/change-task.ts";
import { describeDetails } from "../../steps/tasks/describe-details.ts";
import { refuseCooling, refuseKnownCooling } from "../../steps/tasks/refuse-cooling.ts";
import { refuseHalted } from "../../steps/tasks/refuse-halted.ts";
import { refusePaused } from "../../steps/tasks/refuse-paused.ts";
import { type Form, heldToken, needed, readTtl, type Understands } from "../request.ts";

/** Request of a task's holder for a delegation token. */
export interface DelegationRequest {
  readonly taskToken: string;
  /** Registered id of the sub-agent. */
  readonly agent: AgentId;
  /** Upper bound on the details that the sub-agent may request. */
  readonly details?: readonly Detail[];
  /** Lifetime of the token, and of the task that is opened with it; seconds. */
  readonly ttlSeconds?: number;
}

/** Parses a request for a delegation token. @throws {Refusal} malformed_request, unsupported_token_type, intent_invalid. */
export function parseDelegationRequest(form: Form, ports: Understands): DelegationRequest {
  const taskToken = heldToken(form);
  const agent = needed(form, "audience");
  if (!isAgentId(agent)) {
    throw new Refusal("malformed_request", { say: "The audience must be the registered id of the sub-agent." });
  }
  const [ttl, intent] = [form.get("task_ttl"), form.get("authorization_details")];
  if (intent !== undefined && intent.length > TREE_LIMITS.detailCharacters) {
    throw new Refusal("intent_invalid", { say: `A delegation's may have ${TREE_LIMITS.detailCharacters} characters.` });
  }
  return {
    taskToken,
    agent,
    ...(intent === undefined ? {} : { details: parseIntent(intent, ports) }),
    ...(ttl === undefined ? {} : { ttlSeconds: readTtl(ttl) }),
  };
}

/** Answers `POST /v1/token` for a delegation token. With it, one sub-agent can open one task below this one, within its grants, and nothing else. */
export function delegate(form: Form, event: HttpEvent, ports: SealingPorts): Promise<HttpAnswer> {
  return answered(event, ports, async (record) => {
    const request = parseDelegationRequest(form, ports);
    const task = await authenticateSealedTask(request.taskToken, undefined, ports, "subject_token_unknown");
    record.noteTask(task);
    record.note({ subject: task.subject });
    record.staleIf(() => !isLive(task, ports.clock.nowMs() / 1_000));
    return await issueDelegation(task, request, ports);
  });
}

async function issueDelegation(
  task: BelievedTask,
  { agent, details, ttlSeconds = Number.POSITIVE_INFINITY }: DelegationRequest,
  ports: SealingPorts,
): Promise<DelegationToken> {
  const nowSeconds = ports.clock.nowMs() / 1_000;
  if (!isLive(task, nowSeconds)) throw new Refusal("task_ended");
  await refuseWaiting(task, ports);
  if (depthOf(task.path) >= TREE_LIMITS.depth) throw new Refusal("delegation_too_deep");
  refuseKnownCooling(task.agent, ports);
  const counted = { agent: task.agent, party: partyOf(task) };
  refuseKnownFlood(counted, "delegation", RATE_LIMITS.delegation, ports);
  refuseKnownFlood(counted, "refusal", RATE_LIMITS.refusal, ports);
  if (details) refuseWider(details, task, ports);
  refuseIfFull(task, nowSeconds);
  const [isAlive] = await Promise.all([
    ports.tasks.isAlive(task),
    countAgainstLimit(counted, "delegation", RATE_LIMITS.delegation, ports),
    refuseHalted(task, ports),
    refuseCooling(task.agent, ports),
    refusePaused(task, ports),
  ]);
  if (!isAlive) throw new Refusal("task_ended");

  const token = makeToken("vkd", task.path, ports.random.bytes(32));
  const expiresAt = Math.min(task.expiresAt, Math.floor(nowSeconds) + ttlSeconds);
  const delegation = {
    hash: hashToken(token),
    agent,
    expiresAt,
    listed: true,
    ...(details ? { details } : {}),
  } as const;
  const seal = await ports.recordKey.seal("delegation", sealedDelegationOf(task.path, delegation));
  await changeBelieved(task, (current) => addTo(current, { ...delegation, seal }, ports), ports);
  return {
    access_token: token,
    issued_token_type: TOKEN_TYPES.delegation,
    // RFC 8693, section 2.2.1: the token gives no access by itself.
    token_type: "N_A",
    expires_in: Math.floor(expiresAt - nowSeconds),
    authorization_details: describeDetails(details ?? task.details),
  };
}

/** @throws {Refusal} too_many_tokens, contended. */
async function addTo(task: Task, delegation: Delegation, ports: Ports): Promise<void> {
  const nowMs = ports.clock.nowMs();
  refuseIfFull(task, nowMs / 1_000);
  const event = nextEvent(task.chain, task.path, "delegation.issued", nowMs, {
    agent: task.agent,
    to: delegation.agent,
    details: delegation.details,
    expires_at: delegation.expiresAt,
  });
  const spent = task.delegations.filter((each) => isSpent(each, nowMs / 1_000)).map(({ hash }) => hash);
  await ports.tasks.addDelegation(task, delegation, spent, event);
}

function refuseIfFull({ delegations }: Task, nowSeconds: number): void {
  const pending = delegations.filter((each) => isPending(each, nowSeconds));
  if (pending.length >= TREE_LIMITS.pending) throw new Refusal("too_many_tokens");
}

/** Refuses details outside the task's own at once. The delegation's use would refuse them too: it checks policy and all tasks above. */
function refuseWider(
  details: readonly Detail[],
  task: Task,
  { catalogue, connectors, deployment: { accounts } }: Pick<SealingPorts, "catalogue" | "connectors" | "deployment">,
): void {
  const own = boundOfDetails(task.details, catalogue, connectors, accounts);
  const denials = details.flatMap((detail) =>
    boundOfDetails([detail], catalogue, connectors, accounts).flatMap((pair) => {
      const answer = contain({ ...pair, conditions: [{}] }, own);
      return "denial" in answer ? [answer.denial] : [];
    }),
  );
  if (denials.length > 0) throw new Refusal("policy_denied", { denials });
}
