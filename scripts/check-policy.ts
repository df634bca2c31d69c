import type * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import type { PreparedPolicy } from "../functions/adapters/cedar-policies.ts";
import type { Catalogue } from "../functions/core/catalogue/catalogue.ts";
import { expandActions } from "../functions/core/catalogue/expand-actions.ts";
import { parseDuration } from "../functions/core/policy/obligations.ts";

/** Annotations with a meaning here. Anything else is an error, so that a misspelt obligation is not silently none. */
const ANNOTATIONS = new Set(["id", "description", "outlives", "approval", "maxTtl", "bindIp", "mode"]);
const LATER = new Set(["rotateAfterUse"]);
/** What a permit asks for in return: none of it means anything on a forbid. */
const OBLIGATIONS = ["approval", "maxTtl", "bindIp"];

/** What Cedar's own validation does not know about policies that are compiled to IAM. */
export function checkPolicy(json: cedar.PolicyJson, policy: PreparedPolicy, catalogue: Catalogue): readonly string[] {
  const unknown = Object.keys(policy.annotations).filter((name) => !ANNOTATIONS.has(name));
  return [
    ...unknown.map((name) =>
      LATER.has(name)
        ? `@${name} is an obligation that this version cannot keep; a permit must not be used without it`
        : `@${name} is not an annotation; they are ${[...ANNOTATIONS].map((each) => `@${each}`).join(", ")}`,
    ),
    // A resource is one or many, told by its attributes; its uid is always the same, so this would silently be false.
    ...(namesResource(json) ? ["compares an AWS::Resource by identity; use a condition on resource.arn"] : []),
    ...(namesIn(json).claims.includes("")
      ? ['reads a claim whose name is not written out; use getTag("name") and hasTag("name")']
      : []),
    ...(policy.annotations.outlives === undefined ? [] : outlivesFaults(json, catalogue)),
    ...obligationFaults(policy),
  ];
}

function obligationFaults({ annotations, effect }: PreparedPolicy): readonly string[] {
  const { maxTtl, approval, mode } = annotations;
  const misplaced = effect === "permit" ? [] : OBLIGATIONS.filter((name) => annotations[name] !== undefined);
  return [
    ...misplaced.map((name) => `@${name} belongs on a permit`),
    ...(maxTtl === undefined || parseDuration(maxTtl) !== undefined
      ? []
      : ['@maxTtl takes a duration such as "15m": a whole number and s, m or h']),
    ...(approval === undefined || approval !== "" ? [] : ["@approval takes the name of the group that approves"]),
    ...(mode === undefined || mode === "shadow" ? [] : ['@mode takes "shadow" only; a policy without it is enforced']),
  ];
}

/** `@outlives` speaks of actions that a person named one by one, never of a group that may grow. */
function outlivesFaults(json: cedar.PolicyJson, catalogue: Catalogue): readonly string[] {
  if (json.effect !== "permit") return ["@outlives belongs on a permit"];
  const ids = entitiesIn(json.action).map(({ id }) => id);
  const isNamed = (id: string) => !("problem" in expandActions(catalogue, [id]));
  return ids.length > 0 && ids.every(isNamed)
    ? []
    : ['@outlives needs its actions named: action == Action::"sts:AssumeRole", or in a list of such'];
}

export interface PolicyNames {
  readonly actions: readonly string[];
  /** Claims that it reads; `""` for one whose name is not a literal. */
  readonly claims: readonly string[];
  /** Tags of resources that it reads. */
  readonly tags: readonly string[];
}

/** The actions and claims that a policy names. */
export function namesIn(json: unknown): PolicyNames {
  const actions = entitiesIn(json)
    .filter(({ type }) => type === "Action")
    .map(({ id }) => id);
  const claims = [...nodesIn(json)].flatMap((node) =>
    ["getTag", "hasTag"]
      .filter((operator) => isNode(node[operator]))
      .map((operator) => {
        const { right } = node[operator] as { right?: unknown };
        return isNode(right) && typeof right.Value === "string" ? right.Value : "";
      }),
  );
  const tags = [...nodesIn(json)].flatMap((node) =>
    ["has", "."]
      .map((operator) => node[operator])
      .flatMap((access) =>
        isNode(access) && typeof access.attr === "string" && isTags(access.left) ? [access.attr] : [],
      ),
  );
  return { actions, claims, tags };
}

/** `resource.tags` */
function isTags(node: unknown): boolean {
  const access = isNode(node) ? node["."] : undefined;
  return isNode(access) && access.attr === "tags" && isNode(access.left) && access.left.Var === "resource";
}

const namesResource = (json: cedar.PolicyJson): boolean =>
  entitiesIn(json).some(({ type }) => type === "AWS::Resource");

interface Uid {
  readonly type: string;
  readonly id: string;
}

/** Every entity that is named anywhere: as `{"type": ..., "id": ...}`, by itself or in `__entity`. */
export const entitiesIn = (value: unknown): readonly Uid[] =>
  [...nodesIn(value)]
    .filter((node) => typeof node.type === "string" && typeof node.id === "string")
    .map(({ type, id }) => ({ type: String(type), id: String(id) }));

type Node = Readonly<Record<string, unknown>>;
const isNode = (value: unknown): value is Node => typeof value === "object" && value !== null && !Array.isArray(value);

function* nodesIn(value: unknown): Generator<Node> {
  if (isNode(value)) yield value;
  if (typeof value === "object" && value !== null) for (const inner of Object.values(value)) yield* nodesIn(inner);
}
