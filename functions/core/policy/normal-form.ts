import { contains, disjoint, type Glob, globFromCedar } from "./glob.ts";
import { isNode, isText, type Node, operationOf, type Subject, subjectOf, tagOf } from "./residual.ts";
import { tagsRead } from "./tags-read.ts";

/** A condition on one unknown: it is in the set that the glob means. Of a tag, every string means that it is there at all (`has`). */
export type Atom = Subject & { readonly glob: Glob };

/** All of these, and none of those. */
export interface Conjunction {
  readonly must: readonly Atom[];
  readonly mustNot: readonly Atom[];
}

/**
 * When a policy applies, as a list of conjunctions of which one must hold (disjunctive normal form). An empty list: never.
 * `unclear`: the policy asks something of an unknown that is not decided here.
 */
export type NormalForm = readonly Conjunction[] | "unclear";

const NEVER: NormalForm = [];
const ALWAYS: NormalForm = [{ must: [], mustNot: [] }];

/** Beyond this the formula is too wide to be worth it; more only ever grow out of policies that nobody could read. */
const CONJUNCTIONS = 64;

/**
 * The normal form of Cedar's residual of one policy (its JSON expression format).
 * Where a tag that it reads is not there, Cedar errs, and the policy does not apply: a permit's conjunctions say that it is there. A forbid that errs
 * counts as one that holds, as far as some value of the tag would make it hold: its conjunctions ask for a tag (`has`) only where the forbid reads it
 * nowhere without having asked, since it may err in a part that alone could never hold.
 * @param about the resources that are asked about. Of them the form holds, of no other: what cannot hold of any of them is left out, with all that
 * Cedar evaluates only where it holds (`resource.arn like "arn:aws:s3:::*" && ...`, about instances).
 */
export function normalForm(body: unknown, effect: "permit" | "forbid", about: Glob = ["any"]): NormalForm {
  const form = read(body, true, { effect, about });
  return effect === "permit" ? form : withoutAsking(tagsRead(body), form);
}

interface Scope {
  readonly effect: "permit" | "forbid";
  readonly about: Glob;
}

/** @param holds whether the expression is to be true, or to be false: negations are pushed down to the atoms. */
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
        both(scope.effect === "permit" ? there(tagsRead(operands.left)) : ALWAYS, () => part("right")),
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

/** That these tags are there. */
const there = (keys: ReadonlySet<string>): NormalForm => [
  { must: [...keys].map((key) => ({ of: "tag", key, glob: ["any"] })), mustNot: [] },
];

/** Of tags that it may read without having asked, none need be there: without one, the forbid may have erred. */
function withoutAsking(read: ReadonlySet<string>, form: NormalForm): NormalForm {
  if (form === "unclear") return form;
  const isAsked = (each: Atom): boolean => each.of === "tag" && read.has(each.key) && isAnything(each.glob);
  return form.map(({ must, mustNot }) => ({ must: must.filter((each) => !isAsked(each)), mustNot }));
}

/** Both. What can never be is never, whatever the other is: Cedar does not look further either. */
function both(left: NormalForm, right: () => NormalForm): NormalForm {
  if (left.length === 0) return NEVER;
  const other = right();
  if (left === "unclear" || other === "unclear") return "unclear";
  const joined = left.flatMap((a) =>
    other.map((b) => ({ must: [...a.must, ...b.must], mustNot: [...a.mustNot, ...b.mustNot] })),
  );
  return bounded(joined.filter((each) => !isContradiction(each)));
}

/** Whether one unknown would have to be in two sets that share nothing, or in one and not in another that holds it. */
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
  // Of a tag, `like "*"` reads and does not ask: where the tag is missing, a permit errs and grants nothing, and a forbid errs and holds.
  if (isAnything(glob) && !(subject.of === "tag" && scope.effect === "permit" && holds)) return holds ? ALWAYS : NEVER;
  return atom(subject, glob, holds, scope);
}

/** Whether every string is in the set. */
export const isAnything = (glob: Glob): boolean => contains(glob, ["any"]);

/**
 * `["a", "b"].contains(resource.arn)`: one equality or another. In a set of nothing (`context.delegation.chain` of a root task) the answer does not
 * depend on the tag, and Cedar reads the tag all the same: without it a permit errs.
 */
function membership({ left, right }: Node, holds: boolean, scope: Scope): NormalForm {
  const members = isNode(left) && Array.isArray(left.Set) ? left.Set : undefined;
  const subject = subjectOf(right);
  if (!members?.every(isText) || subject === undefined) return "unclear";
  if (members.length === 0 && !holds && scope.effect === "permit") return there(tagsRead(right));
  const each = members.map(({ Value }) => atom(subject, [{ literal: Value }], holds, scope));
  return holds ? each.reduce(either, NEVER) : each.reduce((all, one) => both(all, () => one), ALWAYS);
}

function globOf(pattern: readonly unknown[]): Glob | undefined {
  const tokens: ({ Literal: string } | "Wildcard")[] = [];
  for (const element of pattern) {
    if (element === "Wildcard") tokens.push(element);
    else if (isNode(element) && typeof element.Literal === "string") tokens.push({ Literal: element.Literal });
    else return undefined;
  }
  return globFromCedar(tokens);
}
