import * as cedar from "@cedar-policy/cedar-wasm/nodejs";

const known = new Map<string, readonly string[]>();

/** Tags of resources that a policy names, in its own spelling. Read from Cedar's JSON, where a name has no escapes. */
export function tagNames(text: string): readonly string[] {
  const names = known.get(text) ?? namesIn(text);
  if (known.size > 5_000) known.clear();
  known.set(text, names);
  return names;
}

function namesIn(text: string): readonly string[] {
  const converted = cedar.policyToJson(text);
  if (converted.type === "failure") throw new Error(`${text}: ${JSON.stringify(converted.errors)}`);
  const found = new Set<string>();
  const walk = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    for (const [operator, operands] of Object.entries(node)) {
      const { left, attr } = (operands ?? {}) as {
        readonly left?: unknown;
        readonly attr?: string | readonly string[];
      };
      const path = (operator === "." || operator === "has") && attr !== undefined ? [...pathOf(left), attr].flat() : [];
      if (path[0] === "resource" && path[1] === "tags" && path[2] !== undefined) found.add(path[2]);
      walk(operands);
    }
  };
  walk(converted.json.conditions);
  return [...found];
}

/** `resource.tags` as `["resource", "tags"]`. Empty where the node is no path. */
function pathOf(node: unknown): readonly string[] {
  const { Var, ".": access } = (node ?? {}) as {
    readonly Var?: string;
    readonly "."?: { readonly left: unknown; readonly attr: string };
  };
  if (Var !== undefined) return [Var];
  if (access === undefined) return [];
  const before = pathOf(access.left);
  return before.length === 0 ? [] : [...before, access.attr];
}
