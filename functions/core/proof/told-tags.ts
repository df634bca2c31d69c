import { couldBe } from "../catalogue/arn-template.ts";
import type { CatalogueAction } from "../catalogue/catalogue-action.ts";

/**
 * Source of a resource's tags in IAM's context: the prefix of their keys; `none`; or the tags of the object's bucket
 * alone.
 */
export type Told = string | "none" | typeof OF_BUCKET;

/** IAM has tags of the bucket, which are not the resource's own. Policies do not see them. */
const OF_BUCKET = "its bucket's";

/** True where IAM has the tags of the resource itself. */
export const hasTags = (told: Told): boolean => told !== "none" && told !== OF_BUCKET;

/**
 * Returns the sources of the resource's tags, by the types of the action that the pattern may name. Without ABAC, S3
 * gives IAM no tags of a bucket: a type whose tags are not certain also has `none`. With ABAC, IAM gets the bucket's
 * tags on calls of its objects. All types count where no type fits the pattern, or where its head is unknown.
 * Sources: the Service Authorization Reference, by way of the catalogue;
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/buckets-tagging-enable-abac.html
 */
export function toldTags({ service, resourceTypes }: CatalogueAction, pattern: string | undefined): readonly Told[] {
  const untold: readonly Told[] = service === "s3" ? ["none", OF_BUCKET] : ["none"];
  const all = toldOf(resourceTypes, untold);
  // Stryker disable next-line ConditionalExpression: the answer would be the same, only later
  if (all.length === 1) return all;
  const arn = pattern === undefined ? undefined : arnOf(pattern);
  const fitting = arn ? resourceTypes.filter(({ templates }) => templates.some((each) => couldBe(each, arn))) : [];
  return fitting.length > 0 ? toldOf(fitting, untold) : all;
}

function toldOf(types: CatalogueAction["resourceTypes"], untold: readonly Told[]): readonly Told[] {
  const told = types.flatMap(({ tagKey }): readonly Told[] =>
    tagKey === undefined ? untold : tagKey.isCertain ? [tagKey.prefix] : [tagKey.prefix, "none"],
  );
  return told.length > 0 ? [...new Set(told)] : ["none"];
}

/** Returns the parts of a pattern with a literal head; undefined for any other pattern. */
function arnOf(pattern: string) {
  // The value of a variable may contain the text that separates two types.
  const parts = pattern.replace(/\$\{[^{}]*\}/g, "*").split(":");
  const [partition, service, region, account] = parts.slice(1, 5) as [string, string, string, string];
  if (/[*?$]/.test(`${partition}${service}${region}${account}`)) return undefined;
  return { partition, service, region, account, resource: parts.slice(5).join(":").replaceAll("?", "*") };
}
