import { couldBe } from "../catalogue/arn-template.ts";
import type { CatalogueAction } from "../catalogue/catalogue-action.ts";

/** Prefix under which IAM has the tags of the resource; or that it has none, or those of the object's bucket alone. */
export type Told = string | "none" | typeof OF_BUCKET;

/** IAM has tags that are not the resource's, and that policies do not see. */
const OF_BUCKET = "its bucket's";

/** True where IAM has the tags of the resource itself. */
export const hasTags = (told: Told): boolean => told !== "none" && told !== OF_BUCKET;

/**
 * The ways in which AWS may tell IAM the tags of the resource at a call: by the types of the action that the pattern may name. A bucket without ABAC
 * tells none, so what is not certain is also none; one with ABAC tells its tags at calls of its objects. Where no type fits, or nothing is known of the pattern, any type counts.
 * Sources: the Service Authorization Reference, by way of the catalogue; https://docs.aws.amazon.com/AmazonS3/latest/userguide/buckets-tagging-enable-abac.html
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

/** The parts of a pattern that names its head whole; of any other, nothing is known. */
function arnOf(pattern: string) {
  // A variable may be anything: a value that IAM puts in its place may hold what tells one type from another.
  const parts = pattern.replace(/\$\{[^{}]*\}/g, "*").split(":");
  const [partition, service, region, account] = parts.slice(1, 5) as [string, string, string, string];
  if (/[*?$]/.test(`${partition}${service}${region}${account}`)) return undefined;
  return { partition, service, region, account, resource: parts.slice(5).join(":").replaceAll("?", "*") };
}
