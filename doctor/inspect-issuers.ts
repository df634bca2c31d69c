import { boundedFetch } from "../functions/adapters/http/bounded-fetch.ts";
import type { Issuer } from "../functions/core/identity/issuer.ts";
import { bad, type Finding, ok, unknown } from "./finding.ts";

const TIMEOUT_MS = 10_000;
const fetchDocument = boundedFetch(1_048_576);

/** Checks that each issuer serves its keys in the way that the hub reads them (OpenID Connect Discovery 1.0, section 4). */
export const inspectIssuers = (issuers: readonly Issuer[]): Promise<readonly Finding[]> =>
  Promise.all(issuers.map(inspectIssuer));

async function inspectIssuer(issuer: Issuer): Promise<Finding> {
  const check = `issuer ${issuer.name}`;
  const found = issuer.jwksUrl === undefined ? await discovered(issuer.url) : { keys: issuer.jwksUrl };
  if (found === undefined) return unreachable(check, "its configuration");
  if (found.issuer !== undefined && found.issuer !== issuer.url)
    return bad(
      check,
      `calls itself ${found.issuer}`,
      `its url in valetkey.json must be that, letter by letter, not ${issuer.url}`,
    );
  const answer = found.keys === undefined ? undefined : await get(found.keys);
  if (answer === undefined) return unreachable(check, "its keys");
  const { keys } = answer;
  return Array.isArray(keys) && keys.length > 0
    ? ok(check, `gives ${keys.length} ${keys.length === 1 ? "key" : "keys"}`)
    : bad(check, "gives no keys", "no token of it can be verified: ask those who run it");
}

async function discovered(url: string): Promise<{ issuer?: string; keys?: string } | undefined> {
  const answer = await get(`${url.replace(/\/$/, "")}/.well-known/openid-configuration`);
  if (answer === undefined) return undefined;
  const { issuer, jwks_uri: keys } = answer;
  return { issuer: String(issuer), ...(typeof keys === "string" && URL.canParse(keys) ? { keys } : {}) };
}

/** Fetches a JSON object; empty for another body, undefined where the fetch fails, times out, or is too large. */
async function get(url: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await fetchDocument(url, { headers: { accept: "application/json" }, signal });
    return response.status === 200 ? objectIn(await response.text()) : undefined;
  } catch {
    return undefined;
  }
}

function objectIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** Makes the finding of an unreachable issuer: `unknown`, since the hub may reach it. */
const unreachable = (check: string, what: string): Finding =>
  unknown(check, `${what} cannot be had from here`, "it has to be reachable from the hub");
