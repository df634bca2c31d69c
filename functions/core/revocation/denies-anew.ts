import type { RoleEntry } from "./role-entry.ts";

interface Statement {
  readonly Condition?: {
    readonly StringLike?: { readonly "aws:userid"?: readonly string[] };
    readonly StringEquals?: Readonly<Record<string, readonly string[]>>;
  };
}

/**
 * Returns a predicate for a policy's text (`renderRevocations`): true where the policy also denies a session that is
 * issued later. Such a session has the task's name and agent. The policy denies by name, by agent, or everything. A
 * Deny by time alone does not deny a younger session, such as a probe's.
 */
export function deniesAnew(text: string | undefined): (entry: Pick<RoleEntry, "path" | "agent">) => boolean {
  if (text === undefined) return () => false;
  const { Statement: statements } = JSON.parse(text) as { readonly Statement: readonly Statement[] };
  const denied = statements.map(({ Condition: condition }) => ({
    isAll: condition === undefined,
    heads: (condition?.StringLike?.["aws:userid"] ?? []).map((pattern) => pattern.slice(2, -1)),
    agents: new Set(Object.values(condition?.StringEquals ?? {}).flat()),
  }));
  return ({ path, agent }) =>
    denied.some(
      ({ isAll, heads, agents }) => isAll || heads.some((head) => path.startsWith(head)) || agents.has(agent),
    );
}
