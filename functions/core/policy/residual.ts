import { type Glob, globFromCedar } from "./glob.ts";

/**
 * What is left of a policy once everything but the ARN is known:
 * `never` (it cannot apply), `unclear` (a shape that is not decided on patterns), or the globs that the ARN must all match;
 * an empty list means that it applies whatever the ARN is.
 */
export type Condition = "never" | "unclear" | readonly Glob[];

/** Reads Cedar's residual of one policy. Anything it does not know is `unclear`, and an unclear policy refuses the request. */
export function readResidual(body: unknown): Condition {
  if (!isNode(body)) return "unclear";
  if ("Value" in body) return body.Value === true ? [] : body.Value === false ? "never" : "unclear";
  if (isNode(body["&&"])) return both(readResidual(body["&&"].left), readResidual(body["&&"].right));
  if (isNode(body.like)) return readLike(body.like);
  return "unclear";
}

function both(left: Condition, right: Condition): Condition {
  // `never` first: false && anything is false, and Cedar has already put aside what would have errored.
  if (left === "never" || right === "never") return "never";
  if (left === "unclear" || right === "unclear") return "unclear";
  return [...left, ...right];
}

function readLike(like: Readonly<Record<string, unknown>>): Condition {
  if (!isUnknownArn(like.left) || !Array.isArray(like.pattern)) return "unclear";
  const pattern: ({ Literal: string } | "Wildcard")[] = [];
  for (const element of like.pattern) {
    if (element === "Wildcard") pattern.push("Wildcard");
    // A literal `?` or `*` in a policy's pattern cannot be told from a wildcard once it is in an IAM policy.
    else if (isNode(element) && typeof element.Literal === "string" && !/[?*]/.test(element.Literal)) {
      pattern.push({ Literal: element.Literal });
    } else return "unclear";
  }
  return [globFromCedar(pattern)];
}

/** The unknown of the query: `{"unknown": [{"Value": "arn"}]}`. */
function isUnknownArn(node: unknown): boolean {
  if (!isNode(node) || !Array.isArray(node.unknown)) return false;
  const [name] = node.unknown;
  return isNode(name) && name.Value === "arn";
}

const isNode = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
