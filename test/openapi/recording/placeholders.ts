import { TOKEN_WITHIN } from "../../../contract/names.ts";
import { URL_OF_HUB } from "../../fakes/world/world.ts";

/** Placeholders for secrets in the document. Each has the form of its secret, and none is valid. */
export const PLACEHOLDERS = {
  agentToken: "the-agents.oidc-token.goes-here",
  /** ID token by which a person votes. */
  vote: "the-approvers.id-token.goes-here",
  toolServerToken: "the-tool-servers.oidc-token.goes-here",
  /** Does not encode 256 bits, so `parseToken` refuses it. */
  randomBits: "this-is-where-256-random-bits-go-----------",
  /** Act in the fragment of a link. */
  act: "the-act-goes-here",
  SecretAccessKey: "the-secret-access-key-goes-here",
  Token: "the-session-token-goes-here",
} as const;

const OIDC_TOKEN = /^[\w-]+\.([\w-]+)\.[\w-]+$/;
const OUR_TOKEN = new RegExp(`\\b${TOKEN_WITHIN}`, "g");

/** Replaces each secret in a value by its placeholder: tokens by their form, credentials by the name of their field. */
export function withPlaceholders(value: unknown, field = ""): unknown {
  // A header of a signed request.
  if (Array.isArray(value) && value[0] === "x-amz-security-token") return [value[0], PLACEHOLDERS.Token];
  if (Array.isArray(value)) return value.map((entry) => withPlaceholders(entry));
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, withPlaceholders(entry, name)]));
  if (typeof value !== "string") return value;
  if (field === "SecretAccessKey" || field === "Token") return PLACEHOLDERS[field];
  if (field === "console") return value.replace(/#.*/, `#${PLACEHOLDERS.act}`);
  const audience = audienceOf(value);
  if (audience === "approvals") return PLACEHOLDERS.vote;
  if (audience !== undefined)
    return audience === `${URL_OF_HUB}/introspect` ? PLACEHOLDERS.toolServerToken : PLACEHOLDERS.agentToken;
  return value.replaceAll(OUR_TOKEN, `$1_$2_${PLACEHOLDERS.randomBits}`);
}

function audienceOf(text: string): unknown {
  const [, payload] = OIDC_TOKEN.exec(text) ?? [];
  if (payload === undefined) return undefined;
  try {
    return JSON.parse(Buffer.from(payload, "base64url").toString("utf8")).aud;
  } catch {
    return undefined;
  }
}
