import { ClientError } from "../exit-codes.ts";
import { refuseInsideTask } from "../refuse-inside-task.ts";
import { isForAnother } from "../task/is-for-another.ts";
import { type Login, LoginFile } from "./login-file.ts";
import { type OperatorOptions, readText } from "./operator-options.ts";

/** Remaining life below which a token is refreshed before its use. */
const LEAST_MS = 30_000;

/**
 * Returns the operator's own token: from a named file or variable, or from `valetkey login`, refreshed where it has expired.
 * @throws {ClientError} identity, or refused inside a task.
 */
export async function operatorToken(options: OperatorOptions<never>, env: NodeJS.ProcessEnv): Promise<string> {
  refuseInsideTask(env);
  const path = options.tokenFile ?? env.VALETKEY_OPERATOR_TOKEN_FILE;
  const given = path === undefined ? env.VALETKEY_OPERATOR_TOKEN : readText(path);
  if (given) return checked(given.trim(), options.audience);
  const file = new LoginFile(env);
  const login = file.read(options.url);
  if (!login) throw none(`you are not logged in: valetkey login --url ${options.url} --issuer ... --client-id ...`);
  if (isFresh(login)) return login.token;
  // Refreshes under a lock: issuers treat a refresh token that is used twice as stolen, and end the login.
  const fresh = await file.change(options.url, async (kept) => (kept && !isFresh(kept) ? refreshed(kept) : kept));
  if (fresh && isFresh(fresh)) return fresh.token;
  throw none(
    `your login has run out: valetkey login --url ${options.url} --issuer ${login.issuer} --client-id ${login.clientId}`,
  );
}

const isFresh = (login: Login): boolean => login.expiresAtMs - Date.now() > LEAST_MS;

/** Refreshes a login; returns it unchanged where that is impossible. */
async function refreshed(login: Login): Promise<Login> {
  if (login.refreshToken === undefined) return login;
  const { refreshLogin } = await import("./oidc-login.ts");
  return refreshLogin(login).catch(() => login);
}

function checked(token: string, audience: string): string {
  if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) throw none("the operator's token is not a signed JWT");
  if (isForAnother(token, audience))
    throw none(`the operator's token is not for ${audience}, and was not sent there: check --url, or say --audience`);
  return token;
}

const none = (sentence: string): ClientError => new ClientError("identity", "no_operator_token", sentence);
