import { couldBe } from "../catalogue/arn-template.ts";
import type { CatalogueAction } from "../catalogue/catalogue-action.ts";

/** Prefix under which IAM has the tags of the resource, or that it has none. */
export type Told = string | "none";

/**
 * The ways in which AWS may tell IAM the tags of the resource at a call: by the types of the action that the pattern may name. A bucket without ABAC
 * tells none, so what is not certain is also none. Where no type fits, or nothing is known of the pattern, any type counts.
 * Sources: the Service Authorization Reference, by way of the catalogue; https://docs.aws.amazon.com/AmazonS3/latest/userguide/buckets-tagging-enable-abac.html
 */
export function toldTags({ resourceTypes }: CatalogueAction, pattern: string | undefined): readonly Told[] {
  const all = toldOf(resourceTypes);
  // Stryker disable next-line ConditionalExpression: the answer would be the same, only later
  if (all.length === 1) return all;
  const arn = pattern === undefined ? undefined : arnOf(pattern);
  const fitting = arn ? resourceTypes.filter(({ templates }) => templates.some((each) => couldBe(each, arn))) : [];
  return fitting.length > 0 ? toldOf(fitting) : all;
}

function toldOf(types: CatalogueAction["resourceTypes"]): readonly Told[] {
  const told = types.flatMap(({ tagKey }): readonly Told[] =>
    tagKey === undefined ? ["none"] : tagKey.isCertain ? [tagKey.prefix] : [tagKey.prefix, "none"],
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
