import { type Finding, finding } from "../../../functions/policy/read/finding.ts";
import { namesIn } from "../../../functions/policy/read/names-in.ts";
import type { ReadPolicy } from "../../../functions/policy/read/parse-policies.ts";

/**
 * Notes each policy that reads a tag of resources. IAM ignores the case of tags' names, and Cedar does not. A resource with the tag `Team` meets a session
 * policy that requires `team`, while a policy sees no tag `team` there. No session policy can distinguish the two.
 * Source: aws:ResourceTag, AWS global condition context keys, IAM User Guide.
 */
export function tagCase({ json, source, policy }: ReadPolicy): readonly Finding[] {
  const names = [...new Set(namesIn(json).tags)];
  const [first] = names;
  if (first === undefined) return [];
  const message = `it reads ${names.map((name) => `\`${name}\``).join(", ")}: IAM takes a tag in another case for it, and policy does not; keep tags to one case`;
  return [finding("tag_case", { ...source.spotOf(first), policy: policy.id }, message)];
}
