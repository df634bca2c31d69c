import type { CatalogueAction, TagKey } from "../catalogue/catalogue-action.ts";
import type { Fact } from "./fact.ts";

/** Services of which IAM may have no tags of a resource, although the reference lists the condition key. */
interface UncertainTags extends Fact {
  readonly service: string;
  /** Resource types whose tags IAM always has; none where absent. */
  readonly but?: readonly string[];
}

const PARTIAL =
  '"AWS services that work with IAM", IAM User Guide: the service supports authorization based on tags in part';
const DENIES_NOTHING = "a forbid that first asks whether the resource has the tag denies nothing where IAM has none";

/**
 * A Deny must not depend on the presence of such a tag: it also holds where IAM has none. An Allow demands the tag, and
 * allows nothing without it. The catalogue marks S3's buckets by itself (`tools/build-catalogue.ts`).
 */
export const UNCERTAIN_TAGS: readonly UncertainTags[] = [
  {
    service: "dynamodb",
    source:
      '"Using attribute-based access control with DynamoDB" and "... with DynamoDB Streams", Amazon DynamoDB Developer ' +
      "Guide: without the account's setting, DynamoDB sends no tag keys to IAM",
    ifWrong: DENIES_NOTHING,
  },
  { service: "codebuild", but: ["project"], source: `${PARTIAL}: for projects`, ifWrong: DENIES_NOTHING },
  { service: "datapipeline", source: PARTIAL, ifWrong: DENIES_NOTHING },
  { service: "elasticfilesystem", source: PARTIAL, ifWrong: DENIES_NOTHING },
  { service: "elasticloadbalancing", source: PARTIAL, ifWrong: DENIES_NOTHING },
  { service: "glue", source: PARTIAL, ifWrong: DENIES_NOTHING },
  { service: "greengrass", source: PARTIAL, ifWrong: DENIES_NOTHING },
  { service: "lambda", but: ["function"], source: `${PARTIAL}: for functions`, ifWrong: DENIES_NOTHING },
  { service: "lightsail", source: PARTIAL, ifWrong: DENIES_NOTHING },
  { service: "logs", source: PARTIAL, ifWrong: DENIES_NOTHING },
  {
    service: "xray",
    but: ["group", "sampling-rule"],
    source: `${PARTIAL}: for groups and sampling rules`,
    ifWrong: DENIES_NOTHING,
  },
];

/** Actions that policies must not limit by tags. A permit by tags grants none of them, and a forbid by tags refuses. */
export const WITHOUT_TAGS: readonly (Fact & { readonly action: string })[] = [
  {
    action: "iam:PassRole",
    source:
      '"Grant a user permissions to pass a role to an AWS service", IAM User Guide: aws:ResourceTag "does not have ' +
      'reliable results" for iam:PassRole',
    ifWrong: "a role is passed on that a forbid by its tags hides",
  },
];

const NONE: ReadonlySet<string> = new Set(WITHOUT_TAGS.map(({ action }) => action));
const UNCERTAIN = new Map(UNCERTAIN_TAGS.map((row) => [row.service, row.but ?? []]));

type Type = CatalogueAction["resourceTypes"][number];

/** Returns the condition key of the tags of a type at an action, by the catalogue and these tables. */
export function tagKeyOf({ name, service }: Pick<CatalogueAction, "name" | "service">, type: Type): TagKey | undefined {
  if (type.tagKey === undefined || NONE.has(name)) return undefined;
  const but = UNCERTAIN.get(service);
  return but === undefined || but.includes(type.name) ? type.tagKey : { ...type.tagKey, isCertain: false };
}
