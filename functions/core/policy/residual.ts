/** Unknown of a decision: the ARN of a set's members, or a resource's tag. */
export type Subject = { readonly of: "arn" } | { readonly of: "tag"; readonly key: string };

/** Node of a residual (Cedar's JSON expression format). */
export type Node = Readonly<Record<string, unknown>>;

export const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const isText = (value: unknown): value is { readonly Value: string } =>
  isNode(value) && typeof value.Value === "string";

/**
 * Splits an expression, `{"==": {"left": ..., "right": ...}}`, into operator and operands. Undefined for a value, an
 * unknown or a list.
 */
export function operationOf(node: unknown): { readonly operator: string; readonly operands: Node } | undefined {
  if (!isNode(node)) return undefined;
  const [entry] = Object.entries(node);
  return entry && isNode(entry[1]) ? { operator: entry[0], operands: entry[1] } : undefined;
}

/** Returns the unknown that an expression reads: `resource.arn`, or one tag; undefined for others. */
export function subjectOf(node: unknown): Subject | undefined {
  if (isUnknown(node, "arn")) return { of: "arn" };
  const access = isNode(node) ? node["."] : undefined;
  return isNode(access) ? tagOf(access) : undefined;
}

/** Returns the tag that an access (`.`) or a check (`has`) names. */
export const tagOf = ({ left, attr }: Node): (Subject & { readonly of: "tag" }) | undefined =>
  isUnknown(left, "tags") && typeof attr === "string" ? { of: "tag", key: attr } : undefined;

/** True for Cedar's notation of the unknown: `{"unknown": [{"Value": "arn"}]}`. */
function isUnknown(node: unknown, name: string): boolean {
  if (!isNode(node) || !Array.isArray(node.unknown)) return false;
  const [first] = node.unknown;
  return isText(first) && first.Value === name;
}
