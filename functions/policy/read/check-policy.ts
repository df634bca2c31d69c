import type * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import type { Catalogue } from "../../core/catalogue/catalogue.ts";
import { expandActions } from "../../core/catalogue/expand-actions.ts";
import { EVERY_OBLIGATION, type Obligation, obligationsOf } from "../../core/policy/obligations.ts";
import { parseOperations } from "../../core/policy/per-call.ts";
import { pathOf } from "../clauses/subject.ts";
import { approvalFaults } from "./approval-faults.ts";
import { conditionFaults } from "./condition-faults.ts";
import { consentFaults } from "./consent-faults.ts";
import { type Finding, type FindingCode, finding } from "./finding.ts";
import { keeperOfAction } from "./keeper-of-action.ts";
import type { KnownNames } from "./known-config.ts";
import { labelFaults } from "./label-faults.ts";
import { namesIn } from "./names-in.ts";
import type { ReadPolicy } from "./parse-policies.ts";
import { entitiesIn, isNode, nodesIn } from "./policy-nodes.ts";
import { unaskedGroups } from "./unasked-groups.ts";
import { type UnaskedName, unaskedNames } from "./unasked-names.ts";
import { uncompilable } from "./uncompilable.ts";
import { unprovable } from "./unprovable.ts";

const OBLIGATION_NAMES = EVERY_OBLIGATION.map(({ annotation }) => annotation);
/** Known annotations. Any other is an error, so that a misspelt obligation is not ignored silently. */
const ANNOTATIONS = new Set(["id", "description", "outlives", ...OBLIGATION_NAMES, "label", "perCall", "mode"]);

/**
 * Finds faults that Cedar's own validation does not know in policies that are compiled to IAM.
 * @param known names of `valetkey.json`, where they are known.
 */
export function checkPolicy(
  read: ReadPolicy,
  catalogue: Catalogue,
  { people, conditions }: KnownNames = {},
): readonly Finding[] {
  const { json, source, policy } = read;
  const at = (spot = source.spot()) => ({ ...spot, policy: policy.id });
  const beyond = beyondItsFolder(read);
  const compiling = uncompilable(json);
  return [
    ...(beyond === undefined ? [] : [finding("beyond_its_folder", at(source.spotOf("principal")), beyond)]),
    ...annotationFaults(read, catalogue).map(([code, name, message]) =>
      finding(code, at(source.spotOfAnnotation(name)), message),
    ),
    ...(people === undefined ? [] : [...approvalFaults(read, people.approvers), ...consentFaults(read, people)]),
    ...conditionFaults(read, conditions),
    ...labelFaults(read),
    // A resource is one or many, known by its attributes. Its uid is always the same, so a comparison of uids would silently be false.
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
    ...[...unaskedNames(json), ...unaskedGroups(json, people?.issuers)].map(({ text, sentence }) =>
      finding("unasked_name", at(source.spotOf(text)), sentence),
    ),
    ...literalStars(json).map(({ text, sentence }) => finding("literal_star", at(source.spotOf(text)), sentence)),
    ...compiling.map(({ index, count, sentence }) =>
      finding("not_compilable", at(source.spotOfUnknown(index, count)), sentence),
    ),
    // Skips a policy that cannot be compiled, since no session has it and nothing of it needs a proof.
    ...(compiling.length > 0 ? [] : unprovable(json)).map(({ place, sentence }) =>
      finding("not_provable", at(source.spotOfMatch(place)), sentence),
    ),
  ];
}

type AnnotationFault = readonly [code: FindingCode, annotation: string, message: string];

function annotationFaults(read: ReadPolicy, catalogue: Catalogue): readonly AnnotationFault[] {
  const { json, policy } = read;
  const { annotations, effect } = policy;
  const { mode, outlives, perCall } = annotations;
  const wrongCalls = perCall === undefined ? [] : parseOperations(perCall);
  const unknown = Object.keys(annotations).filter((name) => !ANNOTATIONS.has(name));
  const misplaced = [...OBLIGATION_NAMES, "outlives", "label"].filter(
    (name) => effect === "forbid" && annotations[name] !== undefined,
  );
  const found: (AnnotationFault | false)[] = [
    ...unknown.map((name): AnnotationFault => unknownAnnotation(name)),
    ...misplaced.map((name): AnnotationFault => ["annotation_misplaced", name, `@${name} belongs on a permit`]),
    ...EVERY_OBLIGATION.flatMap((each) => obligationFaults(each, read)),
    mode !== undefined &&
      mode !== "shadow" && ["annotation_value", "mode", '@mode takes "shadow" only; a policy without it is enforced'],
    perCall !== undefined && effect === "permit" && ["annotation_misplaced", "perCall", "@perCall belongs on a forbid"],
    typeof wrongCalls === "string" && ["annotation_value", "perCall", wrongCalls],
    outlives !== undefined &&
      effect === "permit" &&
      !namesEachAction(json, catalogue) && [
        "outlives_unnamed",
        "outlives",
        '@outlives needs its actions named: action == Action::"sts:AssumeRole", or in a list of such',
      ],
  ];
  return found.filter((each) => each !== false);
}

