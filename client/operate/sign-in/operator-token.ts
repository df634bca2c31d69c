import { defined } from "../../../functions/core/defined.ts";
import { ClientError } from "../../exit-codes.ts";
import { ownCommand } from "../../own-command.ts";
import { refuseInsideTask } from "../../refuse-inside-task.ts";
import { Reporter } from "../../reporter.ts";
import { shellWord, unsetLine } from "../../shell-quoting.ts";
import { isForAnother } from "../../task/is-for-another.ts";
import { type OperatorOptions, readText } from "../operator-options.ts";
import { type Login, LoginFile } from "./login-file.ts";
import { signIn } from "./sign-in.ts";

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
  if (given) return checked(given.trim(), options.audience, path === undefined);
  const file = new LoginFile(env);
  const login = file.read(options.url);
  if (!login) throw none(`you are not logged in: ${ownCommand()} login --url ${options.url}`);
  if (isFresh(login)) return login.token;
  // Refreshes under a lock: issuers treat a refresh token that is used twice as stolen, and end the login.
  const fresh = await file.change(options.url, async (stored) =>
    stored && !isFresh(stored) ? refreshed(stored) : stored,
  );
  if (fresh && isFresh(fresh)) return fresh.token;
  if (isAtTerminal()) return (await signedInAgain(login, options.url, file, isJsonForm(options))).token;
  throw none(
    `your login has run out: ${ownCommand()} login --url ${options.url} --issuer ${shellWord(login.issuer)} --client-id ${shellWord(login.clientId)}`,
  );
}

/** True where a person is at the terminal, who can sign in at once. */
const isAtTerminal = (): boolean => process.stdin.isTTY === true && process.stderr.isTTY === true;

/** Longest wait for a person whose sign-in has run out; milliseconds. */
const PATIENCE_MS = 300_000;

const isJsonForm = ({ form }: OperatorOptions<never>): boolean => form === "json";

/** Has the person sign in again at the stored place. Ignores the places that the hub names now. */
async function signedInAgain(login: Login, url: string, file: LoginFile, json: boolean): Promise<Login> {
  const report = new Reporter({ json, quiet: false });
  report.warn("login_over", `your login at ${new URL(url).host} has run out: sign in again`);
  const { issuer, clientId, audience, resource, scope = "openid offline_access" } = login;
  const request = { issuer, clientId, audience, resource, scope, patienceMs: PATIENCE_MS };
  const signedIn = {
    ...(await signIn(request, false, report)),
    ...defined({ scope: login.scope }),
  };
  await file.change(url, async () => signedIn);
  return signedIn;
}

const isFresh = (login: Login): boolean => login.expiresAtMs - Date.now() > LEAST_MS;

/** Refreshes a login; returns it unchanged where the issuer gave no refresh token, or refuses it. @throws {ClientError} unavailable */
async function refreshed(login: Login): Promise<Login> {
  if (login.refreshToken === undefined) return login;
  const { refreshLogin } = await import("./oidc-login.ts");
  return refreshLogin(login).catch((error: unknown) => {
    // OAuth's `error` is the issuer's refusal, after which the caller needs a new sign-in. Any other failure leaves the login in place for the next run.
    if ((error as { readonly error?: unknown }).error !== undefined) return login;
    throw new ClientError(
      "unavailable",
      "issuer_unreachable",
      `your login could not be renewed: ${new URL(login.issuer).host} cannot be reached, or does not answer as an issuer`,
    );
  });
}

function checked(token: string, audience: string, isVariable: boolean): string {
  if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) throw none("the operator's token is not a signed JWT");
  if (isForAnother(token, audience))
    throw none(`the operator's token is not for ${audience}, and was not sent there: check --url, or give --audience`);
  const endMs = expiryOf(token) ?? Number.POSITIVE_INFINITY;
  if (endMs > Date.now()) return token;
  const place = isVariable ? "VALETKEY_OPERATOR_TOKEN" : "the operator's token file";
  throw none(
    `the token of ${place} ran out at ${new Date(endMs).toISOString()}: ${isVariable ? `${unsetLine("VALETKEY_OPERATOR_TOKEN")}, and use \`valetkey login\`, which renews itself` : `write a fresh token there, or remove the option and use \`valetkey login\``}`,
  );
}

/** Reads a token's unverified end; epoch milliseconds, undefined where it names none. Only used in messages to the user. */
function expiryOf(token: string): number | undefined {
  try {
    const { exp } = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
    return Number.isFinite(exp) ? exp * 1_000 : undefined;
  } catch {
    return undefined;
  }
}

const none = (sentence: string): ClientError => new ClientError("identity", "no_operator_token", sentence);
