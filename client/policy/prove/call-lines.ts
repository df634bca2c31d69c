import type { Call } from "../../../functions/core/proof/question.ts";
import { hasTags } from "../../../functions/core/proof/tag-sources.ts";

/** Describes account, time, address, tags and conditions of a call. */
export function callLines(call: Omit<Call, "objection" | "action" | "resource">): readonly string[] {
  const { account, tags, told, keys, conditions, atSeconds, from } = call;
  const named = (all: Readonly<Record<string, string>>) =>
    Object.entries(all).map(([key, value]) => `${key} = ${JSON.stringify(value)}`);
  const tagged = named(tags);
  const also = [
    ...named(keys),
    ...Object.entries(conditions).map(([line, holds]) => `${line} ${holds ? "holds" : "does not hold"}`),
  ];
  return [
    `      in account ${account}, at ${instant(atSeconds)}, from ${from}`,
    `      with ${tagged.length === 0 ? "none of the tags that policies read" : `the tags ${tagged.join(", ")}`}${hasTags(told) ? "" : ", of which IAM is told none"}`,
    ...(also.length === 0 ? [] : [`      where ${also.join(" and ")}`]),
  ];
}

/** Writes epoch seconds in ISO 8601. */
export const instant = (seconds: number): string => new Date(seconds * 1_000).toISOString().replace(".000Z", "Z");
