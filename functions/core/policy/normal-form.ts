import { type Glob, globFromCedar } from "./glob.ts";

/** What is not known when a policy is decided: the ARN of a set of resources, and a resource's tags. */
export type Subject = { readonly of: "arn" } | { readonly of: "tag"; readonly key: string };

/** A condition on one unknown: it is in the set that the glob means. */
export type Atom = Subject & { readonly glob: Glob };

/** All of these, and none of those. An atom on a tag says, besides, that the tag is there. */
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
 * Where a tag that it reads is not there, Cedar errs, and the policy does not apply: a permit's conjunctions say that it is there. A forbid's
 * leave that out, and so reach further rather than less far.
 */
export const normalForm = (body: unknown, effect: "permit" | "forbid"): NormalForm => read(body, true, effect);

/** @param holds whether the expression is to be true, or to be false: negations are pushed down to the atoms. */
function read(node: unknown, holds: boolean, effect: "permit" | "forbid"): NormalForm {
  if (!isNode(node)) return "unclear";
  if ("Value" in node) return typeof node.Value === "boolean" ? (node.Value === holds ? ALWAYS : NEVER) : "unclear";
  const [operator, operands] = Object.entries(node)[0] ?? ["", undefined];
  if (!isNode(operands)) return "unclear";
  const part = (name: string, isTrue = holds) => read(operands[name], isTrue, effect);
  switch (operator) {
    case "&&":
    case "||":
      if ((operator === "&&") === holds) return both(part("left"), () => part("right"));
      // The right side counts where Cedar gets to it: past the left one, which must not have erred.
      return either(
        part("left"),
        effect === "forbid" ? part("right") : both(readable(operands.left), () => part("right")),
      );
    case "!":
      return part("arg", !holds);
    case "if-then-else":
      return either(
        both(part("if", true), () => part("then")),
        both(part("if", false), () => part("else")),
      );
    case "==":
      return equality(operands, holds);
    case "!=":
      return equality(operands, !holds);
    case "like":
      return like(operands, holds);
    case "contains":
      return membership(operands, holds);
    case "has":
      return presence(operands, holds);
    default:
      return "unclear";
  }
}

/** Both. What can never be is never, whatever the other is: Cedar does not look further either. */
function both(left: NormalForm, right: () => NormalForm): NormalForm {
  if (left !== "unclear" && left.length === 0) return NEVER;
  const other = right();
  if (left === "unclear" || other === "unclear") return "unclear";
  return bounded(
    left.flatMap((a) => other.map((b) => ({ must: [...a.must, ...b.must], mustNot: [...a.mustNot, ...b.mustNot] }))),
  );
}

function either(left: NormalForm, right: NormalForm): NormalForm {
  return left === "unclear" || right === "unclear" ? "unclear" : bounded([...left, ...right]);
}

const bounded = (form: readonly Conjunction[]): NormalForm => (form.length > CONJUNCTIONS ? "unclear" : form);

function atom(subject: Subject | undefined, glob: Glob, holds: boolean): NormalForm {
  if (subject === undefined) return "unclear";
  const found = { ...subject, glob };
  return holds ? [{ must: [found], mustNot: [] }] : [{ must: [], mustNot: [found] }];
}

function equality({ left, right }: Node, holds: boolean): NormalForm {
  const [unknown, known] = isText(right) ? [left, right] : [right, left];
  return isText(known) ? atom(subjectOf(unknown), [{ literal: known.Value }], holds) : "unclear";
}

function like({ left, pattern }: Node, holds: boolean): NormalForm {
  const glob = Array.isArray(pattern) ? globOf(pattern) : undefined;
  return glob ? atom(subjectOf(left), glob, holds) : "unclear";
}

/** `["a", "b"].contains(resource.arn)`: one equality or another. */
function membership({ left, right }: Node, holds: boolean): NormalForm {
  const members = isNode(left) && Array.isArray(left.Set) ? left.Set : undefined;
  if (!members?.every(isText)) return "unclear";
  const each = members.map(({ Value }) => atom(subjectOf(right), [{ literal: Value }], holds));
  return holds ? each.reduce(either, NEVER) : each.reduce((all, one) => both(all, () => one), ALWAYS);
}

/** `resource.tags has team`: any value will do. */
function presence({ left, attr }: Node, holds: boolean): NormalForm {
  return isUnknown(left, "tags") && typeof attr === "string"
    ? atom({ of: "tag", key: attr }, ["any"], holds)
    : "unclear";
}

/** That every tag is there which the expression reads; asking whether it is there (`has`) reads nothing. */
function readable(node: unknown): NormalForm {
  const keys = new Set<string>();
  const walk = (value: unknown): void => {
    const subject = subjectOf(value);
    if (subject?.of === "tag") keys.add(subject.key);
    if (typeof value === "object" && value !== null) for (const inner of Object.values(value)) walk(inner);
  };
  walk(node);
  return [{ must: [...keys].map((key) => ({ of: "tag", key, glob: ["any"] })), mustNot: [] }];
}

function subjectOf(node: unknown): Subject | undefined {
  if (isUnknown(node, "arn")) return { of: "arn" };
  const access = isNode(node) ? node["."] : undefined;
  return isNode(access) && isUnknown(access.left, "tags") && typeof access.attr === "string"
    ? { of: "tag", key: access.attr }
    : undefined;
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

type Node = Readonly<Record<string, unknown>>;
const isNode = (value: unknown): value is Node => typeof value === "object" && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is { readonly Value: string } =>
  isNode(value) && typeof value.Value === "string";

/** Cedar writes an unknown as `{"unknown": [{"Value": "arn"}]}`. */
function isUnknown(node: unknown, name: string): boolean {
  if (!isNode(node) || !Array.isArray(node.unknown)) return false;
  const [first] = node.unknown;
  return isText(first) && first.Value === name;
}
