import { DEFAULT_PREFIX } from "../../functions/hub-names.ts";
import { SECRET_TAGS } from "../../functions/names.ts";
import type { PolicyFile } from "../../functions/policy/read/parse-policies.ts";

/** Ids of the policies that the build adds, as denials and the journal name them. */
export const SECRET_GUARDS = { byName: "guard-own-secrets-by-name", managed: "guard-managed-secrets" } as const;

/**
 * `secretGuards(names: readonly string[], hubAccount: string): PolicyFile`
 *
 * Builds policies that forbid tasks direct access to two kinds of secrets:
 * - managed secrets, which valetkey leases itself: an agent requests `secret:Read`, and the secret is leased, locked and rotated. The secrets of other hubs
 *   are included, each with its own value of the tag (`managedMark`);
 * - secrets that `valetkey.json` names (administrators' logins of databases, clients' secrets of OAuth providers, keys of GitHub Apps).
 *
 * Secrets Manager adds a hyphen and six characters to a name, and Cedar's `*` matches more than six. A secret whose name begins with one of these
 * names and a hyphen is therefore forbidden too.
 *
 * @param names names of the secrets in the hub's account.
 * @param hubAccount id of the hub's account. A secret of the same name in another account is not forbidden.
 */
export function secretGuards(names: readonly string[], hubAccount: string): PolicyFile {
  const patterns = [...new Set(names)].sort().map((name) => `resource.arn like ${cedarString(`*:secret:${name}-*`)}`);
  const byName = `resource.account == ${cedarString(hubAccount)} && (${patterns.join(" ||\n    ")})`;
  const tag = cedarString(SECRET_TAGS.managed);
  const texts = [
    guard(
      SECRET_GUARDS.managed,
      "Secrets that valetkey hands out: ask for secret:Read.",
      `resource.tags has ${tag} && (resource.tags[${tag}] == "true" || resource.tags[${tag}] like "${DEFAULT_PREFIX}-*")`,
    ),
    ...(patterns.length === 0
      ? []
      : [guard(SECRET_GUARDS.byName, "Secrets by which valetkey itself shows who it is.", byName)]),
  ];
  return { name: "secret-guards.cedar", path: "the guards that the build adds", text: texts.join("\n") };
}

const guard = (id: string, description: string, when: string): string => `@id("${id}")
@description("${description}")
forbid (
  principal is Agent,
  action,
  resource is AWS::Resource
) when { resource.service == "secretsmanager" && ${when} };
`;

/** Quotes a name for Cedar. A name has no character with a meaning in patterns (Secrets Manager API reference, CreateSecret, Name). */
const cedarString = (text: string): string => JSON.stringify(text);
