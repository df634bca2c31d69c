import type { ParsedArn } from "../catalogue/arn.ts";
import { type ArnTemplate, couldBe, withoutNames } from "../catalogue/arn-template.ts";
import type { CatalogueAction } from "../catalogue/catalogue-action.ts";
import { IN_PLACE_OF_NAMES, NOT_IN_NAMES, namingOf } from "../iam-facts/lists.ts";

/** A type whose resources in a set are all in the response of a call that names none of them. */
export interface ListedType {
  /** Text before the name: `arn:aws:rds:eu-west-1:111122223333:db:`. */
  readonly head: string;
  /** Characters that no name of the type holds. */
  readonly without: string;
  /** Resources, in IAM's notation, that match what IAM evaluates for such a call and no resource of the type. */
  readonly evaluated: readonly string[];
}

/**
 * `listedTypes(action: CatalogueAction, target: ParsedArn): readonly ListedType[]`
 *
 * Returns the types of which the target has everything that a call of the action may list. IAM evaluates such a call on
 * the type's ARN with a star, or nothing, for each name that the call leaves out. A list may name the parents
 * (`application/x/deployment/*`). A call of another action names all or none, of a type whose ARNs name an account.
 */
export function listedTypes(action: CatalogueAction, target: ParsedArn): readonly ListedType[] {
  const naming = namingOf(action);
  if (!target.isPattern || naming === "named") return [];
  const place = target.text.slice(0, target.text.length - target.resource.length);
  const behindNothing = IN_PLACE_OF_NAMES.behindNothing[action.service];
  return action.resourceTypes.flatMap(({ name, templates }) =>
    templates
      .filter((template) => leavesOutNames(template, target, naming === "list"))
      .map((template): ListedType => {
        const head = longer(`${place}${literalHead(template)}`, target.text.slice(0, target.text.indexOf("*")));
        const ofPlace = target.resource === "*" ? [`${place}\${*}*`] : [];
        const ofNothing = behindNothing === undefined ? [] : [`${head}${behindNothing}`];
        return {
          head,
          without: NOT_IN_NAMES.of[`${action.service}:${name}`] ?? NOT_IN_NAMES.of[action.service] ?? "",
          evaluated: [`${head}\${*}*`, head, ...ofNothing, ...ofPlace].filter((each) => each !== place),
        };
      }),
  );
}

/** True where the target has an ARN of the type with a star, or nothing, in place of its names, or of the last ones. */
function leavesOutNames(template: ArnTemplate, target: ParsedArn, isList: boolean): boolean {
  return IN_PLACE_OF_NAMES.texts.some((text) =>
    withoutNames(template, text)
      .slice(0, isList ? undefined : 1)
      .some((form) => couldBe(form, target)),
  );
}

/** Returns the text of the resource part before its first name. */
function literalHead({ steps: [first] }: ArnTemplate): string {
  return first !== undefined && "literal" in first ? first.literal : "";
}

const longer = (one: string, other: string): string => (other.length > one.length ? other : one);
