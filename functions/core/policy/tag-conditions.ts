import type { ConditionBlock } from "../intent/detail.ts";
import type { ResourcePair } from "../intent/pairs.ts";
import type { Glob } from "./glob.ts";
import { type Atom, isAnything } from "./normal-form.ts";
import { iamText } from "./remainders.ts";

/** Conditions on `aws:ResourceTag` (or `s3:ExistingObjectTag`), which AWS compares at the call: tags are never looked up here. */
export type TagConditions = ConditionBlock;

type TagAtom = Atom & { readonly of: "tag" };

/** One line of a condition block. */
interface Entry {
  readonly operator: string;
  readonly key: string;
  readonly value: string;
}

/**
 * Conditions under which IAM allows (or denies) exactly where the atoms hold of the tags, or nothing where IAM cannot say it.
 * What Cedar would leave open, a tag that is not there, is closed on the safe side: an Allow needs the tag, and a Deny holds without it too,
 * unless the policy itself asks whether it is there (`resource.tags has team`) and IAM is told of every tag for certain.
 */
export function tagConditions(
  effect: "Allow" | "Deny",
  must: readonly TagAtom[],
  mustNot: readonly TagAtom[],
  pair: ResourcePair,
): TagConditions | undefined {
  if (must.length + mustNot.length === 0) return {};
  // That a tag is absent is what no policy should be about: anybody who may tag would decide it.
  const { tagKey } = pair;
  if (!tagKey || mustNot.some(({ glob }) => isAnything(glob))) return undefined;
  // IAM reads the names of tags without their case: two that differ in nothing else would be one. How it does so beyond ASCII is written nowhere, so
  // that two which any way would make one are refused: the Kelvin sign is a k in small letters, and ſ an S in capitals.
  const keys = new Set([...must, ...mustNot].map(({ key }) => key));
  if (new Set([...keys].map((key) => key.toUpperCase().toLowerCase())).size < keys.size) return undefined;
  const asksForPresence = effect === "Allow" || tagKey.isCertain ? must.filter(({ glob }) => isAnything(glob)) : [];
  const present = new Set(asksForPresence.map(({ key }) => key));
  const positive = must
    .filter(({ glob }) => !isAnything(glob))
    .map(({ key, glob }): Entry => {
      const ifExists = effect === "Deny" && !present.has(key) ? "IfExists" : "";
      return { operator: `${operatorFor(glob)}${ifExists}`, key, value: textOf(glob) };
    });
  const negative = mustNot.map(
    ({ key, glob }): Entry => ({
      operator: operatorFor(glob).replace("String", "StringNot"),
      key,
      value: textOf(glob),
    }),
  );
  const needed = effect === "Allow" ? new Set([...present, ...mustNot.map(({ key }) => key)]) : present;
  // A positive operator without IfExists holds only where the tag is there.
  const asked = new Set(positive.map(({ key }) => key));
  const presence = [...needed]
    .filter((key) => !asked.has(key))
    .map((key): Entry => ({ operator: "Null", key, value: "false" }));
  // Several values of a positive operator would be alternatives: IAM has no way to ask for two at once.
  const isDouble = positive.some((one, index) =>
    positive.some((other, place) => place < index && other.operator === one.operator && other.key === one.key),
  );
  const entries = [...positive, ...negative, ...presence];
  // A Deny that only asked whether tags are there: IAM may be told of none, so it has nothing to go by.
  return isDouble || entries.length === 0 ? undefined : blockOf(tagKey.prefix, entries);
}

function blockOf(prefix: string, entries: readonly Entry[]): TagConditions {
  const block: Record<string, Record<string, readonly string[]>> = {};
  for (const { operator, key, value } of entries) {
    const name = `${prefix}/${key}`;
    block[operator] = { ...block[operator], [name]: [...(block[operator]?.[name] ?? []), value] };
  }
  return block;
}

const operatorFor = (glob: Glob): string => (glob.includes("any") ? "StringLike" : "StringEquals");

/** In StringLike the wildcards are IAM's; in StringEquals every character is itself but `$`, which begins a variable. */
const textOf = (glob: Glob): string => iamText(glob, glob.includes("any") ? /[*?$]/g : /\$/g);
