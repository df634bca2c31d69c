import { levelsOf } from "./access-level.ts";
import type { ActionName } from "./action-name.ts";
import { type ArnTemplate, compileTemplates } from "./arn-template.ts";
import type { ActionResource, CatalogueAction } from "./catalogue-action.ts";
import { mintingReason } from "./minting/minting.ts";

/** Line of a service in the catalogue's file, which `tools/build-catalogue.ts` writes. */
export interface ServiceRecord {
  /** Resource types: name to ARN templates, separated by spaces; `~` is short for `usualHead`. */
  readonly types: Readonly<Record<string, string>>;
  /**
   * Actions by signature: `"R,index,table!": "Query Scan"`. A signature is level letters and names of resource types,
   * separated by commas. After a type's name, `!` means required. One of `TAG_MARKS` means that the resource's tags can
   * limit the action. Values are action names, separated by spaces.
   */
  readonly actions: Readonly<Record<string, string>>;
}

/** Marks of a resource's tags: IAM always sees the tags, sometimes, or as tags of an S3 object. */
export const TAG_MARKS = { certain: "#", perhaps: "?", object: "@" } as const;

function tagKeyOf(service: string, marks: string): Pick<ActionResource, "tagKey"> {
  if (marks.includes(TAG_MARKS.object)) return { tagKey: { prefix: `${service}:ExistingObjectTag`, isCertain: true } };
  const isCertain = marks.includes(TAG_MARKS.certain);
  return isCertain || marks.includes(TAG_MARKS.perhaps) ? { tagKey: { prefix: "aws:ResourceTag", isCertain } } : {};
}

/** Returns the usual head of a service's ARNs, up to the resource part. */
export const usualHead = (prefix: string): string => `arn:\${Partition}:${prefix}:\${Region}:\${Account}:`;

/** Actions of one AWS service; each is built at its first use. */
export class CatalogueService {
  readonly prefix: string;
  readonly #types: ReadonlyMap<string, readonly ArnTemplate[]>;
  readonly #signatures: ReadonlyMap<string, string>;
  readonly #actions = new Map<string, CatalogueAction>();
  /** Names of the actions without the prefix, in AWS's case, sorted. */
  readonly names: readonly string[];

  constructor(prefix: string, json: string) {
    const record = JSON.parse(json) as ServiceRecord;
    const actions = Object.entries(record.actions).flatMap(([signature, names]) =>
      names.split(" ").map((name) => [name, signature] as const),
    );
    this.prefix = prefix;
    this.names = actions.map(([name]) => name).sort();
    this.#types = compileTemplates(record.types, usualHead(prefix));
    this.#signatures = new Map(actions.map(([name, signature]) => [name.toLowerCase(), `${name},${signature}`]));
  }

  /**
   * Finds an action by name (`GetObject`), without regard to case, as IAM does. Undefined where the service has none.
   */
  action(name: string): CatalogueAction | undefined {
    const key = name.toLowerCase();
    const known = this.#actions.get(key);
    if (known !== undefined) return known;
    const signature = this.#signatures.get(key);
    if (signature === undefined) return undefined;
    const action = this.#build(signature);
    this.#actions.set(key, action);
    return action;
  }

  #build(signature: string): CatalogueAction {
    const [name = "", letters = "", ...types] = signature.split(",");
    const levels = levelsOf(letters);
    return {
      name: `${this.prefix}:${name}` as ActionName,
      service: this.prefix,
      levels,
      resourceTypes: types.map((type) => this.#resource(type)),
      mints: mintingReason(this.prefix, name, levels) !== undefined,
    };
  }

  #resource(type: string): ActionResource {
    const name = type.replace(/[!#?@]+$/, "");
    const marks = type.slice(name.length);
    const templates = this.#types.get(name);
    if (templates === undefined)
      throw new Error("the action catalogue lacks a resource type; rebuild it with `npm run catalogue`");
    return {
      name,
      required: marks.includes("!"),
      ...tagKeyOf(this.prefix, marks),
      arns: templates.map(({ text }) => text),
      templates,
    };
  }
}
