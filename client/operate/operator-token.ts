import { ClientError } from "../exit-codes.ts";
import { type Login, LoginFile } from "./login-file.ts";
import { type OperatorOptions, readText } from "./operator-options.ts";

/** With less left than this a token is refreshed first. */
const LEAST_MS = 30_000;

/**
 * The operator's own token: from a file or a variable that was said, or from `valetkey login`, refreshed where it has run out.
 * @throws {ClientError} identity
 */
export async function operatorToken(options: OperatorOptions<never>, env: NodeJS.ProcessEnv): Promise<string> {
  const path = options.tokenFile ?? env.VALETKEY_OPERATOR_TOKEN_FILE;
  const given = path === undefined ? env.VALETKEY_OPERATOR_TOKEN : readText(path);
  if (given) return checked(given.trim());
  const file = new LoginFile(env);
  const login = file.read(options.url);
  if (!login) throw none(`you are not logged in: valetkey login --url ${options.url} --issuer ... --client-id ...`);
  if (login.expiresAtMs - Date.now() > LEAST_MS) return login.token;
  const fresh = login.refreshToken === undefined ? undefined : await refreshed(login);
  if (!fresh)
    throw none(
      `your login has run out: valetkey login --url ${options.url} --issuer ${login.issuer} --client-id ${login.clientId}`,
    );
  file.write(options.url, fresh);
  return fresh.token;
}

async function refreshed(login: Login): Promise<Login | undefined> {
  const { refreshLogin } = await import("./oidc-login.ts");
  return refreshLogin(login).catch(() => undefined);
}

function checked(token: string): string {
  if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) throw none("the operator's token is not a signed JWT");
  return token;
}

const none = (sentence: string): ClientError => new ClientError("identity", "no_operator_token", sentence);
