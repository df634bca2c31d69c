export type Node = Readonly<Record<string, unknown>>;
export const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Every object in the JSON of a policy, at every depth. */
export function* nodesIn(value: unknown): Generator<Node> {
  if (isNode(value)) yield value;
  if (typeof value === "object" && value !== null) for (const inner of Object.values(value)) yield* nodesIn(inner);
}

interface Uid {
  readonly type: string;
  readonly id: string;
}

/** Every entity that is named anywhere: as `{"type": ..., "id": ...}`, by itself or in `__entity`. */
export const entitiesIn = (value: unknown): readonly Uid[] =>
  [...nodesIn(value)]
    .filter((node) => typeof node.type === "string" && typeof node.id === "string")
    .map(({ type, id }) => ({ type: String(type), id: String(id) }));
