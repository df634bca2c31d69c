/** What is not known when a policy is decided: the ARN of a set of resources, and a resource's tags. */
export type Subject = { readonly of: "arn" } | { readonly of: "tag"; readonly key: string };

/** A part of what Cedar leaves of a policy (its JSON expression format). */
export type Node = Readonly<Record<string, unknown>>;

export const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const isText = (value: unknown): value is { readonly Value: string } =>
  isNode(value) && typeof value.Value === "string";

/** The operator of an expression with what it works on, by name: `{"==": {"left": ..., "right": ...}}`. Nothing for a value, an unknown or a list. */
export function operationOf(node: unknown): { readonly operator: string; readonly operands: Node } | undefined {
  if (!isNode(node)) return undefined;
  const [entry] = Object.entries(node);
  return entry && isNode(entry[1]) ? { operator: entry[0], operands: entry[1] } : undefined;
}

/** The unknown that the expression reads: `resource.arn`, or one tag. */
export function subjectOf(node: unknown): Subject | undefined {
  if (isUnknown(node, "arn")) return { of: "arn" };
  const access = isNode(node) ? node["."] : undefined;
  return isNode(access) ? tagOf(access) : undefined;
}

/** The tag that an access (`.`) or a question (`has`) names. */
export const tagOf = ({ left, attr }: Node): (Subject & { readonly of: "tag" }) | undefined =>
  isUnknown(left, "tags") && typeof attr === "string" ? { of: "tag", key: attr } : undefined;

/** Cedar writes an unknown as `{"unknown": [{"Value": "arn"}]}`. */
function isUnknown(node: unknown, name: string): boolean {
  if (!isNode(node) || !Array.isArray(node.unknown)) return false;
  const [first] = node.unknown;
  return isText(first) && first.Value === name;
}
