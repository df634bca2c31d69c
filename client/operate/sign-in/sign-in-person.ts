import { ClientError } from "../../exit-codes.ts";
import { ownCommand } from "../../own-command.ts";
import { refuseInsideTask } from "../../refuse-inside-task.ts";
import type { Reporter } from "../../reporter.ts";
import { LoginFile } from "./login-file.ts";
import { signIn } from "./sign-in.ts";

/** Longest wait for the person; milliseconds. */
const PATIENCE_MS = 300_000;

/**
 * Has the person sign in for one task, at the issuer of `valetkey login`, for the exchange only. Holds the token in memory, writes no file, and requests
 * no refresh token. The token that `valetkey login` stores is for the operators' routes, and opens no task.
 * @param audience `aud` of the exchange.
 * @throws {ClientError} identity where nobody has logged in, or nobody signs in; refused inside a task.
 */
export async function signInPerson(
  { url, audience }: { readonly url: string; readonly audience: string },
  env: NodeJS.ProcessEnv,
  report: Reporter,
): Promise<string> {
  refuseInsideTask(env);
  const login = new LoginFile(env).read(url);
  if (!login)
    throw new ClientError(
      "identity",
      "no_login",
      `--on-behalf-of login signs you in where \`valetkey login\` did, and you have not logged in: ${ownCommand()} login --url ${url}`,
    );
  const { issuer, clientId } = login;
  const resource = login.resource === undefined ? undefined : audience;
  const request = { issuer, clientId, scope: "openid", audience, resource, patienceMs: PATIENCE_MS };
  return (await signIn(request, false, report)).token;
}
