import * as v from "valibot";
import { meant } from "./did-you-mean.ts";
import type { Fault, Path } from "./fault.ts";
import { type Located, located, pathIn } from "./located.ts";
import { type Config, configSchema } from "./schema.ts";

/** Configuration, if it can be used, and all its faults. */
export interface CheckedConfig {
  readonly config?: Config;
  readonly faults: readonly Fault[];
}

/**
 * Checks the text of `valetkey.json`: its form, and the rules about several fields, in one run.
 * @param crossFaults lists the faults that concern several fields. Each begins with its section.
 */
export function configFaults(
  text: string,
  file: string,
  crossFaults: (config: Config) => readonly string[],
): CheckedConfig {
  const json = jsonIn(text);
  if ("fault" in json) return { faults: [notJson(text, file, json.fault)] };
  const document = located(text, file);
  const parsed = v.safeParse(configSchema, json.value);
  if (parsed.success) {
    const faults = crossFaults(parsed.output).map((fault) => crossed(fault, document));
    return faults.length === 0 ? { config: parsed.output, faults } : { faults };
  }
  const form = parsed.issues.map((issue) => inForm(issue, document));
  const { rest, dropped } = usable(json.value);
  const others =
    rest === undefined ? [] : crossFaults(rest).filter((fault) => !dropped.some((name) => fault.includes(name)));
  return { faults: [...form, ...others.map((fault) => crossed(fault, document))] };
}

function jsonIn(text: string): { readonly value: unknown } | { readonly fault: string } {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { fault: error instanceof Error ? error.message : "" };
  }
}

/** Makes the fault of a text that is no JSON. Node quotes a part of the text, which contains no secret: `valetkey.json` only names secrets. */
function notJson(text: string, file: string, message: string): Fault {
  const before = text.slice(0, endOfJson(text)).split("\n");
  const [reason = ""] = message.split(/ at position | in JSON|, "/);
  return {
    file,
    line: before.length,
    column: (before.at(-1)?.length ?? 0) + 1,
    level: "error",
    message: `not JSON: ${reason}`,
  };
}

/** Finds the place up to which a text is the beginning of JSON, which Node does not always report. */
function endOfJson(text: string): number {
  let [good, bad] = [0, text.length + 1];
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (canGoOn(text.slice(0, middle))) good = middle;
    else bad = middle;
  }
  return good;
}

/** True for the beginning of a JSON text. */
function canGoOn(text: string): boolean {
  const read = jsonIn(text);
  if ("value" in read) return true;
  const [, at] = / at position (\d+)/.exec(read.fault) ?? [];
  return at === undefined
    ? read.fault.startsWith("Unexpected end")
    : Number(at) === text.length || read.fault.startsWith("Unterminated");
}

type Issue = v.InferIssue<typeof configSchema>;

const pathOf = (issue: Issue): Path => (issue.path ?? []).map(({ key }) => key as string | number);

function inForm(issue: Issue, document: Located): Fault {
  const path = pathOf(issue);
  const place = `${v.getDotPath(issue) ?? "the file"}: `;
  if (issue.expected !== "never") return document.at(path, `${place}${issue.message}`);
  const name = String(path.at(-1));
  return document.atName(path, `${place}there is no such field${meant(name, keysAt(configSchema, path.slice(0, -1)))}`);
}

/** Lists the fields that the schema has at a path. */
function keysAt(schema: unknown, path: Path): readonly string[] {
  const { wrapped, entries, item, options, value } = Object(schema) as Readonly<Record<string, unknown>>;
  if (wrapped !== undefined) return keysAt(wrapped, path);
  if (Array.isArray(options)) return [...new Set(options.flatMap((option) => keysAt(option, path)))];
  const [first, ...rest] = path;
  if (first === undefined) return Object.keys(Object(entries));
  if (entries !== undefined)
    return Object.hasOwn(Object(entries), first) ? keysAt((entries as Record<string, unknown>)[first], rest) : [];
  return keysAt(item ?? value, rest);
}

/** Upper bound on the malformed fields that are removed to check the rest. */
const MOST = 100;

/**
 * Removes malformed fields, so that the rest can be checked. Removes the object around a required field.
 * @returns the rest, and the names of removed objects, about which no further fault can be found.
 */
function usable(value: unknown): { readonly rest?: Config; readonly dropped: readonly string[] } {
  const rest = structuredClone(value);
  const dropped: string[] = [];
  let last = "";
  for (let tried = 0; tried < MOST; tried += 1) {
    const parsed = v.safeParse(configSchema, rest);
    if (parsed.success) return { rest: parsed.output, dropped };
    const [issue] = parsed.issues;
    const path = pathOf(issue);
    const place = path.join("\n");
    const out = place === last || valueAt(rest, path) === undefined ? path.slice(0, -1) : path;
    last = place;
    if (out.length === 0 || !removeAt(rest, out, dropped)) return { dropped };
  }
  return { dropped };
}

const valueAt = (root: unknown, path: Path): unknown => path.reduce((value, key) => Object(value)[key], root);

function removeAt(root: unknown, path: Path, dropped: string[]): boolean {
  const holder = valueAt(root, path.slice(0, -1));
  const key = path.at(-1);
  if (typeof holder !== "object" || holder === null || key === undefined) return false;
  const { name, id } = Object(valueAt(root, path)) as { name?: unknown; id?: unknown };
  for (const each of [name, id]) if (typeof each === "string" && each !== "") dropped.push(each);
  if (typeof key === "number" && Array.isArray(holder)) holder.splice(key, 1);
  else delete (holder as Record<string, unknown>)[key];
  return true;
}

/** Finds the place of a fault that begins with its section, and that names its subject in quotes or by an id. */
function crossed(fault: string, document: Located): Fault {
  const [, section = ""] = /^([\w.-]+): /.exec(fault) ?? [];
  const path = pathIn(section);
  const about = [...fault.slice(section.length).matchAll(/"([^"]+)"|(arn:\S+[\w*/])|\b(\d{12})\b/g)].map((found) =>
    found.slice(1).find(Boolean),
  );
  const inside = valueAt(document.value, path);
  const found = about
    .map((text) => (text === undefined ? undefined : pathTo(inside, text)))
    .find((each) => each !== undefined);
  return document.at([...path, ...(found ?? [])], fault);
}

function pathTo(value: unknown, text: string): Path | undefined {
  if (value === text) return [];
  if (typeof value !== "object" || value === null) return undefined;
  for (const [key, each] of Object.entries(value)) {
    const step = Array.isArray(value) ? Number(key) : key;
    const found = pathTo(each, text) ?? (key === text ? [] : undefined);
    if (found) return [step, ...found];
  }
  return undefined;
}
