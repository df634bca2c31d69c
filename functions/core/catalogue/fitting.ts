import type { ParsedArn } from "./arn.ts";
import { type ArnTemplate, couldBe } from "./arn-template.ts";
import type { ActionResource, CatalogueAction } from "./catalogue-action.ts";

/**
 * `fitting(action: CatalogueAction, arn: ParsedArn): readonly ActionResource[]`
 *
 * The action's resource types that the ARN could name; with a wildcard, those of which it names at least one. Empty: granting the action on
 * this ARN would silently grant nothing. The templates decide, not the ARN's service: `sts:AssumeRole` takes ARNs of `iam`. How templates are
 * read is in `arn-template.ts`.
 */
export function fitting(action: CatalogueAction, arn: ParsedArn): readonly ActionResource[] {
  return action.resourceTypes.filter(({ templates }) => couldBeAny(templates, arn));
}

/** What is known of an ARN, for as long as it is held: the 800 actions of a service share some 100 types, and a pattern asks for them all. */
const known = new WeakMap<ParsedArn, Map<readonly ArnTemplate[], boolean>>();

function couldBeAny(templates: readonly ArnTemplate[], arn: ParsedArn): boolean {
  const answers = known.get(arn) ?? new Map<readonly ArnTemplate[], boolean>();
  known.set(arn, answers);
  const answer =
    answers.get(templates) ?? templates.some((template) => couldBe(template, arn) && isReadable(template, arn));
  answers.set(templates, answer);
  return answer;
}

/**
 * IAM takes no wildcard in the type of a resource, before its first slash or colon (`ta*e/orders`): the grant would be none. ARNs that begin with a
 * name, as those of objects and of APIs do, have no type.
 * Source: "Incorrect wildcard usage", Amazon Resource Names, IAM User Guide.
 */
function isReadable({ steps: [first] }: ArnTemplate, arn: ParsedArn): boolean {
  const hasType = first !== undefined && "literal" in first && /[/:]/.test(first.literal);
  return !hasType || !/^[^/:]*\*[^/:]*[/:]/.test(arn.resource);
}
