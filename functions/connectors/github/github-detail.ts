import type { TypedDetail } from "../../core/intent/detail.ts";
import { isRecord, type JsonObject, type Place, strings } from "../../core/intent/place.ts";
import {
  type GithubApp,
  isWithin,
  type PermissionLevel,
  type Permissions,
  REPOSITORY_PERMISSIONS,
} from "./github-apps.ts";
import { repositoryName } from "./repository-name.ts";

/** Permissions on repositories of one owner. */
export interface GithubDetail extends TypedDetail {
  readonly type: "github";
  /** `acme/site`, in lower case. */
  readonly repositories: readonly string[];
  readonly permissions: Permissions;
}

const LIMITS = { repositories: 20, nameCharacters: 150 } as const;

/**
 * Parses `{"type": "github", "repositories": ["acme/site"], "permissions": {"contents": "read"}}`, which requests each
 * permission on each repository.
 * @throws {Refusal} intent_invalid.
 */
export function parseGithub(detail: JsonObject, place: Place, apps: readonly GithubApp[]): GithubDetail {
  place.refuseUnknown(detail, ["type", "repositories", "permissions"]);
  const given = strings(detail.repositories, place.at("repositories"), LIMITS.repositories, LIMITS.nameCharacters);
  const names = given.map((text, index) => {
    const name = repositoryName(text);
    return name ?? place.at(`repositories[${index}]`).refuse("must be a repository such as acme/site");
  });
  const app = apps.find(({ owner }) => owner === names[0]?.owner);
  for (const [index, { owner }] of names.entries()) {
    const part = place.at(`repositories[${index}]`);
    if (!apps.some((each) => each.owner === owner))
      part.refuse("belongs to an owner for whose repositories this deployment issues no tokens");
    if (owner !== app?.owner) part.refuse("has another owner than the first one; request it in a separate detail");
  }
  const permissions = parsePermissions(detail.permissions, place.at("permissions"), app?.permissions ?? {});
  const repositories = [...new Set(names.map(({ owner, name }) => `${owner}/${name}`))];
  return { type: "github", repositories, permissions };
}

function parsePermissions(value: unknown, place: Place, most: Permissions): Permissions {
  if (!isRecord(value) || Object.keys(value).length === 0)
    return place.refuse('must be an object such as {"contents": "read"}');
  const entries = Object.entries(value).map(([name, level], index) => {
    // An error names an unknown permission by its number: the name is the caller's text, and could be anything.
    if (!Object.hasOwn(REPOSITORY_PERMISSIONS, name))
      return place.at(`[${index}]`).refuse("is not one of GitHub's permissions on repositories");
    const levels: readonly unknown[] = REPOSITORY_PERMISSIONS[name] ?? [];
    if (!levels.includes(level)) return place.at(name).refuse(`must be one of ${levels.join(", ")}`);
    if (!isWithin(String(level), most[name]))
      return place.at(name).refuse("is more than this deployment grants on that owner's repositories");
    return [name, level as PermissionLevel] as const;
  });
  return Object.fromEntries(entries);
}
