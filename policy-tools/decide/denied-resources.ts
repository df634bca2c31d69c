import type { Session } from "./answer.ts";

interface Statement {
  readonly Effect: string;
  readonly Action?: unknown;
  readonly Resource: string | readonly string[];
}

/** Lists what the session policies take out of what they allow: the resources of every Deny on named actions, which fence and network are not. */
export const deniedResources = (sessions: readonly Session[]): readonly string[] => [
  ...new Set(
    sessions.flatMap(({ policy }) => {
      const { Statement: statements }: { Statement: readonly Statement[] } = JSON.parse(policy);
      return statements
        .filter(({ Effect, Action }) => Effect === "Deny" && Action !== undefined && Action !== "*")
        .flatMap(({ Resource }) => Resource);
    }),
  ),
];
