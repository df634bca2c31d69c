import type { ParsedArn } from "./arn.ts";
import type { CatalogueAction } from "./catalogue-action.ts";

/** Partition, Region and account of ARNs. */
export type ArnPlace = Pick<ParsedArn, "partition" | "region" | "account">;

const OWN = new Set([`\${Account}`, `\${AccountId}`]);
const VARIABLE = /\$\{[^}]*\}/g;

/**
 * `ownResources(action: CatalogueAction, place: ArnPlace): readonly string[] | undefined`
 *
 * Writes out the resources of one account, in its Region, that the action takes: an ARN for each of its types, with a star for each name
 * (`arn:aws:rds:eu-west-1:111122223333:db:*`). Undefined where the ARNs of some type name no account (buckets of S3), or another one's.
 */
export function ownResources({ resourceTypes }: CatalogueAction, place: ArnPlace): readonly string[] | undefined {
  const forms = resourceTypes.flatMap((type) => type.arns.map((arn) => ownForm(arn, place)));
  const own = forms.filter((form) => form !== undefined);
  return own.length === forms.length ? [...new Set(own)] : undefined;
}

/** Type of which a call that names none answers with every resource. */
export interface ListedType {
  /** Text before the name: `arn:aws:rds:eu-west-1:111122223333:db:`. */
  readonly head: string;
  /** Form about which IAM is asked: `arn:aws:rds:eu-west-1:111122223333:db:*`, in which the star is a character. */
  readonly form: string;
  /** Characters that no name of the type holds. */
  readonly without: string;
}

/**
 * `listedTypes(action: CatalogueAction, place: ArnPlace): readonly ListedType[]`
 *
 * Lists the types of one account and Region of which a call of the action may name no resource: IAM is asked then about the type's ARN with a star in
 * place of each name.
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
 * Characters of `/` and `:` that the names of types cannot hold, so that a forbid on what lies in a folder is not about them. Reviewed; of any other type a name
 * may hold any. Sources: "Constraints" of the identifiers in the API references of Amazon RDS, Amazon ElastiCache, Amazon Redshift, Amazon SNS, Amazon
 * EFS, AWS CloudFormation and Amazon DynamoDB. Automated snapshots of RDS and its default option groups have a colon in their names.
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

/** Writes the ARNs of a type in one account and Region as a pattern; undefined where they name no account, or another one's. */
function ownForm(template: string, { partition, region, account }: ArnPlace): string | undefined {
  const [, , service = "", regionOf = "", accountOf = "", ...rest] = template.split(":");
  if (!OWN.has(accountOf)) return undefined;
  const place = [partition, service, regionOf.startsWith("$") ? region : regionOf, account];
  return ["arn", ...place, rest.join(":").replace(VARIABLE, "*")].join(":");
}
