import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { ClientError } from "../exit-codes.ts";
import { safeUrl } from "../safe-url.ts";
import { type Login, LoginFile } from "./login-file.ts";
import type { LoginRequest } from "./oidc-login.ts";
import type { OperatorCommand } from "./operator.ts";
import { parseOperator } from "./operator-options.ts";

/** Somebody who does not come back in this time has given up. */
const PATIENCE_MS = 5 * 60_000;

/** `valetkey login --issuer <url> --client-id <id> [--device]`: the operator's token, kept in a file of their own. */
export const login: OperatorCommand = async (argv, env, report) => {
  const options = parseOperator("login", argv, env, ["issuer", "client-id", "scope", "resource", "device"]);
  const { issuer, "client-id": clientId, scope, resource, device } = options.option;
  if (issuer === undefined || clientId === undefined)
    throw usage(
      "--issuer and --client-id are required: the people's issuer of valetkey.json, and a public client there",
    );
  const request = { issuer: safeUrl(issuer, "--issuer"), clientId, scope: scope ?? "openid offline_access", resource };
  const file = new LoginFile(env);
  const result = await attempt(request, device === true, (sentence) => report.warn("login", sentence)).catch(
    (error: unknown) => {
      if (error instanceof ClientError) throw error;
      const { code, error: oauth } = error as { readonly code?: string; readonly error?: string };
      throw new ClientError("identity", "login_failed", `the login failed (${oauth ?? code ?? "unknown"})`);
    },
  );
  file.write(options.url, result);
  report.note("logged_in", `logged in until ${new Date(result.expiresAtMs).toISOString()}; kept in ${file.path}`);
  return 0;
};

/** `valetkey logout`: forgets it. */
export const logout: OperatorCommand = async (argv, env, report) => {
  const options = parseOperator("logout", argv, env);
  new LoginFile(env).write(options.url, undefined);
  report.note("logged_out", `nothing is kept for ${options.url} any more`);
  return 0;
};

async function attempt(request: LoginRequest, onDevice: boolean, show: (sentence: string) => void): Promise<Login> {
  const { loginInBrowser, loginOnDevice } = await import("./oidc-login.ts");
  if (onDevice) return loginOnDevice(request, (address, code) => show(`open ${address} and enter ${code}`));
  const browser = await listenForBrowser();
  try {
    return await loginInBrowser(request, browser.redirectUri, (address) => {
      show(`open this address in a browser on this machine: ${address.href}`);
      return browser.answered;
    });
  } finally {
    browser.close();
  }
}

/** A port on loopback to which the issuer sends the browser back, once. */
async function listenForBrowser() {
  let resolve: (address: URL) => void = () => {};
  let reject: (error: ClientError) => void = () => {};
  const answered = new Promise<URL>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  answered.catch(() => {});
  const server = createServer((request, response) => {
    const address = new URL(request.url ?? "/", redirectUri);
    if (request.method !== "GET" || address.pathname !== "/callback") return void response.writeHead(404).end();
    response
      .writeHead(200, { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" })
      .end("You may close this window and go back to the terminal.\n");
    resolve(address);
  });
  await new Promise<void>((yes) => server.listen(0, "127.0.0.1", yes));
  const redirectUri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`;
  const timer = setTimeout(
    () => reject(new ClientError("identity", "login_timeout", "nobody came back from the login")),
    PATIENCE_MS,
  );
  return {
    redirectUri,
    answered,
    close: () => {
      clearTimeout(timer);
      server.close();
      server.closeAllConnections();
    },
  };
}

const usage = (sentence: string): ClientError => new ClientError("usage", "usage", sentence);
