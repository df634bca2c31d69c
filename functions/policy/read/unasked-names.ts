import type * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import type { Spelling } from "../../connectors/connector-definition.ts";
import { DEFINITIONS } from "../../connectors/connectors.ts";
import { entitiesIn, isNode, nodesIn } from "./policy-nodes.ts";

/** Name in a policy that no request to policy ever has. */
export interface UnaskedName {
  /** Text in the policy: `Repository::"acme/Site"`, `"Acme"`. */
  readonly text: string;
  readonly sentence: string;
}

/**
 * Finds names in a spelling that no request ever has. A connector converts all spellings that its provider takes for the same name into one
 * (docs/connectors/github.md). A permit with another spelling would grant nothing, and a forbid would protect nothing.
 */
export function unaskedNames(json: cedar.PolicyJson): readonly UnaskedName[] {
  const found = DEFINITIONS.flatMap(({ type, spelling }) => (spelling ? misspelled(json, type, spelling) : []));
  return [...new Map(found.map((each) => [each.text, each])).values()];
}

function misspelled(json: cedar.PolicyJson, type: string, spelling: Spelling): readonly UnaskedName[] {
  const attributes = [...spelling.attributes, ...(isOnlyAbout(type, spelling, json) ? spelling.ownAttributes : [])];
  return nodesIn(json).flatMap((node) => [...entityIn(node, spelling), ...comparedIn(node, attributes, spelling)]);
}

/** True where the rule is only about the connector's resources. Other rules may read an agent's `owner`, whose spelling is free. */
function isOnlyAbout(type: string, spelling: Spelling, { action, resource }: cedar.PolicyJson): boolean {
  const actions = entitiesIn(action).map(({ id }) => id);
  const types = [resource].flatMap((head) => [
    ...("entity_type" in head ? [head.entity_type] : []),
    ...entitiesIn(head).map((entity) => entity.type),
  ]);
  return (
    (actions.length > 0 && actions.every((id) => id.startsWith(`${type}:`))) ||
    types.some((each) => Object.hasOwn(spelling.entities, each))
  );
}

/** Finds entities such as `Repository::"acme/site"` and `RepositoryPermission::"acme/site:contents"` in another spelling. */
function entityIn({ type, id }: Readonly<Record<string, unknown>>, spelling: Spelling): readonly UnaskedName[] {
  if (typeof id !== "string" || typeof type !== "string" || !Object.hasOwn(spelling.entities, type)) return [];
  const canonical = spelling.entities[type]?.(id);
  return canonical === id
    ? []
    : [{ text: `${type}::${JSON.stringify(id)}`, sentence: spelling.problem(id, canonical) }];
}

/** Lists the texts that attributes of the resource are compared with. */
function comparedIn(
  node: Readonly<Record<string, unknown>>,
  attributes: readonly string[],
  spelling: Spelling,
): readonly UnaskedName[] {
  const isName = (side: unknown) => attributes.some((attribute) => isOfResource(side, attribute));
  const [operator = "", operands] = Object.entries(node)[0] ?? [];
  if (!isNode(operands) || ![operands.left, operands.right].some(isName)) return [];
  if (operator === "like") return misspelledText(patternIn(operands.pattern), spelling);
  if (!["==", "!=", "contains"].includes(operator)) return [];
  const literals = [operands.left, operands.right].flatMap((side) =>
    isNode(side) && Array.isArray(side.Set) ? side.Set : [side],
  );
  return literals.flatMap((literal) =>
    isNode(literal) && typeof literal.Value === "string" ? misspelledText(literal.Value, spelling) : [],
  );
}

function misspelledText(text: string, spelling: Spelling): readonly UnaskedName[] {
  const canonical = spelling.spelled(text);
  return canonical === text ? [] : [{ text: JSON.stringify(text), sentence: spelling.problem(text, canonical) }];
}

const patternIn = (pattern: unknown): string =>
  Array.isArray(pattern)
    ? pattern.map((part: unknown) => (isNode(part) && typeof part.Literal === "string" ? part.Literal : "*")).join("")
    : "";

function isOfResource(side: unknown, attribute: string): boolean {
  const access = isNode(side) ? side["."] : undefined;
  return isNode(access) && access.attr === attribute && isNode(access.left) && access.left.Var === "resource";
}
