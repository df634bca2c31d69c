import { setTimeout as sleep } from "node:timers/promises";
import { GRANT_TYPES, TOKEN_TYPES } from "../../contract/names.ts";
import type { RefusalAnswer } from "../../contract/refusal-answers.ts";
import type { DelegationToken, TokenRequest } from "../../contract/token.ts";
import { ClientError } from "../exit-codes.ts";
import { Delegation, isDelegationToken } from "./delegation.ts";
import type { Detail } from "./detail.ts";
import { refusalOf } from "./exchange.ts";
import type { Task } from "./held-task.ts";
import { type Answer, callService, isOutage } from "./service.ts";

/** Longest wait for an answer; milliseconds. */
const TIMEOUT_MS = 10_000;
/** Pauses between attempts; milliseconds. */
const PAUSES_MS = [500, 1_500];

/** Request of a task's holder for a delegation to a sub-agent. */
export interface DelegationRequest {
  /** Registered id of the sub-agent. */
  readonly agent: string;
  /** Upper bound on what the sub-agent may request; a part of what the task has. */
  readonly intent: readonly Detail[];
  /** Lifetime of the delegation, and of the task that is opened with it; as long as this task by default. */
  readonly ttlSeconds?: number | undefined;
}

/**
 * Exchanges the task token for a delegation. A repeat after an outage may leave a delegation behind that nobody has, which ends with the task.
 * @throws {ClientError} refused, intent, later, unavailable
 */
export async function delegateTask(
  url: string,
  task: Pick<Task, "token">,
  { agent, intent, ttlSeconds }: DelegationRequest,
): Promise<Delegation> {
  const form = {
    grant_type: GRANT_TYPES.exchange,
    requested_token_type: TOKEN_TYPES.delegation,
    subject_token: task.token,
    subject_token_type: TOKEN_TYPES.task,
    audience: agent,
    authorization_details: JSON.stringify(intent),
    ...(ttlSeconds !== undefined && { task_ttl: String(ttlSeconds) }),
  } satisfies TokenRequest;
  const attempt = () =>
    callService<DelegationToken | RefusalAnswer>({
      url: `${url}/v1/token`,
      method: "POST",
      timeoutMs: TIMEOUT_MS,
      form,
    });
  let answer = await attempt();
  for (const pauseMs of PAUSES_MS) {
    if (!isOutage(answer)) break;
    await sleep(pauseMs);
    answer = await attempt();
  }
  const delegation = answer?.status === 200 ? delegationOf(answer, agent, intent) : undefined;
  if (delegation) return delegation;
  if (answer === undefined)
    throw new ClientError(
      "unavailable",
      "unreachable",
      `${new URL(url).host} cannot be reached, so nothing was delegated; try again`,
    );
  throw refusalOf(answer, url);
}

function delegationOf(
  { body }: Answer<DelegationToken | RefusalAnswer>,
  agent: string,
  intent: readonly Detail[],
): Delegation | undefined {
  const { access_token: token, expires_in: seconds } = body;
  if (!isDelegationToken(token) || typeof seconds !== "number" || !Number.isFinite(seconds)) return undefined;
  return new Delegation(token, agent, new Date(Date.now() + seconds * 1_000), intent);
}
