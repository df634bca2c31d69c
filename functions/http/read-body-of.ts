import * as v from "valibot";
import type { Operation, ReadBodyOf } from "../../contract/operation.ts";
import { Refusal } from "../core/refusal.ts";
import type { HttpEvent } from "./event.ts";
import { readJson } from "./read-body.ts";

type WithBody = Operation & { readonly body: object };

/**
 * Reads the JSON body of an operation's request, as the contract describes it. A body that may be left out is `{}` where it is.
 * @throws {Refusal} unsupported_media_type, body_too_large, malformed_request. Its sentence names a field of the contract, and never what was sent.
 */
export function readBodyOf<const O extends WithBody>(event: HttpEvent, { body }: O): ReadBodyOf<O> {
  const fields = listed(Object.keys((body.schema as Node).entries ?? {}));
  const given = body.optional && !event.body ? {} : readJson(event, { say: `The body takes ${fields}.` });
  const say = misread(body.schema as Node, given, "");
  if (say !== undefined) throw new Refusal("malformed_request", { say });
  const read = v.safeParse(body.schema, given);
  if (read.success) return read.output as ReadBodyOf<O>;
  throw new Refusal("malformed_request", { say: faultOf(body.schema, read.issues[0]) });
}

/** Schema with what hides it: a pipe, a field that may be left out. */
type Node = v.GenericSchema & {
  readonly wrapped?: Node;
  readonly entries?: Readonly<Record<string, Node>>;
  readonly item?: Node;
  /** Members of a union. */
  readonly options?: readonly Node[];
  /** Values of a record. */
  readonly value?: Node;
};

const OBJECTS = new Set(["strict_object", "object", "loose_object", "record"]);
const OPEN = new Set(["loose_object", "record"]);
/** Members that valibot drops from an object with names of the caller. */
const DROPPED = ["__proto__", "prototype", "constructor"];

/** Finds what valibot would read otherwise than it was sent: a list as an object without members, and an object without some of its members. */
function misread(hidden: Node, given: unknown, path: string): string | undefined {
  const node = bare(hidden);
  const name = path === "" ? "The body" : path;
  if (typeof given !== "object" || given === null) return undefined;
  // Any member of a union may be the one that the library takes.
  if (node.options) return first(node.options, (option) => misread(option, given, path));
  if (Array.isArray(given)) {
    if (OBJECTS.has(node.type)) return `${name} must be an object, and is a list.`;
    const { item } = node;
    return item && first(given.entries(), ([index, value]) => misread(item, value, `${path}[${index}]`));
  }
  if (OPEN.has(node.type) && DROPPED.some((member) => Object.hasOwn(given, member)))
    return `${name} must have no member that is named as a part of JavaScript's own objects.`;
  const { value } = node;
  if (value) return first(Object.values(given), (each) => misread(value, each, path));
  return first(Object.entries(node.entries ?? {}), ([member, entry]) =>
    Object.hasOwn(given, member)
      ? misread(entry, given[member as keyof typeof given], path === "" ? member : `${path}.${member}`)
      : undefined,
  );
}

function first<T>(all: Iterable<T>, found: (each: T) => string | undefined): string | undefined {
  for (const each of all) {
    const result = found(each);
    if (result !== undefined) return result;
  }
  return undefined;
}

/** Describes a fault in the words of the schema: valibot's own words quote the input. */
function faultOf(schema: v.GenericSchema, issue: v.BaseIssue<unknown>): string {
  const { node, path, isWhole } = nearest(schema as Node, issue.path ?? []);
  const fields = Object.keys(node.entries ?? {});
  if (fields.length > 0 && (!isWhole || issue.expected === "never"))
    return `${path === "" ? "The body" : path} takes ${listed(fields)}, and no other field.`;
  const name = path === "" ? "The body" : path;
  const rule = ruleIn(issue) ?? v.getDescription(node);
  const fault = issue.received === "undefined" ? "is missing" : "is not as it has to be";
  return rule === undefined ? `${name} ${fault}.` : `${name} ${fault}: ${rule}`;
}

/** Follows the path of an issue as far as the schema knows it: a name beyond is the caller's own. */
function nearest(root: Node, steps: readonly v.IssuePathItem[]) {
  let node = bare(root);
  let path = "";
  for (const { key } of steps) {
    const entry = typeof key === "string" && Object.hasOwn(node.entries ?? {}, key) ? node.entries?.[key] : undefined;
    const next = entry ?? (typeof key === "number" ? node.item : undefined);
    if (next === undefined) return { node, path, isWhole: false };
    path += typeof key === "number" ? `[${key}]` : path === "" ? key : `.${key}`;
    node = bare(next);
  }
  return { node, path, isWhole: true };
}

const bare = (node: Node): Node => (node.wrapped ? bare(node.wrapped) : node);

/** Returns the rule that the contract itself words. Valibot's default messages begin with "Invalid". */
const ruleIn = ({ message }: v.BaseIssue<unknown>): string | undefined =>
  message.startsWith("Invalid ") ? undefined : message;

const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
