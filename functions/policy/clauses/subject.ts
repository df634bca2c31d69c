type Node = Readonly<Record<string, unknown>>;
const isNode = (value: unknown): value is Node => typeof value === "object" && value !== null && !Array.isArray(value);

/** Writes the path that an expression of Cedar's JSON format reads: `resource.arn`, `principal.getTag("ref")`; for any other expression, its JSON. */
export function textOf(node: unknown): string {
  return pathOf(node) ?? JSON.stringify(node);
}

/** Returns the path; undefined for an expression that is more than a path. */
export function pathOf(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  if (typeof node.Var === "string") return node.Var;
  const { ".": access, getTag: tag } = node;
  if (isNode(access) && typeof access.attr === "string") {
    const owner = pathOf(access.left);
    return owner === undefined ? undefined : `${owner}.${access.attr}`;
  }
  if (isNode(tag) && isNode(tag.right) && typeof tag.right.Value === "string") {
    const owner = pathOf(tag.left);
    return owner === undefined ? undefined : `${owner}.getTag(${JSON.stringify(tag.right.Value)})`;
  }
  return undefined;
}

/** Lists every path that the expression reads, each in full length only. */
export function pathsIn(node: unknown): readonly string[] {
  const path = pathOf(node);
  if (path !== undefined) return [path];
  if (typeof node !== "object" || node === null) return [];
  return [...new Set(Object.values(node).flatMap(pathsIn))];
}
