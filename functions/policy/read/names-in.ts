import { entitiesIn, isNode, nodesIn } from "./policy-nodes.ts";

export interface PolicyNames {
  readonly actions: readonly string[];
  /** Claims that the policy reads; `""` for one whose name is not a literal. */
  readonly claims: readonly string[];
  /** Tags of resources that the policy reads. */
  readonly tags: readonly string[];
}

/** Lists the actions, claims and tags that a policy names. */
export function namesIn(json: unknown): PolicyNames {
  const actions = entitiesIn(json)
    .filter(({ type }) => type === "Action")
    .map(({ id }) => id);
  const claims = nodesIn(json).flatMap((node) =>
    ["getTag", "hasTag"]
      .filter((operator) => isNode(node[operator]))
      .map((operator) => {
        const { right } = node[operator] as { right?: unknown };
        return isNode(right) && typeof right.Value === "string" ? right.Value : "";
      }),
  );
  const tags = nodesIn(json).flatMap((node) =>
    ["has", "."]
      .map((operator) => node[operator])
      .flatMap((access) =>
        isNode(access) && typeof access.attr === "string" && isTags(access.left) ? [access.attr] : [],
      ),
  );
  return { actions, claims, tags };
}

/** True for `resource.tags`. */
function isTags(node: unknown): boolean {
  const access = isNode(node) ? node["."] : undefined;
  return isNode(access) && access.attr === "tags" && isNode(access.left) && access.left.Var === "resource";
}

/** Lists the token claims that any of the policies reads, each once, sorted. */
export const claimsIn = (policies: readonly { readonly json: unknown }[]): readonly string[] =>
  [...new Set(policies.flatMap(({ json }) => namesIn(json).claims))].sort();
