import type { ConditionBlock } from "../intent/detail.ts";
import type { ResourcePair } from "../intent/pairs.ts";
import type { Glob } from "../text/glob.ts";
import { type Atom, isAnything } from "./normal-form.ts";
import { iamText } from "./remainders.ts";

/**
 * Conditions on `aws:ResourceTag` or `s3:ExistingObjectTag`. AWS compares them at the call. valetkey never reads tags.
 */
export type TagConditions = ConditionBlock;

/** Key of a tag without case, as IAM compares it. Only this file makes one. */
export type TagKey = string & { readonly __brand: "TagKey" };

/**
 * Folds the key of a tag. IAM compares tags' keys without case, so two keys with one fold are one tag. IAM's rule beyond
 * ASCII is undocumented, so keys that any rule would equate have one fold: the Kelvin sign is a k in small letters, and
 * ſ an S in capitals.
 */
export const tagWithoutCase = (key: string): TagKey => key.toUpperCase().toLowerCase() as TagKey;

type TagAtom = Atom & { readonly of: "tag" };

/** Line of a condition block. */
interface Entry {
  readonly operator: string;
  /** Key of the tag, as the policy spells it. */
  readonly key: string;
  readonly value: string;
}

/**
 * Returns the conditions under which IAM allows (or denies) exactly where the atoms hold for the tags; undefined where
 * IAM cannot express them. A missing tag is resolved on the safe side. An Allow requires the tag. A Deny also holds
 * without the tag, unless the policy itself checks for it (`resource.tags has team`) and IAM always sees the tags.
 */
export function tagConditions(
  effect: "Allow" | "Deny",
  must: readonly TagAtom[],
  mustNot: readonly TagAtom[],
  pair: ResourcePair,
): TagConditions | undefined {
  if (must.length + mustNot.length === 0) return {};
  // No policy may depend on the absence of a tag: anybody who may tag could change it.
  const { tagKey } = pair;
  if (!tagKey || mustNot.some(({ glob }) => isAnything(glob))) return undefined;
  if (tagsOf([...must, ...mustNot]).size < new Set([...must, ...mustNot].map(({ key }) => key)).size) return undefined;
  const presenceAtoms = effect === "Allow" || tagKey.isCertain ? must.filter(({ glob }) => isAnything(glob)) : [];
  const present = tagsOf(presenceAtoms);
  const positive = must
    .filter(({ glob }) => !isAnything(glob))
    .map(({ key, glob }): Entry => {
      const ifExists = effect === "Deny" && !present.has(tagWithoutCase(key)) ? "IfExists" : "";
      return { operator: `${operatorFor(glob)}${ifExists}`, key, value: textOf(glob) };
    });
  const negative = mustNot.map(
    ({ key, glob }): Entry => ({
      operator: operatorFor(glob).replace("String", "StringNot"),
      key,
      value: textOf(glob),
    }),
  );
  const needed = effect === "Allow" ? tagsOf([...presenceAtoms, ...mustNot]) : present;
  // A positive operator without IfExists holds only where the tag is present.
  const positiveTags = tagsOf(positive);
  const presence = [...needed]
    .filter(([tag]) => !positiveTags.has(tag))
    .map(([, key]): Entry => ({ operator: "Null", key, value: "false" }));
  // IAM reads several values of a positive operator as alternatives, so it cannot require two at once.
  const isDouble = [...new Set(positive.map(({ operator }) => operator))].some((operator) => {
    const alike = positive.filter((each) => each.operator === operator);
    return tagsOf(alike).size < alike.length;
  });
  const entries = [...positive, ...negative, ...presence];
  // No entries are left of a Deny that only checks for tags which IAM may not see. IAM cannot express it.
  return isDouble || entries.length === 0 ? undefined : blockOf(tagKey.prefix, entries);
}

/** Returns the tags, each with its key as it is spelled. */
const tagsOf = (all: readonly { readonly key: string }[]): ReadonlyMap<TagKey, string> =>
  new Map(all.map(({ key }) => [tagWithoutCase(key), key]));

function blockOf(prefix: string, entries: readonly Entry[]): TagConditions {
  const block: Record<string, Record<string, readonly string[]>> = {};
  for (const { operator, key, value } of entries) {
    const name = `${prefix}/${key}`;
    block[operator] = { ...block[operator], [name]: [...(block[operator]?.[name] ?? []), value] };
  }
  return block;
}

const operatorFor = (glob: Glob): string => (glob.includes("any") ? "StringLike" : "StringEquals");

/** Writes a value. StringLike needs wildcards and `$` escaped, StringEquals only `$`, which begins a variable. */
const textOf = (glob: Glob): string => iamText(glob, glob.includes("any") ? /[*?$]/g : /\$/g);
