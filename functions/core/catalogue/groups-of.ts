import type { CatalogueAction } from "./catalogue-action.ts";

/**
 * `groupsOf(action: CatalogueAction): readonly string[]`
 *
 * Returns the action's parents in Cedar: `s3:Read` and `aws:Read` for `s3:GetObject`. An action of two levels is in the
 * groups of both. An action that mints is in no group: a policy must name it, and no `permit` on a group grants it by
 * accident.
 */
export function groupsOf(action: CatalogueAction): readonly string[] {
  if (action.mints) return [];
  return action.levels.flatMap((level) => {
    const group = level === "Permissions management" ? "PermissionsManagement" : level;
    return [`${action.service}:${group}`, `aws:${group}`];
  });
}
