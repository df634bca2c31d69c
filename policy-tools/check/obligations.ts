import { obligationsOf } from "../../functions/core/policy/obligations.ts";
import { TASK_SECONDS } from "../../functions/core/tasks/task.ts";
import { type Finding, type FindingCode, finding } from "../read/finding.ts";
import type { ReadPolicy } from "../read/parse-policies.ts";
import { namedActions } from "./heads.ts";

/** Obligations that nobody will meet or keep, and rules that cannot be named. What is malformed is an error of the build already. */
export function obligationProblems({ json, policy, source }: ReadPolicy): readonly Finding[] {
  const { maxTtlSeconds, bindIp } = obligationsOf(policy.annotations);
  const isOfPeople = json.principal.op === "is" && json.principal.entity_type === "User";
  const isOfTools = (namedActions(json) ?? []).join() === "tool:Call";
  const asked = ["approval", "maxTtl", "bindIp", "outlives"].filter((name) => policy.annotations[name] !== undefined);
  const found: (readonly [code: FindingCode, annotation: string, message: string])[] = [
    ...(policy.annotations.id === undefined
      ? [
          [
            "no_id",
            "id",
            'it has no @id("..."); its number in the file changes with the file, and records name it',
          ] as const,
        ]
      : []),
    ...(isOfPeople && asked.length > 0
      ? [["obligation_unkept", asked[0] ?? "", `@${asked.join(", @")} means nothing on operations of people`] as const]
      : []),
    ...(maxTtlSeconds !== undefined && maxTtlSeconds >= TASK_SECONDS.most
      ? [
          [
            "obligation_unkept",
            "maxTtl",
            `no task lives longer than ${TASK_SECONDS.most} s, so this @maxTtl shortens none`,
          ] as const,
        ]
      : []),
    ...(bindIp && isOfTools
      ? [
          [
            "obligation_unkept",
            "bindIp",
            "@bindIp binds AWS sessions, and a call of a tool has none: this permit grants nothing",
          ] as const,
        ]
      : []),
  ];
  return found.map(([code, annotation, message]) =>
    finding(code, { ...source.spotOfAnnotation(annotation), policy: policy.id }, message),
  );
}
