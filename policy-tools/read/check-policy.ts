import type * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import type { Catalogue } from "../../functions/core/catalogue/catalogue.ts";
import { expandActions } from "../../functions/core/catalogue/expand-actions.ts";
import type { Issuer } from "../../functions/core/identity/issuer.ts";
import { parseDuration } from "../../functions/core/policy/obligations.ts";
import { type Finding, type FindingCode, finding } from "./finding.ts";
import { namesIn } from "./names-in.ts";
import type { ReadPolicy } from "./parse-policies.ts";
import { entitiesIn } from "./policy-nodes.ts";
import { unaskedGroups } from "./unasked-groups.ts";
import { unaskedNames } from "./unasked-names.ts";
import { uncompilable } from "./uncompilable.ts";

/** Annotations with a meaning here. Anything else is an error, so that a misspelt obligation is not silently none. */
const ANNOTATIONS = new Set([
  "id",
  "description",
  "outlives",
  "approval",
  "maxTtl",
  "bindIp",
  "rotateAfterUse",
  "mode",
]);
/** What a permit asks for in return: none of it means anything on a forbid. */
const OBLIGATIONS = ["approval", "maxTtl", "bindIp", "rotateAfterUse"];

/**
 * Finds faults that Cedar's own validation does not know in policies that are compiled to IAM.
 * @param issuers those of `valetkey.json`, where they are known.
 */
export function checkPolicy(read: ReadPolicy, catalogue: Catalogue, issuers?: readonly Issuer[]): readonly Finding[] {
  const { json, source, policy } = read;
  const at = (spot = source.spot()) => ({ ...spot, policy: policy.id });
  return [
    ...annotationFaults(read, catalogue).map(([code, name, message]) =>
      finding(code, at(source.spotOfAnnotation(name)), message),
    ),
    // A resource is one or many, told by its attributes; its uid is always the same, so this would silently be false.
    ...(namesResource(json)
      ? [
          finding(
            "resource_identity",
            at(source.spotOf("AWS::Resource::")),
            "it compares an AWS::Resource by identity; use a condition on resource.arn",
          ),
        ]
      : []),
    ...(namesIn(json).claims.includes("")
      ? [
          finding(
            "claim_unnamed",
            at(),
            'it reads a claim whose name is not written out; use getTag("name") and hasTag("name")',
          ),
        ]
      : []),
    ...[...unaskedNames(json), ...unaskedGroups(json, issuers)].map(({ text, sentence }) =>
      finding("unasked_name", at(source.spotOf(text)), sentence),
    ),
    ...uncompilable(json).map(({ index, count, sentence }) =>
      finding("not_compilable", at(source.spotOfUnknown(index, count)), sentence),
    ),
  ];
}

type AnnotationFault = readonly [code: FindingCode, annotation: string, message: string];

function annotationFaults({ json, policy }: ReadPolicy, catalogue: Catalogue): readonly AnnotationFault[] {
  const { annotations, effect } = policy;
  const { maxTtl, approval, mode, outlives, rotateAfterUse } = annotations;
  const unknown = Object.keys(annotations).filter((name) => !ANNOTATIONS.has(name));
  const misplaced = [...OBLIGATIONS, "outlives"].filter(
    (name) => effect === "forbid" && annotations[name] !== undefined,
  );
  const found: (AnnotationFault | false)[] = [
    ...unknown.map((name): AnnotationFault => unknownAnnotation(name)),
    ...misplaced.map((name): AnnotationFault => ["annotation_misplaced", name, `@${name} belongs on a permit`]),
    maxTtl !== undefined &&
      parseDuration(maxTtl) === undefined && [
        "annotation_value",
        "maxTtl",
        '@maxTtl takes a duration such as "15m": a whole number and s, m or h',
      ],
    approval === "" && ["annotation_value", "approval", "@approval takes the name of the group that approves"],
    mode !== undefined &&
      mode !== "shadow" && ["annotation_value", "mode", '@mode takes "shadow" only; a policy without it is enforced'],
    outlives !== undefined &&
      effect === "permit" &&
      !namesEachAction(json, catalogue) && [
        "outlives_unnamed",
        "outlives",
        '@outlives needs its actions named: action == Action::"sts:AssumeRole", or in a list of such',
      ],
    rotateAfterUse !== undefined &&
      effect === "permit" &&
      !isOfSecretsOnly(json) && [
        "annotation_unsupported",
        "rotateAfterUse",
        '@rotateAfterUse belongs on a permit of action == Action::"secret:Read": nothing else can be rotated',
      ],
  ];
  return found.filter((each) => each !== false);
}

const unknownAnnotation = (name: string): AnnotationFault => [
  "unknown_annotation",
  name,
  `@${name} is not an annotation; they are ${[...ANNOTATIONS].map((each) => `@${each}`).join(", ")}`,
];

/** An obligation that cannot be kept must not stand on a permit: what is no secret is not rotated. */
function isOfSecretsOnly(json: cedar.PolicyJson): boolean {
  const ids = entitiesIn(json.action).map(({ id }) => id);
  return ids.length > 0 && ids.every((id) => id === "secret:Read");
}

/** `@outlives` speaks of actions that a person named one by one, never of a group that may grow. */
function namesEachAction(json: cedar.PolicyJson, catalogue: Catalogue): boolean {
  const ids = entitiesIn(json.action).map(({ id }) => id);
  return ids.length > 0 && ids.every((id) => !("problem" in expandActions(catalogue, [id])));
}

const namesResource = (json: cedar.PolicyJson): boolean =>
  entitiesIn(json).some(({ type }) => type === "AWS::Resource");
