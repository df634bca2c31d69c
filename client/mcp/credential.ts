import { ClientError } from "../exit-codes.ts";
import { readPrivateFile } from "../files/private-file.ts";
import { recordOf } from "../task/fields.ts";
import { callService } from "../task/service.ts";
import { credentialOf } from "../task/task.ts";

/**
 * Prints the credential of a profile that `valetkey mcp` made, in the form of `credential_process`. Gets it from the running server, and stores nothing.
 * @throws {ClientError} usage, refused, unavailable.
 */
export async function printCredential(file: string): Promise<number> {
  const { uri, token } = parsed(readPrivateFile(file));
  if (typeof uri !== "string" || typeof token !== "string" || !/^http:\/\/127\.0\.0\.1:\d+\/[\w-]+$/.test(uri))
    throw over();
  const answer = await callService({ url: uri, method: "GET", timeoutMs: 10_000, authorization: token });
  if (!answer) throw over();
  const credential = answer.status === 200 ? credentialOf(answer.body) : undefined;
  if (!credential)
    throw new ClientError(
      answer.status === 403 ? "refused" : "unavailable",
      "no_credential",
      "the task has no credential now; ask for access again with request_access",
    );
  const { AccessKeyId, SecretAccessKey, Token, Expiration } = credential;
  process.stdout.write(
    `${JSON.stringify({ Version: 1, AccessKeyId, SecretAccessKey, SessionToken: Token, Expiration })}\n`,
  );
  return 0;
}

const over = (): ClientError =>
  new ClientError("refused", "access_ended", "this access has ended: ask for access again with request_access");

function parsed(text: string | undefined): Readonly<Record<string, unknown>> {
  try {
    return recordOf(JSON.parse(text ?? ""));
  } catch {
    return {};
  }
}
