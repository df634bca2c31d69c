import { contains, disjoint, type Glob, globFromCedar } from "../text/glob.ts";
import { isNode, isText, type Node, operationOf, type Subject, subjectOf, tagOf } from "./residual.ts";
import { tagsRead } from "./tags-read.ts";

/**
 * Condition on one unknown: its value must be in the glob. On a tag, the glob of every string means that the tag is
 * present (`has`).
 */
export type Atom = Subject & { readonly glob: Glob };

/** Conjunction: all of `must` hold, and none of `mustNot`. */
export interface Conjunction {
  readonly must: readonly Atom[];
  readonly mustNot: readonly Atom[];
}

/**
 * Condition of a policy in disjunctive normal form: one of the conjunctions must hold. An empty list never holds.
 * `unclear`: the policy uses an unknown in a way that this file does not support.
 */
export type NormalForm = readonly Conjunction[] | "unclear";

const NEVER: NormalForm = [];
const ALWAYS: NormalForm = [{ must: [], mustNot: [] }];

/** Most conjunctions of a normal form; with more, the form is `unclear`. Only unreadable policies need more. */
const CONJUNCTIONS = 64;

/**
 * Returns the normal form of a policy's residual (Cedar's JSON expression format).
 *
 * A policy that reads a missing tag errs in Cedar and does not apply. A permit's conjunctions therefore require the
 * tag's presence. A forbid that errs counts as holding where some value of the tag would make it hold. A forbid's
 * conjunctions require a tag (`has`) only where the forbid never reads the tag without such a check. Otherwise it may
 * err in a part that alone could never hold.
 * @param about the requested resources. The form is valid for them alone. Parts that hold for none of them are dropped,
 * with everything that Cedar evaluates only after those parts. In a question about instances, `resource.arn like
 * "arn:aws:s3:::*" && ...` is dropped as a whole.
 */
export function normalForm(body: unknown, effect: "permit" | "forbid", about: Glob = ["any"]): NormalForm {
  const form = read(body, true, { effect, about });
  return effect === "permit" ? form : withoutRequirements(tagsRead(body), form);
}

interface Scope {
  readonly effect: "permit" | "forbid";
  readonly about: Glob;
}

/**
 * Returns the normal form of an expression. @param holds false for its negation: negations are pushed down to the
 * atoms.
 */
function read(node: unknown, holds: boolean, scope: Scope): NormalForm {
  if (!isNode(node)) return "unclear";
  if ("Value" in node) return typeof node.Value === "boolean" ? (node.Value === holds ? ALWAYS : NEVER) : "unclear";
  const operation = operationOf(node);
  if (!operation) return "unclear";
  const { operator, operands } = operation;
  const part = (name: string, isTrue = holds) => read(operands[name], isTrue, scope);
  switch (operator) {
    case "&&":
    case "||":
      if ((operator === "&&") === holds) return both(part("left"), () => part("right"));
      return either(
        part("left"),
        both(scope.effect === "permit" ? present(tagsRead(operands.left)) : ALWAYS, () => part("right")),
      );
    case "!":
      return part("arg", !holds);
    case "if-then-else":
      return either(
        both(part("if", true), () => part("then")),
        both(part("if", false), () => part("else")),
      );
    case "==":
      return equality(operands, holds, scope);
    case "!=":
      return equality(operands, !holds, scope);
    case "like":
      return like(operands, holds, scope);
    case "contains":
      return membership(operands, holds, scope);
    case "has":
      return atom(tagOf(operands), ["any"], holds, scope);
    default:
      return "unclear";
  }
}

/** Requires the presence of tags. */
const present = (keys: ReadonlySet<string>): NormalForm => [
  { must: [...keys].map((key) => ({ of: "tag", key, glob: ["any"] })), mustNot: [] },
];

/**
 * Drops a forbid's requirements of tags that it may read without a check. Without such a tag the forbid errs, and so
 * counts as holding.
 */
function withoutRequirements(read: ReadonlySet<string>, form: NormalForm): NormalForm {
  if (form === "unclear") return form;
  const isRequirement = (each: Atom): boolean => each.of === "tag" && read.has(each.key) && isAnything(each.glob);
  return form.map(({ must, mustNot }) => ({ must: must.filter((each) => !isRequirement(each)), mustNot }));
}

