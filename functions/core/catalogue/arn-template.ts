import type { ParsedArn } from "./arn.ts";

/** Step of a resource part: a literal, or a run of at least `atLeast` characters without those in `without`. */
type Step = { readonly literal: string } | { readonly without: string; readonly atLeast: 0 | 1 };

/** Form of a resource type's ARN, compiled for matching. */
export interface ArnTemplate {
  readonly text: string;
  /** Partition, service, region and account: a literal, a variable, or `*`. */
  readonly head: readonly string[];
  readonly steps: readonly Step[];
}

const VARIABLE = /\$\{[^}]*\}/g;

/**
 * Compiles the ARN templates of a service's resource types, by the type's name. In the texts, spaces separate several
 * ARNs and `~` is short for `usualHead`.
 *
 * The Service Authorization Reference shows where a variable is, not what it may hold. The rules here:
 * - followed by `:`, it holds no `:` (a log group's name has slashes:
 *   `log-group:${LogGroupName}:log-stream:${LogStreamName}`);
 * - followed by anything else, neither `:` nor `/`;
 * - at the end it takes the rest, with slashes and colons (`role/${RoleNameWithPath}`, a function with its alias, a log
 *   group's `:*`). It takes no slash where another ARN of the service continues with one: a bucket's name ends where an
 *   object's begins;
 * - it holds at least one character. A template's own `*` matches any run, also an empty one.
 */
export function compileTemplates(
  types: Readonly<Record<string, string>>,
  usualHead: string,
): ReadonlyMap<string, readonly ArnTemplate[]> {
  const texts = Object.entries(types).map(
    ([name, arns]) => [name, arns.split(" ").map((arn) => arn.replace(/^~/, () => usualHead))] as const,
  );
  const forms = texts.flatMap(([, arns]) => arns.map(formOf));
  const compile = (text: string): ArnTemplate => {
    const goesOn = `${formOf(text)}/`;
    return compileTemplate(text, forms.some((form) => form.startsWith(goesOn)) ? "/" : "");
  };
  return new Map(texts.map(([name, arns]) => [name, arns.map(compile)]));
}

/** Removes the variables' names from a template, so that templates can be compared. */
const formOf = (text: string): string => text.replace(VARIABLE, "$");

function compileTemplate(text: string, withoutAtEnd: string): ArnTemplate {
  const [, partition = "", service = "", region = "", account = "", ...rest] = text.split(":");
  const resource = rest.join(":");
  const steps = [...resource.matchAll(/\$\{[^}]*\}|\*|.[^$*]*/g)].map(({ 0: token, index }): Step => {
    if (token === "*") return { without: "", atLeast: 0 };
    if (!token.startsWith("${")) return { literal: token };
    const behind = resource.slice(index + token.length);
    return { without: behind === "" ? withoutAtEnd : behind.startsWith(":") ? ":" : ":/", atLeast: 1 };
  });
  return { text, head: [partition, service, region, account], steps };
}

/**
 * Returns the template's forms with a text in place of its last names: for `stack/${Name}/${Id}` and `*`, `stack/*\/*`
 * and `stack/${Name}/*`.
 */
export function withoutNames(template: ArnTemplate, text: string): readonly ArnTemplate[] {
  const literals: readonly Step[] = text === "" ? [] : [{ literal: text }];
  const names = template.steps.flatMap((step, index) => ("atLeast" in step && step.atLeast === 1 ? [index] : []));
  return names.map((first) => ({
    ...template,
    steps: template.steps.flatMap((step, index) =>
      index >= first && "atLeast" in step && step.atLeast === 1 ? literals : [step],
    ),
  }));
}

/** Returns whether some ARN of the template matches the given ARN, which may hold wildcards. */
export function couldBe({ head, steps }: ArnTemplate, arn: Omit<ParsedArn, "text" | "isPattern">): boolean {
  const parts = [arn.partition, arn.service, arn.region, arn.account];
  if (!parts.every((part, index) => headFits(head[index], part))) return false;
  return intersects(steps, arn.resource);
}

function headFits(template: string | undefined, part: string): boolean {
  if (template === "*") return true;
  return template?.startsWith("$") ? part !== "" : template === part;
}

/**
 * Returns whether some string matches both the pattern and the template. Walks the template, and tracks every position
 * in the pattern that a string so far can have reached. Costs at most the product of the two lengths.
 */
function intersects(steps: readonly Step[], pattern: string): boolean {
  let reached = skipWildcards(pattern, new Set([0]));
  for (const step of steps) {
    if ("literal" in step) {
      for (const character of step.literal) reached = advance(pattern, reached, (other) => other === character);
    } else {
      const allowed = (character: string) => !step.without.includes(character);
      if (step.atLeast === 1) reached = advance(pattern, reached, allowed);
      reached = advanceAny(pattern, reached, allowed);
    }
    if (reached.size === 0) return false;
  }
  return reached.has(pattern.length);
}

/** Returns the positions after one more character. A wildcard accepts any character and keeps its position. */
function advance(pattern: string, from: ReadonlySet<number>, allowed: (character: string) => boolean): Set<number> {
  const to = new Set<number>();
  for (const position of from) {
    if (pattern[position] === "*") to.add(position);
    else if (position < pattern.length && allowed(pattern.charAt(position))) to.add(position + 1);
  }
  return skipWildcards(pattern, to);
}

/**
 * Returns the positions after any number of allowed characters. The loop also visits the positions that it adds to the
 * set.
 */
function advanceAny(pattern: string, from: ReadonlySet<number>, allowed: (character: string) => boolean): Set<number> {
  const to = new Set(from);
  for (const position of to) {
    if (position < pattern.length && (pattern[position] === "*" || allowed(pattern.charAt(position))))
      to.add(position + 1);
  }
  return to;
}

/** Adds the positions behind wildcards, since a wildcard may match nothing. */
function skipWildcards(pattern: string, positions: Set<number>): Set<number> {
  for (const position of positions) if (pattern[position] === "*") positions.add(position + 1);
  return positions;
}
