import { type Node, operationOf, subjectOf, tagOf } from "./residual.ts";

type Keys = ReadonlySet<string>;
const NONE: Keys = new Set();

/**
 * The tags for want of which the expression may err: those that it reads without having asked for them first (`resource.tags has team`).
 * A tag that is not among them can be missing, and the expression has a value all the same. Cedar goes from left to right, and no further than it must.
 */
export function tagsRead(node: unknown): Keys {
  const subject = subjectOf(node);
  if (subject?.of === "tag") return new Set([subject.key]);
  const operation = operationOf(node);
  if (!operation) return typeof node === "object" && node !== null ? all(Object.values(node).map(tagsRead)) : NONE;
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

/** What is read where Cedar comes to the next expression, past a first one that was true, or false. */
function readPast(first: unknown, holds: boolean, next: unknown): Keys {
  const read = [...tagsRead(next)];
  // Stryker disable next-line ConditionalExpression: the answer would be the same, after a walk through all of the first expression
  const there = read.length === 0 ? NONE : tagsThere(first, holds);
  return new Set(read.filter((key) => !there.has(key)));
}

/** The tags that are surely there where the expression is true, or where it is false: it asked for them. */
function tagsThere(node: unknown, holds: boolean): Keys {
  const operation = operationOf(node);
  if (!operation) return NONE;
  const { operator, operands } = operation;
  switch (operator) {
    case "has":
      return holds ? keyOf(operands) : NONE;
    case "!":
      return tagsThere(operands.arg, !holds);
    case "&&":
    case "||":
      return (operator === "&&") === holds
        ? all([tagsThere(operands.left, holds), tagsThere(operands.right, holds)])
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
