import { ClientError } from "../exit-codes.ts";
import { refuseInsideTask } from "../refuse-inside-task.ts";
import type { Reporter } from "../reporter.ts";
import { LoginFile } from "./login-file.ts";
import { signIn } from "./sign-in.ts";

/** Longest wait for the person; milliseconds. */
const PATIENCE_MS = 300_000;

/**
 * Has the person sign in for one task, at the issuer of `valetkey login`, for the exchange alone. The token is in memory alone, and nothing that
 * could bring another one is asked for: no file, no refresh token. What `valetkey login` keeps is for the operators' routes, and opens no task.
 * @param audience `aud` of the exchange.
 * @throws {ClientError} identity where nobody has logged in, or nobody signs in; refused inside a task.
 */
export async function signInPerson(
  { url, audience }: { readonly url: string; readonly audience: string },
  env: NodeJS.ProcessEnv,
  report: Reporter,
): Promise<string> {
  refuseInsideTask(env);
  const kept = new LoginFile(env).read(url);
  if (!kept)
    throw new ClientError(
      "identity",
      "no_login",
      `--on-behalf-of login signs you in where valetkey login did, and you have not logged in: valetkey login --url ${url}`,
    );
  const { issuer, clientId } = kept;
  const resource = kept.resource === undefined ? undefined : audience;
  const request = { issuer, clientId, scope: "openid", audience, resource, patienceMs: PATIENCE_MS };
  return (await signIn(request, false, report)).token;
}
