import type { IncomingMessage } from "node:http";
import { ClientError, type ExitReason } from "../exit-codes.ts";
import type { Reporter } from "../reporter.ts";
import { checkDelegation } from "../task/check-request.ts";
import { delegateTask } from "../task/delegate-task.ts";
import { recordOf } from "../task/fields.ts";
import type { Task } from "../task/held-task.ts";
import { failure, openLoopback } from "./loopback-endpoint.ts";

/** Longest request; bytes. The service takes 4,096 characters of an intent. */
const BODY_BYTES = 32_768;

/** Statuses of refusals, by the reason of the client's error. */
const STATUS: Readonly<Partial<Record<ExitReason, number>>> = { usage: 400, intent: 400, refused: 403, later: 429 };

/** Endpoint at which the command of `valetkey exec` gets delegations, without the task token. */
interface Delegations {
  /** Variables for the command, which `valetkey delegate` reads. */
  readonly variables: Readonly<Record<string, string>>;
  readonly close: () => Promise<void>;
}

/**
 * Serves delegations of the task until it is closed. Its token differs from the credentials': a program that gets credentials alone cannot delegate.
 * @param agents the only agents to which the command may delegate, named by whoever started `valetkey exec`.
 */
export async function openDelegations(
  url: string,
  task: Pick<Task, "id" | "token">,
  agents: readonly string[],
  report: Reporter,
): Promise<Delegations> {
  const { origin, token, close } = await openLoopback({
    method: "POST",
    tokenName: "VALETKEY_DELEGATIONS_TOKEN",
    failed: "The delegations endpoint failed.",
    answer: async (request) => {
      const body = await textOf(request);
      if (body === undefined) return failure(413, "usage", "The request is too long.");
      try {
        return { status: 200, body: await delegated(body, { url, task, agents, report }) };
      } catch (error) {
        if (!(error instanceof ClientError)) throw error;
        report.warn("not_delegated", `task ${task.id} delegated nothing: ${error.message}`, { task: task.id });
        const { event: Code, message: Message, reason, denials } = error;
        return { status: STATUS[reason] ?? 503, body: { Code, Message, reason, denials } };
      }
    },
  });
  return { variables: { VALETKEY_DELEGATIONS_URL: `${origin}/`, VALETKEY_DELEGATIONS_TOKEN: token }, close };
}

/** Makes a delegation. @throws {ClientError} */
async function delegated(
  body: string,
  {
    url,
    task,
    agents,
    report,
  }: {
    readonly url: string;
    readonly task: Pick<Task, "id" | "token">;
    readonly agents: readonly string[];
    readonly report: Reporter;
  },
): Promise<object> {
  const { agent, intent, ttlSeconds } = recordOf(parsed(body));
  // The request is the command's, and may have any form.
  const request = { agent, intent, ttlSeconds } as Parameters<typeof delegateTask>[2];
  checkDelegation(agent, intent, { ttlSeconds });
  if (!agents.includes(request.agent))
    throw new ClientError(
      "refused",
      "delegation_not_allowed",
      `this command may delegate to ${agents.join(", ")} alone; whoever starts \`valetkey exec\` names further agents: --delegate-to`,
    );
  const delegation = await delegateTask(url, task, request);
  const expiresAt = delegation.expiresAt.toISOString();
  report.note("delegated", `task ${task.id} delegated to ${request.agent} until ${expiresAt}`, {
    task: task.id,
    agent: request.agent,
    intent: request.intent,
    expires_at: expiresAt,
  });
  return { delegation: delegation.text(), expires_at: expiresAt };
}

/** Reads a request's body to its end, and stores no more than the limit; undefined for a longer one. */
async function textOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes <= BODY_BYTES) chunks.push(chunk);
  }
  return bytes > BODY_BYTES ? undefined : Buffer.concat(chunks).toString("utf8");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
