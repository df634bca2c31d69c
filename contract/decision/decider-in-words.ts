/** Names those who decide: a group by its name, `@person` as the person for whom the agent acts. @example deciderInWords("@person") // "the person it acts for" */
export const deciderInWords = (group: string): string => (group === "@person" ? "the person it acts for" : group);
