import type { ParsedArn } from "./arn.ts";
import { type ArnTemplate, couldBe } from "./arn-template.ts";
import type { ActionResource, CatalogueAction } from "./catalogue-action.ts";

/**
 * `fitting(action: CatalogueAction, arn: ParsedArn): readonly ActionResource[]`
 *
 * Returns the action's resource types that the ARN could name. An ARN with a wildcard names at least one resource of
 * each. With an empty list, granting the action on the ARN would silently grant nothing. The templates decide
 * (`arn-template.ts`), not the ARN's service: `sts:AssumeRole` takes ARNs of `iam`.
 */
export function fitting(action: CatalogueAction, arn: ParsedArn): readonly ActionResource[] {
  return action.resourceTypes.filter(({ templates }) => couldBeAny(templates, arn));
}

/** Cache of fitting templates, by ARN. A service's 800 actions share some 100 types, and a pattern tries them all. */
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
 * True where IAM can read the ARN's wildcards. IAM accepts none in a resource's type, before its first slash or colon
 * (`ta*e/orders`): such a grant would grant nothing. ARNs that begin with a name, such as those of objects and APIs,
 * have no type.
 * Source: "Incorrect wildcard usage", Amazon Resource Names, IAM User Guide.
 */
function isReadable({ steps: [first] }: ArnTemplate, arn: ParsedArn): boolean {
  const hasType = first !== undefined && "literal" in first && /[/:]/.test(first.literal);
  return !hasType || !/^[^/:]*\*[^/:]*[/:]/.test(arn.resource);
}
