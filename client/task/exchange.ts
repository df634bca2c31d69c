import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { GRANT_TYPES, TOKEN_TYPES } from "../../contract/names.ts";
import type { RefusalAnswer } from "../../contract/refusal-answers.ts";
import type { TokenRequest } from "../../contract/token.ts";
import { ClientError, type Denial, type ExitReason } from "../exit-codes.ts";
import { budgetInWords } from "./budget-in-words.ts";
import { coveredPart } from "./covered.ts";
import { denialOf } from "./denial-lines.ts";
import type { Detail } from "./detail.ts";
import type { Task } from "./held-task.ts";
import { askInstead, listReach } from "./instead.ts";
import { registrationOf } from "./registration-of.ts";
import { type Answer, isOutage, tryService, withSeconds } from "./service.ts";
import { type TaskAnswer, taskOf } from "./task.ts";
import type { TaskOptions } from "./task-options.ts";

/** Longest wait for an answer: a cold start with a slow issuer takes seconds. */
const TIMEOUT_MS = 15_000;
/** Pauses between attempts; milliseconds. */
const PAUSES_MS = [500, 1_500];

/**
 * Exchanges the identity token for a task. Retries an outage with the same idempotency key, so that a lost answer leaves no second task behind.
 * @throws {ClientError} refused, intent, later, unavailable
 */
export async function openTask(
  options: Omit<TaskOptions, "identity">,
  identity: string,
  isInterrupted: () => boolean,
): Promise<Task> {
  const form = { ...taskForm(options, identity), idempotency_key: randomUUID() } satisfies TokenRequest;
  let mayBeOpen = false;
  const attempt = async () => {
    const outcome = await tryService<TaskAnswer | RefusalAnswer>({
      url: `${options.url}/v1/token`,
      method: "POST",
      timeoutMs: TIMEOUT_MS,
      form,
      renews: options.renews,
    });
    mayBeOpen ||= outcome !== "unsent";
    return typeof outcome === "string" ? undefined : outcome;
  };
  let answer = await attempt();
  for (const pauseMs of PAUSES_MS) {
    if (!isOutage(answer) || isInterrupted()) break;
    await sleep(pauseMs);
    answer = await attempt();
  }
  const task = answer?.status === 200 ? taskOf(answer.body, answer.aheadMs) : undefined;
  if (task) return task;
  if (!mayBeOpen)
    throw new ClientError(
      "unavailable",
      "unreachable",
      `${new URL(options.url).host} cannot be reached: no connection was made, so no task was opened; check --url`,
    );
  const isDenied = answer?.body.code === "policy_denied" && options.mode === "all";
  const covered = isDenied ? await coveredPart(options.url, form) : undefined;
  throw refusalOf(answer, options.url, {
    instead: (denials) => askInstead(options, denials, covered),
    list: isDenied ? listReach(options) : undefined,
    covered,
    identity,
  });
}

/** Makes the form that starts a task. */
export const taskForm = (options: Omit<TaskOptions, "identity">, identity: string) => ({
  grant_type: GRANT_TYPES.exchange,
  ...proofOf(options, identity),
  purpose: options.purpose,
  authorization_details: JSON.stringify(options.details),
  ...(options.ttlSeconds !== undefined && { task_ttl: String(options.ttlSeconds) }),
  ...(options.standing !== undefined && { standing: options.standing }),
  ...(options.signs && { deliver: "sign" as const }),
  ...(options.mode === "narrow" && { mode: "narrow" as const }),
});

/** Makes the proof of a request: the agent is the subject for itself, and the actor for a person or below another task (RFC 8693, section 2.1). */
function proofOf({ personToken, delegationToken }: Omit<TaskOptions, "identity">, identity: string) {
  const actor = { actor_token: identity, actor_token_type: TOKEN_TYPES.idToken };
  if (delegationToken !== undefined)
    return { subject_token: delegationToken, subject_token_type: TOKEN_TYPES.delegation, ...actor };
  if (personToken !== undefined)
    return { subject_token: personToken, subject_token_type: TOKEN_TYPES.idToken, ...actor };
  return { subject_token: identity, subject_token_type: TOKEN_TYPES.idToken };
}

/**
 * Translates an answer without a task to the error of a command.
 * @param about.instead composes the command line that requests what policy would permit.
 * @param about.list command line that lists what policy permits.
 * @param about.covered the permitted part of a denied request, where the service named it.
 * @param about.identity token of the agent itself, which is never quoted: of an unregistered agent, issuer and subject are named.
 */
export function refusalOf(
  answer: Answer<RefusalAnswer> | undefined,
  url: string,
  about: {
    readonly instead?: (denials: readonly Denial[]) => string | undefined;
    readonly list?: string | undefined;
    readonly covered?: readonly Detail[] | undefined;
    readonly identity?: string;
  } = {},
): ClientError {
  if (answer === undefined) {
    return new ClientError(
      "unavailable",
      "unreachable",
      `${new URL(url).host} cannot be reached; a task that it opened all the same ends by itself at its deadline`,
    );
  }
  const { error, error_description: description, code, budget, retry_after: budgetSeconds } = answer.body;
  // A 2xx without a task, or a 3xx: the server is not valetkey.
  if (answer.status < 400)
    return new ClientError("unavailable", "answer_unreadable", "the answer is not one of valetkey's; check --url");
  const described =
    typeof description === "string" ? description : `the service answered ${answer.status} without saying why`;
  const sentence =
    isText(budget) && typeof budgetSeconds === "number"
      ? budgetInWords(budget, budgetSeconds, Date.now())
      : withSeconds(described, answer.retryAfterSeconds);
  const event = typeof code === "string" ? code : typeof error === "string" ? error : "refused";
  const denials = Array.isArray(answer.body.denials) ? answer.body.denials.map(denialOf) : [];
  const registration =
    event === "agent_unknown" && about.identity !== undefined ? registrationOf(about.identity) : undefined;
  const personsReason = isText(answer.body.reason) ? answer.body.reason : undefined;
  const inWords = personsReason === undefined ? "" : ` The reason: ${JSON.stringify(personsReason)}`;
  const whole = `${sentence}${registration ? ` ${registration.sentence}` : ""}${inWords}`;
  return new ClientError(reasonOf(answer, error, event), event, whole, {
    denials,
    covered: about.covered,
    lines: registration?.lines ?? [],
    instead: about.instead?.(denials),
    list: denials.length > 0 ? about.list : undefined,
    personsReason,
    retryAfterSeconds: answer.retryAfterSeconds,
  });
}

/** Codes after which the same request may be granted later: no decision, or a label that is free some time. */
const LATER = ["approval_expired", "approval_void", "label_conflict"];

function reasonOf(
  { status, retryAfterSeconds }: Pick<Answer<RefusalAnswer>, "status" | "retryAfterSeconds">,
  error: unknown,
  event: string,
): ExitReason {
  if (status >= 500) return "unavailable";
  // Two labels of one request that exclude each other: no waiting helps.
  if (event === "label_conflict" && retryAfterSeconds === undefined) return "intent";
  if (status === 429 || LATER.includes(event)) return "later";
  return error === "invalid_authorization_details" ? "intent" : "refused";
}

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
