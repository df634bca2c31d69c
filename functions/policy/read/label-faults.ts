import { DIE_WHEN_REVOKED } from "../../connectors/dies-when-revoked.ts";
import { nearest } from "../../core/catalogue/nearest.ts";
import { labelsInConflict } from "../../core/holds/conflict.ts";
import { labelsIn, parseLabels } from "../../core/policy/labels.ts";
import { type Finding, finding } from "./finding.ts";
import { keeperOfAction } from "./keeper-of-action.ts";
import type { KnownConfig } from "./known-config.ts";
import type { ReadPolicy } from "./parse-policies.ts";
import { entitiesIn } from "./policy-nodes.ts";

/** Keepers whose actions may be labelled: a fence ends the sessions of AWS, and a revocation what these connectors issued. */
const KEPT_APART: ReadonlySet<string> = new Set(["aws", ...DIE_WHEN_REVOKED]);

/** Finds a `@label` of another form, or on what neither a fence nor a revocation surely ends. */
export function labelFaults({ json, policy, source }: ReadPolicy): readonly Finding[] {
  const { label, outlives } = policy.annotations;
  if (label === undefined || policy.effect === "forbid") return [];
  const at = { ...source.spotOfAnnotation("label"), policy: policy.id };
  const labels = parseLabels(label);
  if (typeof labels === "string") return [finding("annotation_value", at, labels)];
  const actions = entitiesIn(json.action).map(({ id }) => id);
  const areHeld = actions.length > 0 && actions.every((id) => KEPT_APART.has(keeperOfAction(id)));
  const message =
    outlives !== undefined
      ? "@label does not belong beside @outlives: no fence ends what outlives the task"
      : areHeld
        ? undefined
        : `@label belongs on a permit that names actions of ${[...KEPT_APART].join(", ")} alone: neither a fence nor a revocation surely ends what anything else hands out`;
  return message === undefined ? [] : [finding("annotation_unsupported", at, message)];
}

/** Finds labels that no conflict names, and labels of conflicts that no permit has: they keep nothing apart. */
export function unusedLabels(
  policies: readonly ReadPolicy[],
  { conflicts }: Pick<KnownConfig, "conflicts">,
): readonly Finding[] {
  if (conflicts === undefined) return [];
  const named = new Set(labelsInConflict(conflicts));
  const had = new Set(policies.flatMap(({ policy }) => labelsIn(policy.annotations)));
  return [
    ...policies.flatMap(({ policy, source }) =>
      labelsIn(policy.annotations)
        .filter((label) => !named.has(label))
        .map((label) =>
          finding(
            "label_unused",
            { ...source.spotOfAnnotation("label"), policy: policy.id },
            `conflicts in valetkey.json names no "${label}", so it keeps nothing apart${meant(label, [...named])}`,
          ),
        ),
    ),
    ...conflicts.flatMap((conflict) =>
      (["a", "b"] as const)
        .filter((side) => !had.has(conflict[side]))
        .map((side) =>
          finding(
            "conflict_unused",
            conflict.spots[side],
            `no permit has the label "${conflict[side]}", so this keeps nothing apart`,
          ),
        ),
    ),
  ];
}

function meant(label: string, names: readonly string[]): string {
  const near = nearest(label, names);
  return near === undefined ? "" : `; did you mean "${near}"?`;
}
