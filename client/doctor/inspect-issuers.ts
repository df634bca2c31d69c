import { counted } from "../../contract/decision/counted.ts";
import { boundedFetch } from "../../functions/adapters/http/bounded-fetch.ts";
import type { Issuer } from "../../functions/core/identity/issuer.ts";
import { ownCommand } from "../own-command.ts";
import { bad, type Finding, ok, unknown } from "./finding.ts";

const TIMEOUT_MS = 10_000;
const fetchDocument = boundedFetch(1_048_576);

/**
 * Checks that each issuer serves its keys as the hub reads them (OpenID Connect Discovery 1.0, section 4). Checks what
 * people's issuers publish about sign-ins.
 */
export const inspectIssuers = async (issuers: readonly Issuer[]): Promise<readonly Finding[]> =>
  (await Promise.all(issuers.map(inspectIssuer))).flat();

type Description = Readonly<Record<string, unknown>>;

async function inspectIssuer(issuer: Issuer): Promise<readonly Finding[]> {
  const isNeeded = issuer.jwksUrl === undefined || issuer.approvals !== undefined;
  const described = isNeeded
    ? await get(`${issuer.url.replace(/\/$/, "")}/.well-known/openid-configuration`)
    : undefined;
  return [
    await inspectKeys(issuer, described),
    ...(issuer.kind === "people" && described ? subjects(issuer, described) : []),
    ...(issuer.approvals && described ? signIns(issuer, described) : []),
  ];
}

async function inspectKeys(issuer: Issuer, described: Description | undefined): Promise<Finding> {
  const check = `issuer ${issuer.name}`;
  if (issuer.jwksUrl === undefined && described === undefined) return unreachable(check, "its configuration");
  if (issuer.jwksUrl === undefined && described?.issuer !== issuer.url)
    return bad(
      check,
      `calls itself ${String(described?.issuer)}`,
      `its url in valetkey.json must be that, letter by letter, not ${issuer.url}`,
    );
  const url = issuer.jwksUrl ?? described?.jwks_uri;
  const answer = typeof url === "string" && URL.canParse(url) ? await get(url) : undefined;
  if (answer === undefined) return unreachable(check, "its keys");
  const { keys } = answer;
  return Array.isArray(keys) && keys.length > 0
    ? ok(check, `gives ${counted(keys.length, "key")}`)
    : bad(check, "gives no keys", "none of its tokens can be verified: ask those who run it");
}

/**
 * Checks that one claim identifies a person at every client. A pairwise `sub` differs by client (OpenID Connect Core
 * 1.0, section 8).
 */
function subjects({ name, person }: Issuer, { subject_types_supported: types }: Description): readonly Finding[] {
  const isPairwise = Array.isArray(types) && types.includes("pairwise") && !types.includes("public");
  return isPairwise && person === undefined
    ? [
        bad(
          `people of ${name}`,
          "have another sub at each client (pairwise subjects)",
          'name a claim that is the same in every token: "person" at this issuer in valetkey.json; until then its tokens are refused',
        ),
      ]
    : [];
}

/**
 * Checks what the issuer publishes about sign-ins for votes. Issuers may offer more than they list: only a trial
 * sign-in is proof.
 */
function signIns({ name, approvals }: Issuer, { claims_supported: claims, ...rest }: Description): readonly Finding[] {
  const check = `sign-in ${name}`;
  const methods = rest.code_challenge_methods_supported;
  const doubts = [
    ...(approvals?.freshness === "acr" || (Array.isArray(claims) && claims.includes("auth_time"))
      ? []
      : ["the time of a sign-in (auth_time)"]),
    ...(Array.isArray(methods) && methods.includes("S256") ? [] : ["PKCE by S256"]),
  ];
  return doubts.length === 0
    ? [ok(check, "lists what votes need")]
    : [
        unknown(
          check,
          `the issuer does not list ${doubts.join(" and ")}`,
          `votes need it; what the issuer really does shows: ${ownCommand()} doctor --sign-in ${name}`,
        ),
      ];
}

/** Fetches a JSON object; empty for another body, undefined where the fetch fails, times out, or is too large. */
async function get(url: string): Promise<Description | undefined> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await fetchDocument(url, { headers: { accept: "application/json" }, signal });
    return response.status === 200 ? objectIn(await response.text()) : undefined;
  } catch {
    return undefined;
  }
}

function objectIn(text: string): Description {
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
