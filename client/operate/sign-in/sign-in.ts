import { ClientError } from "../../exit-codes.ts";
import type { Reporter } from "../../reporter.ts";
import { listenForBrowser } from "./listen-for-browser.ts";
import type { Login } from "./login-file.ts";
import type { LoginRequest } from "./oidc-login.ts";

/**
 * Has a person sign in at their issuer, in the browser or on another device. Stores nothing.
 * @throws {ClientError} identity.
 */
export const signIn = (request: LoginRequest, onDevice: boolean, report: Reporter): Promise<Login> =>
  attempt(request, onDevice, report).catch((error: unknown) => {
    throw error instanceof ClientError ? error : failureOf(error, request);
  });

async function attempt(request: LoginRequest, onDevice: boolean, report: Reporter): Promise<Login> {
  const { loginInBrowser, loginOnDevice } = await import("./oidc-login.ts");
  if (onDevice)
    return loginOnDevice(request, (address, code) =>
      report.warn("login", `open ${address} and enter ${code}`, { address, code }),
    );
  const browser = await listenForBrowser(request.patienceMs);
  try {
    return await loginInBrowser(request, browser.redirectUri, ({ href }, state) => {
      report.warn("login", `open this address in a browser on this machine: ${href}`, { address: href });
      return browser.answer(state);
    });
  } finally {
    browser.close();
  }
}

/** Translates openid-client's errors by their codes, since their messages may quote the issuer. */
function failureOf(error: unknown, { issuer, audience }: LoginRequest): ClientError {
  const { code, error: oauth, name } = error as { readonly code?: string; readonly error?: string; name?: string };
  const failed = (sentence: string) => new ClientError("identity", "login_failed", sentence);
  if (oauth === "access_denied") return failed("the login was refused, by the person or by the issuer");
  if (oauth === "expired_token" || code === "NOBODY_CAME")
    return new ClientError("identity", "login_timeout", "nobody came back from the login");
  if (code === "WRONG_AUDIENCE")
    return failed(
      `the issuer gave no token for ${audience} only: register there an API of that name (with --resource or --scope as the issuer needs), or a client of that name`,
    );
  return failed(`the login at ${issuer} failed (${oauth ?? code ?? name ?? "unknown"})`);
}
