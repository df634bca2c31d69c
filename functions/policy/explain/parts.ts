import * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import { namedActions } from "../clauses/heads.ts";
import type { ReadPolicy } from "../read/parse-policies.ts";

/** Part of a permit. A permit applies where all of its parts hold. */
export interface Part {
  readonly kind: "principal" | "action" | "resource" | "condition" | "annotation";
  /** Text of the part in Cedar. */
  readonly text: string;
  /** Permit that has only this part. */
  readonly json: cedar.PolicyJson;
}

const BARE: cedar.PolicyJson = {
  effect: "permit",
  principal: { op: "All" },
  action: { op: "All" },
  resource: { op: "All" },
  conditions: [],
};

/** Splits a policy into its parts: those of its head, and each conjunct of its conditions. */
export function partsOf({ json }: ReadPolicy): readonly Part[] {
  const heads = (["principal", "action", "resource"] as const)
    .filter((side) => json[side].op !== "All")
    .map((side): Part => {
      const alone = { ...BARE, [side]: json[side] } as cedar.PolicyJson;
      return { kind: side, text: headText(side, json, alone), json: alone };
    });
  const conditions = json.conditions.flatMap(({ kind, body }) =>
    (kind === "when" ? conjuncts(body) : [body]).map((each): Part => {
      const alone = { ...BARE, conditions: [{ kind, body: each }] } as cedar.PolicyJson;
      return { kind: "condition", text: conditionText(kind, alone), json: alone };
    }),
  );
  return [...heads, ...conditions];
}

/** Splits `a && b && c` into its three operands. */
function conjuncts(body: unknown): readonly unknown[] {
  const both = typeof body === "object" && body !== null && "&&" in body ? body["&&"] : undefined;
  if (typeof both !== "object" || both === null || !("left" in both && "right" in both)) return [body];
  return [...conjuncts(both.left), ...conjuncts(both.right)];
}

function headText(side: "principal" | "action" | "resource", json: cedar.PolicyJson, alone: cedar.PolicyJson): string {
  const actions = side === "action" ? (namedActions(json) ?? []) : [];
  if (actions.length > 3) return `action in [${actions.slice(0, 3).join(", ")} and ${actions.length - 3} more]`;
  const inside = /^permit\((.*)\);$/s.exec(written(alone))?.[1] ?? "";
  return inside.split(/, (?=principal|action|resource)/).find((each) => each.startsWith(`${side} `)) ?? side;
}

function conditionText(kind: "when" | "unless", alone: cedar.PolicyJson): string {
  const [, body = ""] = /(?:when|unless) \{ (.*) \};$/s.exec(written(alone)) ?? [];
  const plain = /^\([^()]*\)$/.test(body) ? body.slice(1, -1) : body;
  return kind === "when" ? plain : `unless ${plain}`;
}

/** Writes an expression of Cedar's JSON format as Cedar text. */
export const expressionText = (body: unknown): string =>
  conditionText("when", { ...BARE, conditions: [{ kind: "when", body }] } as cedar.PolicyJson) || JSON.stringify(body);

function written(policy: cedar.PolicyJson): string {
  const answer = cedar.policyToText(policy);
  return answer.type === "success" ? answer.text.trim() : "";
}
