import { Refusal } from "../refusal.ts";
import { CLAIM_CHARACTERS, type Claims, isElsewhere, valueAt } from "./claims.ts";
import type { Issuer } from "./issuer.ts";

/** Upper bound on the groups that one token may list. Above 200, Microsoft Entra ID omits the claim. */
export const MOST_GROUPS = 200;

/**
 * Returns a person's groups as policies name them, `issuer|group`, so that no issuer can assert another's groups. Empty
 * where the issuer's configuration names no claim for groups.
 * @throws {Refusal} token_claims where the token does not list every group as text. A forbid on an omitted group would
 * not apply.
 */
export function groupsIn(
  claims: Claims,
  { name, groupsClaim }: Pick<Issuer, "name" | "groupsClaim">,
): readonly string[] {
  if (groupsClaim === undefined) return [];
  if (isElsewhere(claims, groupsClaim) || isOverage(claims.hasgroups))
    refuse(
      `You are in more groups than your issuer lists in a token: let it list fewer, such as those that are assigned to this application.`,
    );
  const groups = valueAt(claims, groupsClaim);
  if (!Array.isArray(groups))
    refuse(
      `The claim ${groupsClaim} must list your groups, and be [] where there are none: let your issuer put it into the token.`,
    );
  if (groups.length > MOST_GROUPS)
    refuse(
      `The claim ${groupsClaim} lists ${groups.length} groups, and may list ${MOST_GROUPS}: let your issuer list fewer.`,
    );
  if (!groups.every(isGroup))
    refuse(`The claim ${groupsClaim} must list texts of 1 to ${CLAIM_CHARACTERS} characters, and nothing else.`);
  return [...new Set(groups.map((group) => `${name}|${group}`))];
}

/** True where Entra ID omitted the groups: in the implicit flow it sets `hasgroups` instead. */
const isOverage = (hasgroups: unknown): boolean => hasgroups !== undefined && hasgroups !== false;

const isGroup = (group: unknown): group is string =>
  typeof group === "string" && group !== "" && group.length <= CLAIM_CHARACTERS && group.isWellFormed();

function refuse(say: string): never {
  throw new Refusal("token_claims", { say });
}
