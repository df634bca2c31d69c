import * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import { accountId } from "../../../../functions/core/deployment/account-id.ts";
import type { Limits } from "../../../../functions/core/proof/budget.ts";
import { emptyCache, prove } from "../../../../functions/core/proof/prove.ts";
import type { Answer, Question, StatedPolicy, StatedRequester } from "../../../../functions/core/proof/question.ts";
import { catalogue } from "../catalogue/load-catalogue.ts";

export const ACCOUNT = accountId("111122223333");
export const AT = Date.parse("2026-11-24T12:45:00Z") / 1_000;
export const FENCE = AT + 900;

/** A policy as it is shipped, from its text. */
export function statedOf(text: string, index = 0): StatedPolicy {
  const converted = cedar.policyToJson(text);
  if (converted.type === "failure") throw new Error(`${text}: ${JSON.stringify(converted.errors)}`);
  const { effect, annotations: given = {} } = converted.json;
  const annotations = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, value ?? ""]));
  return { id: annotations.id ?? `p${index}`, effect, annotations, json: converted.json };
}

export const PERMIT = "permit (principal, action, resource is AWS::Resource);";
export const when = (effect: "permit" | "forbid", condition: string): string =>
  `${effect} (principal, action, resource is AWS::Resource) when { ${condition} };`;

type Statements = readonly Readonly<Record<string, unknown>>[];

/** Denies everything from the fence on. Every session policy has this statement. */
export const FENCED = {
  Effect: "Deny",
  Action: "*",
  Resource: "*",
  Condition: { DateGreaterThanEquals: { "aws:CurrentTime": new Date(FENCE * 1_000).toISOString() } },
};
export const textOf = (...statements: Statements): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: [...statements, FENCED] });
export const allow = (Action: string | readonly string[], Resource: string | readonly string[], Condition = {}) => ({
  Effect: "Allow",
  Action,
  Resource,
  Condition,
});
export const deny = (Action: string | readonly string[], Resource: string | readonly string[], Condition = {}) => ({
  Effect: "Deny",
  Action,
  Resource,
  Condition,
});

export interface Given extends Partial<Omit<Question, "policies" | "asker" | "text">> {
  readonly asker?: Partial<StatedRequester>;
  readonly limits?: Limits;
  readonly nowMs?: () => number;
}

/** Everything: most of these texts come of no intent. */
export const ASKED_FOR_ALL = [{ account: "*", actions: ["*"], resources: ["*"] }];

/** A plain agent, whose request is at a quarter to one. */
export const ASKER: StatedRequester = {
  agent: { id: "reporter", owner: "ada", team: "data" },
  claims: {},
  purpose: "report",
  ttlSeconds: 3_600,
  openedAt: AT,
  atMs: AT * 1_000,
  conditions: [],
  chain: [],
};

/** A question of the agent about a session without a bound, whose fence is at one; its text and policies are missing. */
export const QUESTION: Omit<Question, "text" | "policies"> = {
  asked: ASKED_FOR_ALL,
  bounds: [],
  above: [],
  fenceAt: FENCE,
  account: ACCOUNT,
  reads: [],
  never: [],
  exceptions: [],
  catalogue,
  asker: ASKER,
};

/** Proves a text under policies. */
export function answerTo(text: string, policies: readonly string[], given: Given = {}): Answer {
  const { asker, limits, nowMs = () => 0, ...others } = given;
  const question: Question = {
    ...QUESTION,
    text,
    policies: policies.map(statedOf),
    ...others,
    asker: { ...ASKER, claims: { ref: "main" }, sourceIp: "192.0.2.7", boundIp: "192.0.2.7", ...asker },
  };
  return prove(question, nowMs, emptyCache(), limits);
}

export const PROVEN: Answer = { verdict: "proven" };
/** A counterexample with these properties. */
export const against = (call: Readonly<Record<string, unknown>>) => ({ verdict: "counterexample", call });
