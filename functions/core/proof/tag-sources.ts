import { couldBe } from "../catalogue/arn-template.ts";
import type { CatalogueAction } from "../catalogue/catalogue-action.ts";
import { mayLackTags } from "./aws/tags.ts";

/**
 * Source of a resource's tags in IAM's context: the prefix of their keys; `none`; or the tags of the object's bucket
 * alone.
 */
export type TagSource = string | "none" | typeof OF_BUCKET;

/** IAM has tags of the bucket, which are not the resource's own. Policies do not see them. */
const OF_BUCKET = "its bucket's";

/** True where IAM has the tags of the resource itself. */
export const hasTags = (tagSource: TagSource): boolean => tagSource !== "none" && tagSource !== OF_BUCKET;

/**
 * Returns the sources of the resource's tags, by the types of the action that the pattern may name. A type
 * whose tags are not certain also has `none`: without ABAC, S3 gives IAM no tags of a bucket. With ABAC, IAM gets the bucket's
 * tags on calls of its objects. All types count where no type fits the pattern, or where its head is unknown.
 * Sources: the Service Authorization Reference, by way of the catalogue;
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/buckets-tagging-enable-abac.html
 */
export function tagSourcesOf(action: CatalogueAction, pattern: string | undefined): readonly TagSource[] {
  const { service, resourceTypes } = action;
  const withoutKey: readonly TagSource[] = service === "s3" ? ["none", OF_BUCKET] : ["none"];
  const all = sourcesOf(action, resourceTypes, withoutKey);
  // Stryker disable next-line ConditionalExpression: the answer would be the same, only later
  if (all.length === 1) return all;
  const fitting = (pattern === undefined ? undefined : typesNamed(action, pattern)) ?? [];
  return fitting.length > 0 ? sourcesOf(action, fitting, withoutKey) : all;
}

/** Returns the types of the action that the pattern may name; undefined where the pattern's head is unknown. */
export function typesNamed(
  { resourceTypes }: CatalogueAction,
  pattern: string,
): CatalogueAction["resourceTypes"] | undefined {
  const arn = arnOf(pattern);
  return arn && resourceTypes.filter(({ templates }) => templates.some((each) => couldBe(each, arn)));
}

function sourcesOf(
  action: CatalogueAction,
  types: CatalogueAction["resourceTypes"],
  withoutKey: readonly TagSource[],
): readonly TagSource[] {
  const sources = types.flatMap(({ name, tagKey }): readonly TagSource[] => {
    if (tagKey === undefined) return withoutKey;
    return tagKey.isCertain && !mayLackTags(action, name) ? [tagKey.prefix] : [tagKey.prefix, "none"];
  });
  return sources.length > 0 ? [...new Set(sources)] : ["none"];
}

/** Returns the parts of a pattern with a literal head; undefined for any other pattern. */
function arnOf(pattern: string) {
  // The value of a variable may contain the text that separates two types.
  const parts = pattern.replace(/\$\{[^{}]*\}/g, "*").split(":");
  const [partition, service, region, account] = parts.slice(1, 5) as [string, string, string, string];
  if (/[*?$]/.test(`${partition}${service}${region}${account}`)) return undefined;
  return { partition, service, region, account, resource: parts.slice(5).join(":").replaceAll("?", "*") };
}
