import { type Node, operationOf, subjectOf, tagOf } from "./residual.ts";

type Keys = ReadonlySet<string>;
const NONE: Keys = new Set();

/**
 * Returns the tags without which an expression may err: it reads them without an earlier check (`resource.tags has
 * team`). The expression has a value even where other tags are missing. Cedar evaluates from left to right, and no
 * further than necessary.
 */
export function tagsRead(node: unknown): Keys {
  if (typeof node !== "object" || node === null) return NONE;
  const known = KNOWN.get(node);
  if (known) return known;
  const found = tagsIn(node);
  KNOWN.set(node, found);
  return found;
}

/** Cache of results by expression: the pairs of an intent share the residuals of their policies. */
const KNOWN = new WeakMap<object, Keys>();

function tagsIn(node: object): Keys {
  const subject = subjectOf(node);
  if (subject?.of === "tag") return new Set([subject.key]);
  const operation = operationOf(node);
  if (!operation) return all(Object.values(node).map(tagsRead));
  const { operator, operands } = operation;
  const { left, right } = operands;
  switch (operator) {
    case "&&":
    case "||":
      return all([tagsRead(left), readPast(left, operator === "&&", right)]);
    case "if-then-else":
      return all([
        tagsRead(operands.if),
        readPast(operands.if, true, operands.then),
        readPast(operands.if, false, operands.else),
      ]);
    default:
      return all(Object.values(operands).map(tagsRead));
  }
}

/** Returns the tags that the next expression reads without a check, after a first one that was true (or false). */
function readPast(first: unknown, holds: boolean, next: unknown): Keys {
  const read = [...tagsRead(next)];
  // Stryker disable next-line ConditionalExpression: the answer would be the same, after a walk through all of the first expression
  const present = read.length === 0 ? NONE : tagsPresent(first, holds);
  return new Set(read.filter((key) => !present.has(key)));
}

/** Returns the tags that are certainly present where the expression is true (or false), since it checks for them. */
function tagsPresent(node: unknown, holds: boolean): Keys {
  const operation = operationOf(node);
  if (!operation) return NONE;
  const { operator, operands } = operation;
  switch (operator) {
    case "has":
      return holds ? keyOf(operands) : NONE;
    case "!":
      return tagsPresent(operands.arg, !holds);
    case "&&":
    case "||":
      return (operator === "&&") === holds
        ? all([tagsPresent(operands.left, holds), tagsPresent(operands.right, holds)])
        : NONE;
    default:
      return NONE;
  }
}

function keyOf(operands: Node): Keys {
  const tag = tagOf(operands);
  return tag === undefined ? NONE : new Set([tag.key]);
}

const all = (sets: readonly Keys[]): Keys => new Set(sets.flatMap((keys) => [...keys]));
