import type { RefusalCode } from "./refusals.ts";

/** Refusals of every operator's call. */
export const BY_OPERATORS = [
  "operator_token_invalid",
  "operator_denied",
  "too_many_requests",
  "issuer_unreachable",
  "store_unavailable",
] as const satisfies readonly RefusalCode[];

/** Refusals of a body that cannot be read. */
export const WITH_BODY = [
  "unsupported_media_type",
  "body_too_large",
  "malformed_request",
] as const satisfies readonly RefusalCode[];

/** Refusals of an act that takes a vote. */
export const BY_VOTE = ["step_up_required", "vote_invalid", "sign_in_used"] as const satisfies readonly RefusalCode[];

/** Refusals of an agent's OIDC token. */
export const BY_AGENTS_TOKEN = [
  "token_malformed",
  "issuer_unknown",
  "issuer_kind",
  "token_signature",
  "token_claims",
  "token_expired",
  "token_lifetime",
  "token_audience",
  "agent_unknown",
  "agent_ambiguous",
  "issuer_unreachable",
] as const satisfies readonly RefusalCode[];

/** Refusals of every call with a task token. */
export const BY_HOLDERS = ["task_token_invalid", "store_unavailable"] as const satisfies readonly RefusalCode[];

/** Refusals of every call that ends a task. */
export const BY_ENDINGS = ["contended", "task_unknown"] as const satisfies readonly RefusalCode[];

/** Refusals of every call that needs a session of STS. */
export const BY_SESSIONS = [
  "sts_unavailable",
  "revocation_unavailable",
  "sts_refused",
  "session_policy_unknown",
  "session_policy_unproven",
] as const satisfies readonly RefusalCode[];
