import type { ROUTES } from "./routes.ts";

/** Routes of operators. */
type OperatorRoute = Extract<(typeof ROUTES)[number], { readonly accepts: "operator's OIDC token" }>;

/** Name of an operators' route: `"POST /v1/panic/lift"`. */
export type OperatorRouteKey = OperatorRoute extends infer R
  ? R extends { readonly method: infer M extends string; readonly path: infer P extends string }
    ? `${M} ${P}`
    : never
  : never;

/**
 * Acts of operators, and whether they need a vote of the operator where `stepUp` is on.
 * - `always`: acts that give something, or end something for good.
 * - `where it gives`: a change that shapes who may act, or extends the agent's life, needs a vote. Other changes do not.
 * - `in every deployment`: a consent and an acceptance are made of the vote, even where `stepUp` is off.
 * - `never`: reads, acts whose effect can be undone by a voted act, and acts with votes of their own.
 */
export const STEP_UP = {
  "POST /v1/agents": "always",
  "GET /v1/agents": "never",
  "GET /v1/agents/{agent}": "never",
  "POST /v1/agents/{agent}": "where it gives",
  "POST /v1/agents/{agent}/suspend": "never",
  "POST /v1/agents/{agent}/resume": "always",
  "POST /v1/agents/{agent}/confirm": "never",
  "POST /v1/agents/{agent}/rehearse": "never",
  "POST /v1/agents/{agent}/offboard": "always",
  "GET /v1/agents/{agent}/offboarding": "never",
  "GET /v1/agents/{agent}/threat-model": "never",
  "POST /v1/agents/{agent}/threat-model": "in every deployment",
  "POST /v1/people/{person}/end-tasks": "never",
  "GET /v1/overview": "never",
  "GET /v1/escalations": "never",
  "GET /v1/tasks": "never",
  "POST /v1/tasks/{task}/end": "never",
  "GET /v1/tasks/{task}/receipt": "never",
  "GET /v1/tasks/{task}/ledger": "never",
  "GET /v1/journal": "never",
  "POST /v1/consents": "in every deployment",
  "GET /v1/consents": "never",
  "GET /v1/consents/{consent}": "never",
  "POST /v1/consents/{consent}/withdraw": "never",
  "POST /v1/panic": "never",
  "POST /v1/panic/lift": "always",
  "GET /v1/panic": "never",
  "GET /v1/accounts": "never",
  "POST /v1/accounts/{account}/halt": "never",
  "POST /v1/accounts/{account}/lift": "always",
  "GET /v1/secrets": "never",
  "GET /v1/secrets/{secret}": "never",
  "POST /v1/secrets/{secret}/rotate": "never",
  "GET /v1/policies": "never",
  "POST /v1/policies/explain": "never",
  "GET /v1/agents/{agent}/reach": "never",
  "GET /v1/approvals": "never",
  "GET /v1/approvals/{approval}": "never",
  "POST /v1/approvals/{approval}/decide": "never",
  "POST /v1/approvals/{approval}/withdraw": "never",
  "POST /v1/approvals/{approval}/review": "never",
} as const satisfies Readonly<Record<OperatorRouteKey, "always" | "where it gives" | "in every deployment" | "never">>;

/** Routes with one of these values. */
type RoutesWith<Row> = {
  [K in OperatorRouteKey]: (typeof STEP_UP)[K] extends Row ? K : never;
}[OperatorRouteKey];

/** Route of an act that may need a vote where `stepUp` is on. */
export type ActRoute = RoutesWith<"always" | "where it gives">;

/** Route of an act that may need a vote. */
export type VotedRoute = ActRoute | RoutesWith<"in every deployment">;
