import { ClientError } from "../exit-codes.ts";
import { safeUrl } from "../task/safe-url.ts";
import { callService } from "../task/service.ts";
import { LoginFile } from "./login-file.ts";
import type { OperatorCommand } from "./operator.ts";
import { parseOperator, secondsIn } from "./operator-options.ts";
import { signIn } from "./sign-in.ts";

const TIMEOUT_MS = 10_000;

/** Runs `valetkey login --issuer <url> --client-id <id> [--device]`: gets the operator's token and stores it in the user's own file. */
export const login: OperatorCommand = async (argv, env, report) => {
  const options = parseOperator("login", argv, env, ["issuer", "client-id", "scope", "resource", "device", "wait"]);
  const { issuer, "client-id": clientId, scope, resource, device, wait } = options.option;
  if (issuer === undefined || clientId === undefined)
    throw new ClientError(
      "usage",
      "usage",
      "--issuer and --client-id are required: the people's issuer of valetkey.json, and a public client there",
    );
  const patienceMs = secondsIn(wait ?? "300", "--wait") * 1_000;
  const issuerUrl = safeUrl(issuer, "--issuer");
  const { audience } = options;
  await report.patiently("waiting for valetkey", refuseAnotherAudience(options.url, audience));
  const request = {
    issuer: issuerUrl,
    clientId,
    scope: scope ?? "openid offline_access",
    audience,
    resource: resource === "" ? undefined : (resource ?? audience),
    patienceMs,
  };
  const kept = await signIn(request, device === true, report);
  const file = new LoginFile(env);
  await file.change(options.url, async () => kept);
  report.note("logged_in", `logged in until ${new Date(kept.expiresAtMs).toISOString()}; kept in ${file.path}`);
  return 0;
};

/** Runs `valetkey logout`: removes the stored login. */
export const logout: OperatorCommand = async (argv, env, report) => {
  const options = parseOperator("logout", argv, env);
  await new LoginFile(env).change(options.url, async () => undefined);
  report.note("logged_out", `nothing is kept for ${options.url} any more`);
  return 0;
};

/**
 * Compares the audience with the one in the service's metadata, and refuses a different one. Never adopts the service's answer: a server that names
 * another service would get a token for it (RFC 9728, section 3.3, and RFC 8707 demand this comparison).
 */
async function refuseAnotherAudience(url: string, audience: string): Promise<void> {
  const address = `${url}/.well-known/oauth-authorization-server`;
  const answer = await callService({ url: address, method: "GET", timeoutMs: TIMEOUT_MS });
  const { host } = new URL(url);
  if (answer === undefined)
    throw new ClientError("unavailable", "unreachable", `${host} cannot be reached; check --url`);
  const { audiences } = answer.body as { readonly audiences?: { readonly operate?: unknown } };
  if (typeof audiences?.operate !== "string")
    throw new ClientError("unavailable", "answer_unreadable", "the answer is not one of valetkey's; check --url");
  if (audiences.operate === audience) return;
  throw new ClientError(
    "usage",
    "another_audience",
    `${host} wants operators' tokens that are not for ${audience}, so none was asked for: --url must be the url of valetkey.json. Where you know the audience yourself, say --audience`,
  );
}
