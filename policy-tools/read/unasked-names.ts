import type * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import type { Spelling } from "../../functions/connectors/connector-definition.ts";
import { DEFINITIONS } from "../../functions/connectors/connectors.ts";
import { entitiesIn, isNode, nodesIn } from "./policy-nodes.ts";

/** A name that a policy is never asked about. */
export interface UnaskedName {
  /** As it is in the policy: `Repository::"acme/Site"`, `"Acme"`. */
  readonly text: string;
  readonly sentence: string;
}

/**
 * Names in a spelling that a policy is never asked about: a connector makes one spelling of all that its provider takes for the same name
 * (docs/connectors/github.md). A permit with such a name would grant nothing, and a forbid would protect nothing.
 */
export function unaskedNames(json: cedar.PolicyJson): readonly UnaskedName[] {
  const found = DEFINITIONS.flatMap(({ type, spelling }) => (spelling ? misspelled(json, type, spelling) : []));
  return [...new Map(found.map((each) => [each.text, each])).values()];
}

function misspelled(json: cedar.PolicyJson, type: string, spelling: Spelling): readonly UnaskedName[] {
  const attributes = [...spelling.attributes, ...(isOnlyAbout(type, spelling, json) ? spelling.ownAttributes : [])];
  return nodesIn(json).flatMap((node) => [...entityIn(node, spelling), ...comparedIn(node, attributes, spelling)]);
}

/** True where the rule is about the connector's resources alone: an agent has an owner too, whose name may be spelled in any way. */
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

/** `Repository::"acme/site"`, `RepositoryPermission::"acme/site:contents"` */
function entityIn({ type, id }: Readonly<Record<string, unknown>>, spelling: Spelling): readonly UnaskedName[] {
  if (typeof id !== "string" || typeof type !== "string" || !Object.hasOwn(spelling.entities, type)) return [];
  const asked = spelling.entities[type]?.(id);
  return asked === id ? [] : [{ text: `${type}::${JSON.stringify(id)}`, sentence: spelling.problem(id, asked) }];
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
  const asked = spelling.spelled(text);
  return asked === text ? [] : [{ text: JSON.stringify(text), sentence: spelling.problem(text, asked) }];
}

const patternIn = (pattern: unknown): string =>
  Array.isArray(pattern)
    ? pattern.map((part: unknown) => (isNode(part) && typeof part.Literal === "string" ? part.Literal : "*")).join("")
    : "";

function isOfResource(side: unknown, attribute: string): boolean {
  const access = isNode(side) ? side["."] : undefined;
  return isNode(access) && access.attr === attribute && isNode(access.left) && access.left.Var === "resource";
}
