import { statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { isForAnother } from "../task/is-for-another.ts";
import { safeUrl } from "../task/safe-url.ts";
import { noIdentity } from "./no-identity.ts";
import { type IdentitySource, SOURCE_NAMES } from "./source.ts";

const TIMEOUT_MS = 10_000;

/**
 * Reads the agent's OIDC token for the audience from its source, and refuses one for another audience. No error of this folder quotes what it read.
 * @param quietlyMs longest wait for an address or a command, which then prints nothing; milliseconds. Their usual time, and the command's messages, unless given.
 * @throws {ClientError} identity, usage
 */
export async function identityToken(source: IdentitySource, audience: string, quietlyMs?: number): Promise<string> {
  const token = await readIdentity(source, audience, quietlyMs);
  if (isForAnother(token, audience))
    throw noIdentity(
      `the token from ${SOURCE_NAMES[source.kind]} is not for ${audience}, and was not sent there: request a token for that audience, or give --audience`,
    );
  return token;
}

/** True for a source that gives a further token, within a bound of time. Reading a named pipe has none, and `<(command)` is read once. */
export function isRepeatable(source: IdentitySource): boolean {
  if (source.kind !== "file") return ["url", "command", "github"].includes(source.kind);
  try {
    return statSync(source.path).isFile();
  } catch {
    return false;
  }
}

/** Reads the agent's token, whatever its audience; for inspection only, never to be sent. */
export async function readIdentity(source: IdentitySource, audience: string, quietlyMs?: number): Promise<string> {
  const token = (await read(source, audience, quietlyMs)).trim();
  // Accepts only a JWT, so that an HTML page or a wrong file is detected before it is sent.
  if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token))
    throw noIdentity(`the text from ${SOURCE_NAMES[source.kind]} is not a signed JWT`);
  return token;
}

async function read(source: IdentitySource, audience: string, quietlyMs?: number): Promise<string> {
  switch (source.kind) {
    case "token":
      return source.token;
    case "function":
      return String(await source.token(audience));
    case "file":
      return readFile(source.path, "utf8").catch(() => {
        throw noIdentity(`the token file ${source.path} cannot be read`);
      });
    case "url":
      return fetchToken(new URL(safeUrl(source.url, "the token address")), {}, "the token address", quietlyMs);
    case "command":
      return (await import("./token-command.ts")).tokenOfCommand(source.line, audience, quietlyMs);
    case "github": {
      const url = new URL(safeUrl(source.url, "ACTIONS_ID_TOKEN_REQUEST_URL"));
      url.searchParams.set("audience", audience);
      return fetchToken(url, { authorization: `Bearer ${source.bearer}` }, SOURCE_NAMES.github, quietlyMs);
    }
    case "spiffe":
      return (await import("./spiffe-workload-api.ts")).jwtSvid(source.socket, audience);
    case "aws":
      return awsToken(audience);
  }
}

async function awsToken(audience: string): Promise<string> {
  try {
    const { awsWebIdentity } = await import("./aws-web-identity.ts");
    return await awsWebIdentity(audience);
  } catch (error) {
    const name = error instanceof Error ? error.name : "unknown";
    throw noIdentity(
      `AWS STS issues no identity token (${name}); the role needs sts:GetWebIdentityToken, the account needs outbound web identity federation, and AWS_REGION must be set`,
    );
  }
}

async function fetchToken(
  url: URL,
  headers: Record<string, string>,
  name: string,
  timeoutMs = TIMEOUT_MS,
): Promise<string> {
  // Follows no redirect: the operator chose the URL, and the answer is an identity.
  const answer = await fetch(url, {
    headers: { accept: "application/json", ...headers },
    redirect: "error",
    signal: AbortSignal.timeout(timeoutMs),
  }).catch(() => {
    throw noIdentity(`${name} (${url.host}) cannot be reached`);
  });
  if (!answer.ok) throw noIdentity(`${name} (${url.host}) answered ${answer.status}`);
  const text = await answer.text();
  try {
    const { token, value } = JSON.parse(text) ?? {};
    return String(value ?? token ?? "");
  } catch {
    return text;
  }
}
