import { isDeepStrictEqual } from "node:util";
import type { Bundle } from "../../../functions/policy/bundle.ts";
import type { Answer } from "../../../functions/policy/decide/answer.ts";
import type { ReadPolicy } from "../../../functions/policy/read/parse-policies.ts";

/** Policy that differs between the two folders. */
export interface ChangedPolicy {
  readonly id: string;
  readonly how: "added" | "changed" | "removed";
  /** Versions of the policy: before, and after. */
  readonly versions: readonly ReadPolicy[];
  /** File of the policy in the folder `after`, or in `before` for a removed policy. */
  readonly file: string;
  readonly line: number;
}

/** Lists the policies that differ in more than their layout, their place and their description. */
export function changedPolicies(before: Bundle, after: Bundle): readonly ChangedPolicy[] {
  const ids = new Set([...before.policies, ...after.policies].map(({ policy }) => policy.id));
  return [...ids].flatMap((id) => {
    const [old, next] = [before, after].map(({ policies }) => policies.find(({ policy }) => policy.id === id));
    if (old && next && isDeepStrictEqual(meaningOf(old), meaningOf(next))) return [];
    const shown = next ?? old;
    if (!shown) return [];
    const how = old === undefined ? "added" : next === undefined ? "removed" : "changed";
    const { file, line } = shown.source.spot();
    return [{ id, how, versions: [old, next].filter((each) => each !== undefined), file, line }];
  });
}

function meaningOf({ json }: ReadPolicy): object {
  const { description: _, ...annotations } = json.annotations ?? {};
  return { ...json, annotations };
}

/** Lists the ids of the policies that decided an answer, watched ones included. */
export const decidersOf = (answer: Answer): readonly string[] => [
  ...(answer.answer === "allowed"
    ? [...answer.policies, ...answer.shadows.map((each) => each.replace(/^\w+:/, ""))]
    : []),
  ...answer.denials.flatMap(({ policy }) => policy ?? []),
];
