import type { ReadPolicy } from "./parse-policies.ts";

/**
 * Returns the reason why a policy may not be in its team's folder; undefined where it may. The owner of a team's folder decides only about that team's
 * agents. Other teams' agents, and people, who register, label and suspend agents, are not the owner's. A forbid may be about any agent, since it only
 * removes permissions.
 */
export function beyondItsFolder({ json: { principal, effect }, team }: ReadPolicy): string | undefined {
  if (team === undefined) return undefined;
  if (effect === "forbid") {
    const types = [
      ...("entity_type" in principal ? [principal.entity_type] : []),
      ...("entity" in principal && "type" in principal.entity ? [principal.entity.type] : []),
    ];
    if (types.some((type) => type === "Agent" || type === "Team")) return undefined;
    return `a forbid in a team's folder is about agents alone, never about people; write \`principal is Agent\``;
  }
  const within = principal.op === "in" ? principal : principal.op === "is" ? principal.in : undefined;
  const named = within && "entity" in within && "type" in within.entity ? within.entity : undefined;
  if (named?.type === "Team" && named.id === team) return undefined;
  return `a permit in the folder of team ${JSON.stringify(team)} is for its agents alone; write \`principal in Team::${JSON.stringify(team)}\`, with any conditions`;
}
