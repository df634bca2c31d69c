import type * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import { repositoryName } from "../../functions/connectors/github/repository-name.ts";
import { entitiesIn, isNode, nodesIn } from "./policy-nodes.ts";

/** A name that a policy is never asked about. */
export interface UnaskedName {
  /** As it stands in the policy: `Repository::"acme/Site"`, `"Acme"`. */
  readonly text: string;
  readonly sentence: string;
}

/**
 * Repositories that a policy names as GitHub shows them, and as it is never asked about them: the connector makes one spelling of them all
 * (docs/connectors/github.md), so that a permit would grant nothing, and a forbid protect nothing.
 */
export function unaskedNames(json: cedar.PolicyJson): readonly UnaskedName[] {
  const attributes = isOfGithub(json) ? ["repository", "owner"] : ["repository"];
  const found = [...nodesIn(json)].flatMap((node) => [...entityIn(node), ...comparedIn(node, attributes)]);
  return [...new Map(found.map((each) => [each.text, each])).values()];
}

/** An agent has an owner too, who may be written in any way. */
function isOfGithub({ action, resource }: cedar.PolicyJson): boolean {
  const actions = entitiesIn(action).map(({ id }) => id);
  const types = [resource].flatMap((head) => [
    ...("entity_type" in head ? [head.entity_type] : []),
    ...entitiesIn(head).map(({ type }) => type),
  ]);
  return (
    (actions.length > 0 && actions.every((id) => id.startsWith("github:"))) ||
    types.some((type) => type === "Repository" || type === "RepositoryPermission")
  );
}

/** `Repository::"acme/site"`, `RepositoryPermission::"acme/site:contents"` */
function entityIn({ type, id }: Readonly<Record<string, unknown>>): readonly UnaskedName[] {
  if (typeof id !== "string" || (type !== "Repository" && type !== "RepositoryPermission")) return [];
  const [, repository = id, permission = ""] = type === "Repository" ? [] : (/^(.*)(:[^:]*)$/.exec(id) ?? []);
  const asked = spellingOf(repository);
  if (`${asked}${permission}` === id) return [];
  return [{ text: `${type}::${JSON.stringify(id)}`, sentence: sentenceOf(id, asked && `${asked}${permission}`) }];
}

/** What `resource.repository` and `resource.owner` are compared with. */
function comparedIn(node: Readonly<Record<string, unknown>>, attributes: readonly string[]): readonly UnaskedName[] {
  const isName = (side: unknown) => attributes.some((attribute) => isOfResource(side, attribute));
  const [operator = "", operands] = Object.entries(node)[0] ?? [];
  if (!isNode(operands) || ![operands.left, operands.right].some(isName)) return [];
  if (operator === "like") return patternIn(operands.pattern);
  if (!["==", "!=", "contains"].includes(operator)) return [];
  const literals = [operands.left, operands.right].flatMap((side) =>
    isNode(side) && Array.isArray(side.Set) ? side.Set : [side],
  );
  return literals.flatMap((literal) =>
    isNode(literal) && typeof literal.Value === "string" && hasCapitals(literal.Value)
      ? [{ text: JSON.stringify(literal.Value), sentence: sentenceOf(literal.Value, literal.Value.toLowerCase()) }]
      : [],
  );
}

function patternIn(pattern: unknown): readonly UnaskedName[] {
  const parts = Array.isArray(pattern)
    ? pattern.map((part: unknown) => (isNode(part) && typeof part.Literal === "string" ? part.Literal : "*"))
    : [];
  const text = parts.join("");
  return hasCapitals(text) ? [{ text: JSON.stringify(text), sentence: sentenceOf(text, text.toLowerCase()) }] : [];
}

function isOfResource(side: unknown, attribute: string): boolean {
  const access = isNode(side) ? side["."] : undefined;
  return isNode(access) && access.attr === attribute && isNode(access.left) && access.left.Var === "resource";
}

const hasCapitals = (text: string): boolean => text !== text.toLowerCase();

function spellingOf(text: string): string | undefined {
  const { owner, name } = repositoryName(text) ?? {};
  return owner === undefined ? undefined : `${owner}/${name}`;
}

const sentenceOf = (text: string, asked: string | undefined): string =>
  asked === undefined
    ? `"${text}" is no repository such as acme/site, so this is never met`
    : `repositories of GitHub are asked about in lower case, so "${text}" is never met; write "${asked}"`;