/** Conjoins two forms. As in Cedar, the right one is not evaluated where the left one never holds. */
function both(left: NormalForm, right: () => NormalForm): NormalForm {
  if (left.length === 0) return NEVER;
  const other = right();
  if (left === "unclear" || other === "unclear") return "unclear";
  const joined = left.flatMap((a) =>
    other.map((b) => ({ must: [...a.must, ...b.must], mustNot: [...a.mustNot, ...b.mustNot] })),
  );
  return bounded(joined.filter((each) => !isContradiction(each)));
}

/** True where one unknown would have to be in two disjoint sets, or in a set and outside of a superset. */
const isContradiction = ({ must, mustNot }: Conjunction): boolean =>
  must.some(
    (one) =>
      must.some((other) => isSame(one, other) && disjoint(one.glob, other.glob)) ||
      mustNot.some((other) => isSame(one, other) && contains(other.glob, one.glob)),
  );

const isSame = (one: Atom, other: Atom): boolean =>
  one.of === "arn" ? other.of === "arn" : other.of === "tag" && other.key === one.key;

function either(left: NormalForm, right: NormalForm): NormalForm {
  return left === "unclear" || right === "unclear" ? "unclear" : bounded([...left, ...right]);
}

const bounded = (form: readonly Conjunction[]): NormalForm => (form.length > CONJUNCTIONS ? "unclear" : form);

function atom(subject: Subject | undefined, glob: Glob, holds: boolean, { about }: Scope): NormalForm {
  if (subject === undefined) return "unclear";
  const isOutOfReach = holds ? disjoint(glob, about) : contains(glob, about);
  if (subject.of === "arn" && isOutOfReach) return NEVER;
  const found = { ...subject, glob };
  return holds ? [{ must: [found], mustNot: [] }] : [{ must: [], mustNot: [found] }];
}

function equality({ left, right }: Node, holds: boolean, scope: Scope): NormalForm {
  const [unknown, known] = isText(right) ? [left, right] : [right, left];
  return isText(known) ? atom(subjectOf(unknown), [{ literal: known.Value }], holds, scope) : "unclear";
}

function like({ left, pattern }: Node, holds: boolean, scope: Scope): NormalForm {
  const glob = Array.isArray(pattern) ? globOf(pattern) : undefined;
  const subject = subjectOf(left);
  if (glob === undefined || subject === undefined) return "unclear";
  // On a tag, `like "*"` reads without a check. If the tag is missing, a permit errs and grants nothing; a forbid errs
  // and counts as holding.
  if (isAnything(glob) && !(subject.of === "tag" && scope.effect === "permit" && holds)) return holds ? ALWAYS : NEVER;
  return atom(subject, glob, holds, scope);
}

/** True for the set of all strings. */
export const isAnything = (glob: Glob): boolean => contains(glob, ["any"]);

/**
 * Returns the form of `["a", "b"].contains(resource.arn)`: alternative equalities. An empty set
 * (`context.delegation.chain` of a root task) makes the result independent of the tag. Cedar still reads the tag, so a
 * permit errs without it.
 */
function membership({ left, right }: Node, holds: boolean, scope: Scope): NormalForm {
  const members = isNode(left) && Array.isArray(left.Set) ? left.Set : undefined;
  const subject = subjectOf(right);
  if (!members?.every(isText) || subject === undefined) return "unclear";
  if (members.length === 0 && !holds && scope.effect === "permit") return present(tagsRead(right));
  const each = members.map(({ Value }) => atom(subject, [{ literal: Value }], holds, scope));
  return holds ? each.reduce(either, NEVER) : each.reduce((all, one) => both(all, () => one), ALWAYS);
}

/** Cache of globs by pattern: the pairs of an intent share the residuals of their policies. */
const GLOBS = new WeakMap<readonly unknown[], Glob | undefined>();

function globOf(pattern: readonly unknown[]): Glob | undefined {
  if (!GLOBS.has(pattern)) GLOBS.set(pattern, readGlob(pattern));
  return GLOBS.get(pattern);
}

function readGlob(pattern: readonly unknown[]): Glob | undefined {
  const tokens: ({ Literal: string } | "Wildcard")[] = [];
  for (const element of pattern) {
    if (element === "Wildcard") tokens.push(element);
    else if (isNode(element) && typeof element.Literal === "string") tokens.push({ Literal: element.Literal });
    else return undefined;
  }
  return globFromCedar(tokens);
}
