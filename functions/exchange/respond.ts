import type { IssuedLease } from "../connectors/aws/issue-sessions.ts";
import { actingFor } from "../core/delegation/acting.ts";
import { accountOf, type Deployment } from "../core/deployment/deployment.ts";
import { isoSeconds } from "../core/policy/compile.ts";
import { parentOf } from "../core/tasks/path.ts";
import { answer } from "../http/answer.ts";
import type { HttpAnswer } from "../http/event.ts";
import { TOKEN_TYPES } from "../names.ts";
import { describeDetails, servedBy } from "../steps/tasks/describe-details.ts";
import type { Issued } from "./vend/confirm-leases.ts";
import type { OpenedTask } from "./vend/opened-task.ts";

/** Writes the answer (RFC 8693) with the granted details (RFC 9396). The only place where a task token and credentials are written. */
export function respond(issued: Issued<OpenedTask>, deployment: Deployment, nowMs: number): HttpAnswer {
  const { task, token, leases, connected, kept = [], denials, outlives } = issued;
  const parent = parentOf(task.path);
  return answer(200, {
    access_token: token,
    issued_token_type: TOKEN_TYPES.accessToken,
    token_type: "Bearer",
    expires_in: Math.max(0, Math.floor(task.expiresAt - nowMs / 1_000)),
    authorization_details: describeDetails(task.details),
    ...(denials.length > 0 ? { denials } : {}),
    ...(outlives.length > 0 ? { outlives } : {}),
    task: {
      id: task.path,
      ...(parent === undefined ? {} : { parent }),
      status: task.status,
      expires_at: isoSeconds(task.expiresAt),
    },
    ...actingFor(task),
    credentials: [
      ...leases.map((issued) => ({
        type: "aws",
        name: issued.lease.name,
        details: servedBy(issued.lease, task.details),
        account: issued.lease.account,
        region: accountOf(deployment, issued.lease.account)?.region,
        ...containerCredentials(issued),
      })),
      ...connected.map(({ credential }) => credential),
      // Only the first answer contains the credential; the answer to a repeat reports only that it exists.
      ...kept.map(({ type, name, expiresAt }) => ({
        type,
        name,
        issued_before: true,
        expires_at: isoSeconds(expiresAt),
      })),
    ],
  });
}

/** Writes credentials as the AWS SDKs' container provider reads them. `Expiration` is the fence, after which the session allows nothing. */
export const containerCredentials = ({ lease, session }: IssuedLease) => ({
  AccessKeyId: session.accessKeyId,
  SecretAccessKey: session.secretAccessKey,
  Token: session.sessionToken,
  Expiration: isoSeconds(lease.fenceAt),
  AccountId: lease.account,
});
