type Node = Readonly<Record<string, unknown>>;
const isNode = (value: unknown): value is Node => typeof value === "object" && value !== null && !Array.isArray(value);

/** Writes what an expression of Cedar's JSON format reads, as one would write it: `resource.arn`, `principal.getTag("ref")`; else its JSON. */
export function textOf(node: unknown): string {
  return pathOf(node) ?? JSON.stringify(node);
}

/** The path, or nothing where the expression is more than one. */
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

/** Every path that the expression reads, the longest of each only. */
export function pathsIn(node: unknown): readonly string[] {
  const path = pathOf(node);
  if (path !== undefined) return [path];
  if (typeof node !== "object" || node === null) return [];
  return [...new Set(Object.values(node).flatMap(pathsIn))];
}
