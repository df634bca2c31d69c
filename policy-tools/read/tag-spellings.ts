import { type Finding, finding } from "./finding.ts";
import { namesIn } from "./names-in.ts";
import type { ReadPolicy } from "./parse-policies.ts";

/**
 * Tags that policies of one bundle name in two spellings which differ in case only. IAM reads the names of tags without their case: a session
 * policy that asks for `team` is met by a resource's `Team` as well, so that no session policy can tell what these policies do.
 * Source: aws:ResourceTag, AWS global condition context keys, IAM User Guide.
 */
export function tagSpellings(policies: readonly ReadPolicy[]): readonly Finding[] {
  const first = new Map<string, string>();
  return policies.flatMap(({ json, source, policy }) =>
    [...new Set(namesIn(json).tags)].flatMap((name) => {
      const known = first.get(name.toLowerCase()) ?? name;
      first.set(name.toLowerCase(), known);
      if (known === name) return [];
      const message = `it reads the tag \`${name}\`, which elsewhere is \`${known}\`: to IAM both are one; use one spelling`;
      return [finding("tag_spelling", { ...source.spotOf(name), policy: policy.id }, message)];
    }),
  );
}
