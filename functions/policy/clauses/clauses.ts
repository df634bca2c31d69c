import type * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import { contains, disjoint, type Glob, globFromCedar } from "../../core/text/glob.ts";
import { textOf } from "./subject.ts";

/** Value that a policy compares, with the pattern that the policy names. An expression that is not understood is compared with itself only. */
export interface Fact {
  readonly about: string;
  readonly glob: Glob;
}

/** Condition that holds where all of `must` hold and none of `mustNot`. */
export interface Clause {
  readonly must: readonly Fact[];
  readonly mustNot: readonly Fact[];
}

const MOST = 64;
const ALWAYS: readonly Clause[] = [{ must: [], mustNot: [] }];

/**
 * Converts a policy's conditions to a list of clauses, of which at least one must hold. Returns undefined where there would be too many.
 * Decides no requests (functions/core/policy does). Here every attribute is open, and an expression that is not understood stays as it is.
 */
export function clausesOf({ conditions }: cedar.PolicyJson): readonly Clause[] | undefined {
  return conditions
    .map(({ kind, body }) => read(body, kind === "when"))
    .reduce<readonly Clause[] | undefined>((all, one) => both(all, one), ALWAYS);
}

/** True where the clause contradicts itself. */
export const isNever = ({ must, mustNot }: Clause): boolean =>
  must.some(
    (one) =>
      must.some((other) => other.about === one.about && disjoint(other.glob, one.glob)) ||
      mustNot.some((other) => other.about === one.about && contains(other.glob, one.glob)),
  );

/** True where `one` holds wherever `from` does; false where that is unclear. */
export const follows = (one: Clause, from: Clause): boolean =>
  one.must.every((fact) => from.must.some(({ about, glob }) => about === fact.about && contains(fact.glob, glob))) &&
  one.mustNot.every(
    (fact) =>
      from.must.some(({ about, glob }) => about === fact.about && disjoint(fact.glob, glob)) ||
      from.mustNot.some(({ about, glob }) => about === fact.about && contains(glob, fact.glob)),
  );

function read(node: unknown, holds: boolean): readonly Clause[] | undefined {
  if (!isNode(node)) return undefined;
  if (typeof node.Value === "boolean") return node.Value === holds ? ALWAYS : [];
  const [operator, operands] = Object.entries(node)[0] ?? ["", undefined];
  if (isNode(operands)) {
    const side = (name: string, isTrue = holds) => read(operands[name], isTrue);
    if (operator === "!") return side("arg", !holds);
    if (operator === "&&" || operator === "||")
      return (operator === "&&") === holds ? both(side("left"), side("right")) : either(side("left"), side("right"));
    if (operator === "==" || operator === "!=") return equality(node, operands, (operator === "==") === holds);
    if (operator === "like" && Array.isArray(operands.pattern))
      return fact(textOf(operands.left), globFromCedar(operands.pattern), holds);
    const members = operator === "contains" ? literalsIn(operands.left) : undefined;
    if (members) {
      const each = members.map((literal) => fact(textOf(operands.right), [{ literal }], holds));
      return holds ? each.reduce(either, []) : each.reduce(both, ALWAYS);
    }
  }
  return opaque(node, holds);
}

function equality(node: Node, { left, right }: Node, holds: boolean): readonly Clause[] | undefined {
  const [subject, literal] = literalOf(right) === undefined ? [right, literalOf(left)] : [left, literalOf(right)];
  // A glob cannot express a comparison of two literals, or of two attributes.
  if (literal === undefined || literalOf(subject) !== undefined)
    return "==" in node ? opaque(node, holds) : opaque({ "==": { left, right } }, holds);
  return fact(textOf(subject), [{ literal }], holds);
}

const opaque = (node: Node, holds: boolean): readonly Clause[] =>
  fact(JSON.stringify(node), [{ literal: "true" }], holds);

const fact = (about: string, glob: Glob, holds: boolean): readonly Clause[] => [
  holds ? { must: [{ about, glob }], mustNot: [] } : { must: [], mustNot: [{ about, glob }] },
];

function both(
  left: readonly Clause[] | undefined,
  right: readonly Clause[] | undefined,
): readonly Clause[] | undefined {
  if (!left || !right || left.length * right.length > MOST) return undefined;
  return left.flatMap((a) =>
    right.map((b) => ({ must: [...a.must, ...b.must], mustNot: [...a.mustNot, ...b.mustNot] })),
  );
}

function either(
  left: readonly Clause[] | undefined,
  right: readonly Clause[] | undefined,
): readonly Clause[] | undefined {
  if (!left || !right || left.length + right.length > MOST) return undefined;
  return [...left, ...right];
}

type Node = Readonly<Record<string, unknown>>;
const isNode = (value: unknown): value is Node => typeof value === "object" && value !== null && !Array.isArray(value);

/** Writes a literal as text, with a mark that distinguishes `3` from `"3"`. */
function literalOf(node: unknown): string | undefined {
  if (!isNode(node) || !("Value" in node)) return undefined;
  const { Value: value } = node;
  return typeof value === "string" ? value : typeof value === "object" ? undefined : `\u0000${String(value)}`;
}

function literalsIn(node: unknown): readonly string[] | undefined {
  const members = isNode(node) && Array.isArray(node.Set) ? node.Set.map(literalOf) : [];
  return members.length > 0 && members.every((each) => each !== undefined) ? members : undefined;
}
