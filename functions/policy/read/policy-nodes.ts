export type Node = Readonly<Record<string, unknown>>;
export const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Lists every object in the JSON of a policy, at every depth, outer ones first. */
export function nodesIn(value: unknown, found: Node[] = []): readonly Node[] {
  if (isNode(value)) found.push(value);
  if (typeof value === "object" && value !== null) for (const inner of Object.values(value)) nodesIn(inner, found);
  return found;
}

interface Uid {
  readonly type: string;
  readonly id: string;
}

/** Lists every entity that occurs anywhere, as `{"type": ..., "id": ...}` by itself or in `__entity`. */
export const entitiesIn = (value: unknown): readonly Uid[] =>
  nodesIn(value)
    .filter((node) => typeof node.type === "string" && typeof node.id === "string")
    .map(({ type, id }) => ({ type: String(type), id: String(id) }));
