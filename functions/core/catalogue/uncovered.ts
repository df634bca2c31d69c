import { ALTERNATIVES } from "./alternatives.ts";
import type { ParsedArn } from "./arn.ts";
import type { ActionResource, CatalogueAction } from "./catalogue-action.ts";
import { fitting } from "./fitting.ts";

/** Actions on one resource of any type, named by its ARN. AWS stars every type that they take. */
const ONE_RESOURCE = /^(Tag|Untag)|Tags(Of|For|$)|ResourcePolic/;

/**
 * `uncovered(action: CatalogueAction, arns: readonly ParsedArn[]): readonly string[]`
 *
 * Returns the resource types that the action needs and no ARN covers, alternatives joined by "or"; empty where the
 * action can work. AWS would deny the call without them. The check only helps agents and guards nothing: an error in
 * either direction grants no more.
 *
 * - No resource type: nothing to cover.
 * - Types, none of them required: one of them.
 * - Required types: each of them (`ec2:RunInstances`), except that
 *   - an action on one resource of any kind (tags, resource policies) needs one,
 *   - interchangeable types (`alternatives.ts`) need one,
 *   - an optional type beneath the required one replaces it: `dynamodb:Query` on `table/orders/index/by-day` needs no
 *     table.
 */
export function uncovered(action: CatalogueAction, arns: readonly ParsedArn[]): readonly string[] {
  const covered = new Set(arns.flatMap((arn) => fitting(action, arn)));
  const required = action.resourceTypes.filter((type) => type.required);
  const families = required.length === 0 ? [action.resourceTypes] : familiesOf(action, required);
  return families
    .filter((family) => family.length > 0 && !family.some((type) => covered.has(type) || coveredBeneath(type, covered)))
    .map((family) => family.map(({ name }) => name).join(" or "));
}

function familiesOf(
  action: CatalogueAction,
  required: readonly ActionResource[],
): readonly (readonly ActionResource[])[] {
  if (ONE_RESOURCE.test(action.name.slice(action.service.length + 1))) return [required];
  const families = ALTERNATIVES[action.service] ?? [];
  const familyOf = ({ name }: ActionResource) => families.find((family) => family.includes(name)) ?? name;
  return [...Map.groupBy(required, familyOf).values()];
}

/** True where a covered optional type has an ARN that is the type's own, continued behind a slash. */
function coveredBeneath(type: ActionResource, covered: ReadonlySet<ActionResource>): boolean {
  return [...covered].some(
    (other) => !other.required && other.arns.some((arn) => type.arns.some((own) => arn.startsWith(`${own}/`))),
  );
}
