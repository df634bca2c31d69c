/** Names those who are asked, in words for people: a group by its name, and the person for whom the agent acts. @example deciderInWords("@person") // "the person it acts for" */
export const deciderInWords = (group: string): string => (group === "@person" ? "the person it acts for" : group);
