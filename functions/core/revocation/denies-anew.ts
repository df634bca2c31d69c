import type { RoleEntry } from "./role-entry.ts";

interface Statement {
  readonly Condition?: {
    readonly StringLike?: { readonly "aws:userid"?: readonly string[] };
    readonly StringEquals?: Readonly<Record<string, readonly string[]>>;
  };
}

/**
 * Whether a policy (`renderRevocations`) denies a session of the task's name and agent that is issued after it: by its name, its agent, or whatever
 * the role does. What denies by the time of issue alone is no denial of a session that is younger, as a probe's is.
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
