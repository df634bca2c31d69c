import type * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import type { PreparedPolicy } from "../functions/adapters/cedar-policies.ts";
import type { Catalogue } from "../functions/core/catalogue/catalogue.ts";
import { expandActions } from "../functions/core/catalogue/expand-actions.ts";

/** Annotations with a meaning here. Anything else is an error, so that a misspelt obligation is not silently none. */
const ANNOTATIONS = new Set(["id", "description", "outlives"]);
const LATER = new Set(["approval", "maxTtl", "bindIp", "rotateAfterUse", "mode"]);

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
  return { actions, claims };
}

const namesResource = (json: cedar.PolicyJson): boolean =>
  entitiesIn(json).some(({ type }) => type === "AWS::Resource");

interface Uid {
  readonly type: string;
  readonly id: string;
}

/** Every entity that is named anywhere: as `{"type": ..., "id": ...}`, by itself or in `__entity`. */
const entitiesIn = (value: unknown): readonly Uid[] =>
  [...nodesIn(value)]
    .filter((node) => typeof node.type === "string" && typeof node.id === "string")
    .map(({ type, id }) => ({ type: String(type), id: String(id) }));

type Node = Readonly<Record<string, unknown>>;
const isNode = (value: unknown): value is Node => typeof value === "object" && value !== null && !Array.isArray(value);

function* nodesIn(value: unknown): Generator<Node> {
  if (isNode(value)) yield value;
  if (typeof value === "object" && value !== null) for (const inner of Object.values(value)) yield* nodesIn(inner);
}
