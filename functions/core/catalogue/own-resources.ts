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

/** A type whose resources are all in the response of a call that names no resource. */
export interface ListedType {
  /** Text before the name: `arn:aws:rds:eu-west-1:111122223333:db:`. */
  readonly head: string;
  /** ARN that IAM evaluates, with the star as a plain character: `arn:aws:rds:eu-west-1:111122223333:db:*`. */
  readonly form: string;
  /** Characters that no name of the type holds. */
  readonly without: string;
}

/**
 * `listedTypes(action: CatalogueAction, place: ArnPlace): readonly ListedType[]`
 *
 * Returns the types of one account and Region of which a call of the action may name no resource. IAM evaluates such a
 * call on the type's ARN with a star in place of each name.
 */
export function listedTypes({ service, resourceTypes }: CatalogueAction, place: ArnPlace): readonly ListedType[] {
  return resourceTypes.flatMap(({ name, arns }) =>
    arns.flatMap((arn): readonly ListedType[] => {
      const form = ownForm(arn, place);
      const resource = form?.split(":").slice(5).join(":") ?? "";
      if (form === undefined || !resource.includes("*")) return [];
      const without = NOT_IN_NAMES[`${service}:${name}`] ?? NOT_IN_NAMES[service] ?? "";
      return [{ head: form.slice(0, form.length - resource.length + resource.indexOf("*")), form, without }];
    }),
  );
}

/**
 * Characters among `/` and `:` that the names of types cannot hold. A forbid on what lies in a folder does not apply to
 * such a type. The list is reviewed; names of any other type may hold both. Sources: "Constraints" of the identifiers
 * in the API references of Amazon RDS, Amazon ElastiCache, Amazon Redshift, Amazon SNS, Amazon EFS, AWS CloudFormation
 * and Amazon DynamoDB. Automated snapshots of RDS and its default option groups have a colon in their names.
 */
const NOT_IN_NAMES: Readonly<Record<string, string>> = {
  rds: "/",
  ...Object.fromEntries(
    ["db", "cluster", "cluster-endpoint", "cluster-pg", "es", "global-cluster", "pg", "proxy", "proxy-endpoint", "ri"]
      .concat(["secgrp", "subgrp", "auto-backup", "cluster-auto-backup", "deployment", "integration", "shardgrp"])
      .map((type) => [`rds:${type}`, "/:"]),
  ),
  elasticache: "/:",
  "redshift:cluster": "/:",
  sns: "/:",
  elasticfilesystem: "/:",
  "cloudformation:stack": ":",
  "dynamodb:table": "/:",
};

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
