import { tagWithoutCase } from "../../core/policy/tag-conditions.ts";
import { type Finding, finding } from "./finding.ts";
import { namesIn } from "./names-in.ts";
import type { ReadPolicy } from "./parse-policies.ts";

/**
 * Finds tags that policies of one bundle name in two spellings which differ only in case, by any rule of letters. IAM ignores the case of tags' names: a resource's `Team` also
 * meets a session policy that requires `team`. So no session policy can distinguish what these policies distinguish.
 * Source: aws:ResourceTag, AWS global condition context keys, IAM User Guide.
 */
export function tagSpellings(policies: readonly ReadPolicy[]): readonly Finding[] {
  const first = new Map<string, string>();
  return policies.flatMap(({ json, source, policy }) =>
    [...new Set(namesIn(json).tags)].flatMap((name) => {
      const known = first.get(tagWithoutCase(name)) ?? name;
      first.set(tagWithoutCase(name), known);
      if (known === name) return [];
      const message = `it reads the tag \`${name}\`, which elsewhere is \`${known}\`: to IAM both are one; use one spelling`;
      return [finding("tag_spelling", { ...source.spotOf(name), policy: policy.id }, message)];
    }),
  );
}
