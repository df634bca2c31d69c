import type { CatalogueAction } from "./catalogue-action.ts";

/**
 * `groupsOf(action: CatalogueAction): readonly string[]`
 *
 * Lists the action's parents in Cedar: `s3:Read` and `aws:Read` for `s3:GetObject`. An action of two levels is in the groups of both. An action that
 * mints is in no group, so that no `permit` on a group grants it by accident: a policy must name it.
 */
export function groupsOf(action: CatalogueAction): readonly string[] {
  if (action.mints) return [];
  return action.levels.flatMap((level) => {
    const group = level === "Permissions management" ? "PermissionsManagement" : level;
    return [`${action.service}:${group}`, `aws:${group}`];
  });
}
