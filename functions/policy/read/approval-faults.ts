import { fillable } from "../../core/approvals/fill-slots.ts";
import { nearest } from "../../core/catalogue/nearest.ts";
import { parseNeeded } from "../../core/policy/needed-votes.ts";
import { type Finding, finding } from "./finding.ts";
import type { KnownGroup } from "./known-config.ts";
import type { ReadPolicy } from "./parse-policies.ts";

/** Lists the votes that the policy requires; none without `@approval`, or where its text is malformed, which is another finding. */
export function neededBy({ policy }: Pick<ReadPolicy, "policy">) {
  const { approval } = policy.annotations;
  const needed = approval === undefined ? [] : parseNeeded(approval);
  return typeof needed === "string" ? [] : needed;
}

/** Finds an `@approval` that can never be given: its group is not configured, or its groups list too few people. */
export function approvalFaults(read: ReadPolicy, approvers: readonly KnownGroup[]): readonly Finding[] {
  const needed = neededBy(read);
  const names = approvers.map(({ name }) => name);
  const at = { ...read.source.spotOfAnnotation("approval"), policy: read.policy.id };
  const unknown = needed.filter(({ group }) => !names.includes(group));
  if (unknown.length > 0) return unknown.map(({ group }) => finding("unknown_group", at, unknownGroup(group, names)));
  if (fillable(needed, approvers).isFillable) return [];
  return [
    finding(
      "unfillable_approval",
      at,
      `@approval("${read.policy.annotations.approval}") can never be given: each vote is another person's, and valetkey.json lists too few persons in these groups`,
    ),
  ];
}

function unknownGroup(group: string, names: readonly string[]): string {
  const meant = nearest(group, names);
  const instead = meant === undefined ? `it has ${names.join(", ") || "none"}` : `did you mean "${meant}"?`;
  return `approvers in valetkey.json has no group "${group}", so nobody could ever approve; ${instead}`;
}
