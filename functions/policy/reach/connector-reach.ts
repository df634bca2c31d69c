import { DEFINITIONS } from "../../connectors/connectors.ts";
import { EVERY } from "./group-members.ts";
import type { Reach } from "./reach-of.ts";

/**
 * Lists the types of the connectors whose actions a reach names, and `tool` where it names the call of a tool.
 * @param types connectors that the deployment has.
 */
export const connectorsIn = ({ permits }: Pick<Reach, "permits">, types: readonly string[]): readonly string[] => {
  const named = new Set(permits.flatMap(({ actions }) => actions));
  return [
    ...DEFINITIONS.filter(
      ({ actions }) =>
        named.has(EVERY) ||
        Object.entries(actions).some(([name, { groups }]) => named.has(name) || groups.some((each) => named.has(each))),
    ).map(({ type }): string => type),
    ...(named.has(EVERY) || named.has("tool:Call") ? ["tool"] : []),
  ].filter((type) => types.includes(type));
};