const unknownAnnotation = (name: string): AnnotationFault => [
  "unknown_annotation",
  name,
  `@${name} is not an annotation; they are ${[...ANNOTATIONS].map((each) => `@${each}`).join(", ")}`,
];

/** Lists the faults of one obligation: a wrong text, or, where that is an error, an action for which nothing can keep it. */
function obligationFaults({ annotation, fault, beside, lacks, keptBy }: Obligation, read: ReadPolicy) {
  const { annotations } = read.policy;
  const text = annotations[annotation];
  if (text === undefined) return [];
  const wrong = fault?.(text);
  const malformed: AnnotationFault[] = wrong === undefined ? [] : [["annotation_value", annotation, wrong]];
  if (beside !== undefined && annotations[beside] === undefined)
    malformed.push(["annotation_misplaced", annotation, `@${annotation} belongs beside @${beside}`]);
  const lacking = lacks?.(obligationsOf(annotations));
  if (lacking !== undefined) malformed.push(["annotation_misplaced", annotation, lacking]);
  if (keptBy === "everything" || keptBy.level !== "error") return malformed;
  if (read.policy.effect === "forbid" || isKept(keptBy.keepers, read.json)) return malformed;
  const message = `@${annotation} belongs on a permit that names actions of ${keptBy.keepers.join(", ")} alone: nothing else can keep it`;
  return [...malformed, ["annotation_unsupported", annotation, message] as const];
}

function isKept(keepers: readonly string[], json: cedar.PolicyJson): boolean {
  const ids = entitiesIn(json.action).map(({ id }) => id);
  return ids.length > 0 && ids.every((id) => keepers.includes(keeperOfAction(id)));
}

/** True where the head names each action: `@outlives` must be about named actions, never about a group that may grow. */
function namesEachAction(json: cedar.PolicyJson, catalogue: Catalogue): boolean {
  const ids = entitiesIn(json.action).map(({ id }) => id);
  return ids.length > 0 && ids.every((id) => !("problem" in expandActions(catalogue, [id])));
}

const namesResource = (json: cedar.PolicyJson): boolean =>
  entitiesIn(json).some(({ type }) => type === "AWS::Resource");

/**
 * Returns the reason why a policy may not be in its team's folder; undefined where it may. The owner of a team's folder decides only about that team's
 * agents. Other teams' agents, and people, who register, label and suspend agents, are not the owner's. A forbid may be about any agent, since it only
 * removes permissions.
 */
function beyondItsFolder({ json: { principal, effect }, team }: ReadPolicy): string | undefined {
  if (team === undefined) return undefined;
  if (effect === "forbid") {
    const types = [
      ...("entity_type" in principal ? [principal.entity_type] : []),
      ...("entity" in principal && "type" in principal.entity ? [principal.entity.type] : []),
    ];
    if (types.some((type) => type === "Agent" || type === "Team")) return undefined;
    return `a forbid in a team's folder is about agents alone, never about people; write \`principal is Agent\``;
  }
  const within = principal.op === "in" ? principal : principal.op === "is" ? principal.in : undefined;
  const named = within && "entity" in within && "type" in within.entity ? within.entity : undefined;
  if (named?.type === "Team" && named.id === team) return undefined;
  return `a permit in the folder of team ${JSON.stringify(team)} is for its agents alone; write \`principal in Team::${JSON.stringify(team)}\`, with any conditions`;
}

/** Attributes whose values hold no `*`, or where a `*` is nearly always meant as a wildcard. Names of connectors' resources may hold one. */
const READ_AS_WILDCARD = /^(?:resource\.(?:arn|account|service|region|tags\..+)|principal\..+|context\..+)$/;

/** Finds texts with a `*` that a policy compares by `==`, `!=` or `contains`, for which Cedar has no wildcard. */
function literalStars(json: cedar.PolicyJson): readonly UnaskedName[] {
  const found = nodesIn(json).flatMap((node): readonly UnaskedName[] =>
    ["==", "!=", "contains"].flatMap((operator) => {
      const operands = node[operator];
      if (!isNode(operands)) return [];
      const sides = [operands.left, operands.right];
      const about = sides.map(pathOf).find((path) => path !== undefined && READ_AS_WILDCARD.test(path));
      return about === undefined ? [] : starredIn(sides).map((text) => ({ text, sentence: sentenceFor(about, text) }));
    }),
  );
  return [...new Map(found.map((each) => [each.text, each])).values()];
}

/** Lists the literals with a `*`, as Cedar writes them. */
const starredIn = (sides: readonly unknown[]): readonly string[] =>
  sides
    .flatMap((side) => (isNode(side) && Array.isArray(side.Set) ? side.Set : [side]))
    .flatMap((side: unknown) => (isNode(side) && typeof side.Value === "string" ? [side.Value] : []))
    .filter((text) => text.includes("*"))
    .map((text) => JSON.stringify(text));

const sentenceFor = (about: string, text: string): string =>
  `${text} is compared character by character, the star too; write \`${about} like ${text}\`, or \`\\*\` in the pattern for a star itself`;
