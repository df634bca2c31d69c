/** Reasons why a person may not decide about a request, by the code that the API answers. */
const WHY_NOT = {
  no_group: "You are in none of the groups that decide.",
  not_voted: "You have not approved this request; to stop it, deny it.",
  no_glass: "Policy lets nobody approve this request alone: enough people have to approve it.",
  acted_for: "The request acts for you.",
  registered_agent: "You registered the agent, or one above it: whoever did never decides about its requests.",
  changed_agent: "You changed the agent, or one above it, within the last seven days.",
  owner_or_shaper_unknown:
    "The agent's owner, or who registered it, is nobody who is known, and could be you. An operator has to set owner to issuer|person.",
  owner_alone: "You own the agent, or one above it, and your vote would be the only one.",
  group_full:
    "Your groups have given their votes: no more are recorded while another group's are missing. To stop the request, deny it.",
} as const satisfies Readonly<Record<string, string>>;

/** Rules about one person. Others of the same groups may decide. */
const OF_ONE: readonly string[] = [
  "acted_for",
  "registered_agent",
  "changed_agent",
  "owner_alone",
] satisfies readonly (keyof typeof WHY_NOT)[];

/** Rule by which a person may not decide about a request. */
export type WhyNot = keyof typeof WHY_NOT;

/**
 * Describes why a person may not decide, and who may instead. Shows a reason that this code does not know as it is.
 * @param needed votes of the request, by group.
 * @example whyNotInWords("acted_for", [{ group: "sre" }]) // "The request acts for you. Somebody else of sre has to decide."
 */
export function whyNotInWords(why: string, needed: readonly { readonly group: string }[]): string {
  if (!Object.hasOwn(WHY_NOT, why)) return why;
  const groups = needed.map(({ group }) => group).filter((group) => !group.startsWith("@"));
  const others =
    OF_ONE.includes(why) && groups.length > 0 ? ` Somebody else of ${groups.join(" and ")} has to decide.` : "";
  return `${WHY_NOT[why as WhyNot]}${others}`;
}
