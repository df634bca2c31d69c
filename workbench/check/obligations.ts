import { obligationsOf } from "../../functions/core/policy/obligations.ts";
import { TASK_SECONDS } from "../../functions/core/tasks/task.ts";
import type { ReadPolicy } from "../../scripts/parse-policies.ts";
import type { Finding } from "./finding.ts";
import { namedActions } from "./heads.ts";

/** Obligations that nobody will meet or keep, and rules that cannot be named. What is malformed is an error of the build already. */
export function obligationProblems({ json, policy, file }: ReadPolicy): readonly Finding[] {
  const at = { file, policy: policy.id };
  const { maxTtlSeconds, bindIp } = obligationsOf(policy.annotations);
  const isOfPeople = json.principal.op === "is" && json.principal.entity_type === "User";
  const isOfTools = (namedActions(json) ?? []).join() === "tool:Call";
  const asked = ["approval", "maxTtl", "bindIp", "outlives"].filter((name) => policy.annotations[name] !== undefined);
  const found: (readonly [code: string, message: string])[] = [
    ...(policy.annotations.id === undefined
      ? [["no-id", 'it has no @id("..."); its number in the file changes with the file, and records name it'] as const]
      : []),
    ...(isOfPeople && asked.length > 0
      ? [["obligation-unkept", `@${asked.join(", @")} means nothing on operations of people`] as const]
      : []),
    ...(maxTtlSeconds !== undefined && maxTtlSeconds >= TASK_SECONDS.most
      ? [
          [
            "obligation-unkept",
            `no task lives longer than ${TASK_SECONDS.most} s, so this @maxTtl shortens none`,
          ] as const,
        ]
      : []),
    ...(bindIp && isOfTools
      ? [["obligation-unkept", "@bindIp binds AWS sessions, and a call of a tool has none"] as const]
      : []),
  ];
  return found.map(([code, message]) => ({ level: "warning", code, ...at, message }));
}
