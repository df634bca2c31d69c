import { defined } from "../../core/defined.ts";
import type { TypedDetail } from "../../core/intent/detail.ts";
import { type JsonObject, type Place, strings } from "../../core/intent/place.ts";
import type { Question } from "../../core/intent/question.ts";
import { OAUTH } from "./definition.ts";
import type { OauthProvider } from "./oauth-providers.ts";

/** Scopes of one provider. */
export interface OauthDetail extends TypedDetail {
  readonly type: "oauth";
  /** `name` of an entry in `valetkey.json`. */
  readonly provider: string;
  readonly scopes: readonly string[];
  /** RFC 8707 */
  readonly resource?: string;
  /** RFC 8693, section 2.1 */
  readonly audience?: string;
}

const LIMITS = { scopes: 20, scopeCharacters: 256 } as const;

/**
 * Parses `{"type": "oauth", "provider": "crm", "scopes": ["contacts.read"]}`, with `resource` or `audience` where the
 * provider has those. Each value must be one that the configuration lists, so that no text of the caller's ever reaches
 * the provider.
 * @throws {Refusal} intent_invalid.
 */
export function parseOauth(detail: JsonObject, place: Place, providers: readonly OauthProvider[]): OauthDetail {
  place.refuseUnknown(detail, ["type", "provider", "scopes", "resource", "audience"]);
  const provider = providers.find(({ name }) => name === detail.provider);
  if (!provider) return place.at("provider").refuse("is not a provider whose tokens this deployment issues");
  const scopes = strings(detail.scopes, place.at("scopes"), LIMITS.scopes, LIMITS.scopeCharacters);
  for (const [index, scope] of scopes.entries())
    if (!provider.scopes.includes(scope))
      place.at(`scopes[${index}]`).refuse("is not a scope that this deployment requests from that provider");
  return {
    type: "oauth",
    provider: provider.name,
    scopes,
    ...pick("resource", detail, place, provider.resources),
    ...pick("audience", detail, place, provider.audiences),
  };
}

function pick<N extends "resource" | "audience">(
  name: N,
  detail: JsonObject,
  place: Place,
  known: readonly string[],
): { readonly [name in N]?: string } {
  const value = detail[name];
  if (value === undefined) return {};
  const found = known.find((each) => each === value);
  if (found === undefined)
    return place.at(name).refuse(`is not a ${name} for which this deployment requests tokens of that provider`);
  return { [name]: found } as { readonly [each in N]: string };
}

/** Lists a question for each scope. */
export const describeOauth = (detail: OauthDetail): readonly Question[] =>
  detail.scopes.map((scope) => questionOf(detail, scope));

export function narrowOauth(detail: OauthDetail, permitted: readonly Question[]): readonly OauthDetail[] {
  const scopes = detail.scopes.filter((scope) => {
    const { target } = questionOf(detail, scope);
    return permitted.some((each) => each.target === target);
  });
  return scopes.length === 0 ? [] : [{ ...detail, scopes }];
}

function questionOf({ provider, resource, audience }: OauthDetail, scope: string): Question {
  const id = `${provider}/${scope}`;
  const suffix = [resource === undefined ? "" : ` at ${resource}`, audience === undefined ? "" : ` for ${audience}`];
  return {
    action: "oauth:Use",
    groups: OAUTH.actions["oauth:Use"].groups,
    target: id + suffix.join(""),
    resource: {
      uid: { type: "Scope", id },
      attrs: {
        provider,
        name: scope,
        ...defined({ resource, audience }),
      },
      parents: [{ type: "OauthProvider", id: provider }],
    },
  };
}
