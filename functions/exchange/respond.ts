import type { ContainerCredentials, KeptSession } from "../../contract/credentials.ts";
import { TOKEN_TYPES } from "../../contract/names.ts";
import type { StartedTask } from "../../contract/token.ts";
import { defined } from "../core/defined.ts";
import { actingFor } from "../core/delegation/acting.ts";
import { type Account, accountOf, type Deployment } from "../core/deployment/deployment.ts";
import { parentOf } from "../core/task-path.ts";
import type { Task } from "../core/tasks/task.ts";
import { isoSeconds } from "../core/text/iso-seconds.ts";
import { answer } from "../http/answer.ts";
import type { HttpAnswer } from "../http/event.ts";
import { describeDetails, servedBy } from "../steps/tasks/describe-details.ts";
import type { DeliveredLease, Issued } from "./vend/confirm-leases.ts";
import type { OpenedTask } from "./vend/opened-task.ts";

/** Writes the answer (RFC 8693) with the granted details (RFC 9396). No other answer has credentials and a task token. */
export function respond(issued: Issued<OpenedTask>, deployment: Deployment, nowMs: number): HttpAnswer {
  const { task, leases, connected, issuedBefore = [] } = issued;
  const parent = parentOf(task.path);
  return answer(200, {
    ...tokenAnswer(issued, nowMs),
    task: {
      id: task.path,
      ...defined({ parent }),
      status: "active",
      expires_at: isoSeconds(task.expiresAt),
    },
    ...actingFor(task),
    credentials: [
      ...leases.map((issued) => {
        const { lease } = issued;
        const of = {
          name: lease.name,
          details: servedBy(lease, task.details),
          account: lease.account,
          region: regionOf(deployment, lease.account),
        };
        const credentials = containerCredentials(issued);
        if (!("deliver" in credentials)) return { type: "aws" as const, ...of, ...credentials };
        const { endpoints = [] } = issued;
        return { type: "aws-sign" as const, ...of, expires_at: isoSeconds(lease.fenceAt), endpoints };
      }),
      ...connected.map(({ credential }) => credential),
      // Only the first answer contains the credential; the answer to a repeat reports only that it exists.
      ...issuedBefore.map(({ type, name, expiresAt }) => ({
        type,
        name,
        issued_before: true as const,
        expires_at: isoSeconds(expiresAt),
      })),
    ],
  } satisfies StartedTask);
}

/** Returns the Region of an account in which a session was issued: the decision refuses an account that is not configured. */
const regionOf = (deployment: Deployment, account: string): string =>
  (accountOf(deployment, account) as Account).region;

/**
 * Writes credentials in the form of the AWS SDKs' container provider; of a session that stays in the hub, its fence alone (I12). `Expiration` is the fence,
 * after which the session allows nothing.
 */
export function containerCredentials({ lease, session }: DeliveredLease): ContainerCredentials | KeptSession {
  const of = { Expiration: isoSeconds(lease.fenceAt), AccountId: lease.account };
  if (!("secretAccessKey" in session)) return { deliver: "sign", ...of };
  return {
    AccessKeyId: session.accessKeyId,
    SecretAccessKey: session.secretAccessKey,
    Token: session.sessionToken,
    ...of,
  };
}

/** Writes the task token with the details that it is for (RFC 8693, RFC 9396). The task has its credentials, or waits for people. */
export const tokenAnswer = (
  { task, token, denials, outlives }: Pick<OpenedTask, "token" | "denials" | "outlives"> & { readonly task: Task },
  nowMs: number,
): Omit<StartedTask, "task" | "credentials" | "sub" | "act"> => ({
  access_token: token,
  issued_token_type: TOKEN_TYPES.accessToken,
  token_type: "Bearer",
  expires_in: Math.max(0, Math.floor(task.expiresAt - nowMs / 1_000)),
  authorization_details: describeDetails(task.details),
  ...(denials.length > 0 ? { denials } : {}),
  ...(outlives.length > 0 ? { outlives } : {}),
});
