import type { Session } from "./answer.ts";

interface Statement {
  readonly Effect: string;
  readonly Action?: unknown;
  readonly Resource: string | readonly string[];
}

/** Lists the resources that the session policies deny: those of every Deny on named actions. The denials of fence and network name no actions. */
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
