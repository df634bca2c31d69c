import type { ParsedArn } from "./arn.ts";
import type { CatalogueAction } from "./catalogue-action.ts";

/** Partition, Region and account of ARNs. */
export type ArnPlace = Pick<ParsedArn, "partition" | "region" | "account">;

const OWN = new Set([`\${Account}`, `\${AccountId}`]);
const VARIABLE = /\$\{[^}]*\}/g;

/**
 * `ownResources(action: CatalogueAction, place: ArnPlace): readonly string[] | undefined`
 *
 * Returns the resources of one account and Region that the action takes. Each type has an ARN with a star for each name
 * (`arn:aws:rds:eu-west-1:111122223333:db:*`). Undefined where the ARNs of some type name no account (S3's buckets), or
 * another account.
 */
export function ownResources({ resourceTypes }: CatalogueAction, place: ArnPlace): readonly string[] | undefined {
  const forms = resourceTypes.flatMap((type) => type.arns.map((arn) => ownForm(arn, place)));
  const own = forms.filter((form) => form !== undefined);
  return own.length === forms.length ? [...new Set(own)] : undefined;
}

/**
 * Writes the ARNs of a type in one account and Region as a pattern. Undefined where they name no account, or another
 * account.
 */
function ownForm(template: string, { partition, region, account }: ArnPlace): string | undefined {
  const [, , service = "", regionOf = "", accountOf = "", ...rest] = template.split(":");
  if (!OWN.has(accountOf)) return undefined;
  const place = [partition, service, regionOf.startsWith("$") ? region : regionOf, account];
  return ["arn", ...place, rest.join(":").replace(VARIABLE, "*")].join(":");
}
