import { levelsOf } from "./access-level.ts";
import { type ArnTemplate, compileTemplates } from "./arn-template.ts";
import type { ActionResource, CatalogueAction } from "./catalogue-action.ts";
import { mintingReason } from "./minting/minting.ts";

/** A service's line in the catalogue's file, which `scripts/build-catalogue.ts` writes. */
export interface ServiceRecord {
  /** Resource types: name to ARN templates, separated by spaces; `~` stands for `usualHead`. */
  readonly types: Readonly<Record<string, string>>;
  /**
   * Actions by what they share: level letters and the names of resource types, separated by commas, `!` after a name meaning required, and one of
   * `TAG_MARKS` that the action can be limited by the resource's tags; to the names of the actions, separated by spaces. `"R,index,table!": "Query Scan"`.
   */
  readonly actions: Readonly<Record<string, string>>;
}

/** How IAM is told the tags of a resource: for certain, perhaps, or as those of an object of S3. */
export const TAG_MARKS = { certain: "#", perhaps: "?", object: "@" } as const;

function tagKeyOf(service: string, marks: string): Pick<ActionResource, "tagKey"> {
  if (marks.includes(TAG_MARKS.object)) return { tagKey: { prefix: `${service}:ExistingObjectTag`, isCertain: true } };
  const isCertain = marks.includes(TAG_MARKS.certain);
  return isCertain || marks.includes(TAG_MARKS.perhaps) ? { tagKey: { prefix: "aws:ResourceTag", isCertain } } : {};
}

/** How the ARNs of most services begin, up to the resource part. */
export const usualHead = (prefix: string): string => `arn:\${Partition}:${prefix}:\${Region}:\${Account}:`;

/** The actions of one AWS service; each is built when it is first asked for. */
export class CatalogueService {
  readonly prefix: string;
  readonly #types: ReadonlyMap<string, readonly ArnTemplate[]>;
  readonly #signatures: ReadonlyMap<string, string>;
  readonly #actions = new Map<string, CatalogueAction>();
  /** The names of the actions without the prefix, in AWS's case, sorted. */
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

  /** The action with this name (`GetObject`), in any case, as IAM reads it; undefined if the service has none. */
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
      name: `${this.prefix}:${name}`,
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
