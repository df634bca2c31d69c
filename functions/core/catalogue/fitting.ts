import type { ParsedArn } from "./arn.ts";
import { couldBe } from "./arn-template.ts";
import type { ActionResource, CatalogueAction } from "./catalogue-action.ts";

/**
 * `fitting(action: CatalogueAction, arn: ParsedArn): readonly ActionResource[]`
 *
 * The action's resource types that the ARN could name; with a wildcard, those of which it names at least one. Empty: granting the action on
 * this ARN would silently grant nothing. The templates decide, not the ARN's service: `sts:AssumeRole` takes ARNs of `iam`. How templates are
 * read is in `arn-template.ts`.
 */
export function fitting(action: CatalogueAction, arn: ParsedArn): readonly ActionResource[] {
  return action.resourceTypes.filter((type) => type.templates.some((template) => couldBe(template, arn)));
}
