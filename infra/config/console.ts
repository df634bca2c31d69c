import { PRESETS, type Preset } from "../../functions/core/identity/presets.ts";
import { audiencesOf } from "./audiences-of.ts";
import type { Config } from "./schema.ts";

type ConsoleConfig = Pick<Config, "url" | "issuers" | "console" | "approvers" | "stepUp">;

/** Settings of the sign-in at one people's issuer. */
export interface SignInSettings {
  readonly name: string;
  /** `iss` of the issuer; its discovery document is below it. */
  readonly url: string;
  /** Client by whose tokens people read. */
  readonly client_id: string;
  readonly scope: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Client by whose ID tokens people approve. */
  readonly approvals?: {
    readonly client_id: string;
    readonly token_exchange: "browser" | "hub";
    /** Classes of sign-in that acts and consents require. */
    readonly acr?: readonly string[];
    /** Classes of sign-in that acts, consents or any group of the issuer require. */
    readonly acr_values?: readonly string[];
  };
}

/** Everything that the page knows before anybody has signed in; public. */
export interface ConsoleSettings {
  readonly api: string;
  /** Required `aud` of people's tokens at the API. */
  readonly audience: string;
  /** Origin at which the page works; absent until `console.url` is set. */
  readonly origin?: string;
  /** Set where operators' acts take a signature. Consents and acceptances of threat models always take one. */
  readonly step_up?: true;
  readonly issuers: readonly SignInSettings[];
}

const withoutSlash = (url: string): string => url.replace(/\/$/, "");

/** Converts the configuration to the settings of the page. */
export function consoleSettings(config: ConsoleConfig): ConsoleSettings {
  const api = withoutSlash(config.url);
  return {
    api,
    audience: audiencesOf(api).operate,
    ...(config.console ? { origin: config.console.url } : {}),
    ...(config.stepUp ? { step_up: true } : {}),
    issuers: config.issuers.flatMap(({ name, url, preset, console: reading, approvals }) =>
      reading === undefined
        ? []
        : {
            name,
            url: url ?? (PRESETS[preset] as Preset).url ?? "",
            client_id: reading.clientId,
            scope: reading.scope ?? "openid",
            parameters: reading.parameters ?? {},
            ...(approvals
              ? {
                  approvals: {
                    client_id: approvals.clientId,
                    token_exchange: approvals.tokenExchange ?? ("browser" as const),
                    ...acrValues(name, config),
                    ...(approvals.acr ? { acr: approvals.acr } : {}),
                  },
                }
              : {}),
          },
    ),
  };
}

function acrValues(
  issuer: string,
  { approvers = {}, issuers }: ConsoleConfig,
): { readonly acr_values?: readonly string[] } {
  const groups = Object.values(approvers).filter((group) => group.issuer === issuer);
  const own = issuers.find(({ name }) => name === issuer)?.approvals?.acr ?? [];
  const values = [...new Set([...own, ...groups.flatMap(({ acr = [] }) => acr)])];
  return values.length === 0 ? {} : { acr_values: values };
}

/**
 * Makes the headers of every answer of the console. The page may run its own script, use its own style, and connect to the API and to the issuers' origins. No
 * page may frame it, and no text becomes script or markup.
 */
export function consoleHeaders(config: ConsoleConfig): Readonly<Record<string, string>> {
  const { api, issuers } = consoleSettings(config);
  const tokenUrls = config.issuers.flatMap(({ console: reading }) => reading?.tokenUrl ?? []);
  const connect = [...new Set([api, ...issuers.map(({ url }) => url), ...tokenUrls].map(originOf))];
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    `connect-src ${connect.join(" ")}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ];
  return {
    "content-security-policy": policy.join("; "),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    // The address of a page after a sign-in holds a code for a moment.
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ...(api.startsWith("https:") ? { "strict-transport-security": "max-age=63072000" } : {}),
  };
}

/** Parameters that the page sets itself: configured ones must not replace its checks. */
const OWN_PARAMETERS = [
  ...["client_id", "redirect_uri", "response_type", "response_mode", "scope", "state", "nonce"],
  ...["code", "code_challenge", "code_challenge_method", "code_verifier", "grant_type", "prompt", "max_age", "request"],
];

/** Lists faults of `console` and of the issuers' `console` that concern several fields. */
export function consoleFaults(config: ConsoleConfig): readonly string[] {
  const origin = config.console?.url;
  return [
    ...(origin !== undefined && originOf(origin) !== origin
      ? [`console: "${origin}" is more than an origin; write ${originOf(origin)}`]
      : []),
    ...(origin !== undefined && originOf(origin) === originOf(config.url)
      ? ["console: its url has the origin of the API, so that every function behind the API could act as the console"]
      : []),
    ...config.issuers.flatMap(({ name, kind, console: reading, approvals }) => [
      ...(reading && kind !== "people" ? [`issuers: "${name}" has a console, which only people's issuers have`] : []),
      ...(reading && reading.clientId === approvals?.clientId
        ? [`issuers: "${name}" has one client for console and approvals; that of approvals is for approvals alone`]
        : []),
      ...(origin !== undefined && approvals && !reading
        ? [`issuers: "${name}" has approvals and no console, so its people could not read what they approve`]
        : []),
      ...Object.keys(reading?.parameters ?? {})
        .filter((parameter) => OWN_PARAMETERS.includes(parameter))
        .map((parameter) => `issuers: "${name}" sets the parameter ${parameter}, which is the page's own`),
    ]),
  ];
}

const originOf = (url: string): string => new URL(url).origin;
