/**
 * Every refusal: a stable code, the HTTP status, OAuth's own error code, and one public sentence with what to do.
 * A row that ends in `loud` needs a person: the log line is an error, and the alarm `valetkey-refused-loudly` is
 * derived from this column.
 * RFC 8693, section 2.2.2: a subject token that is invalid for any reason is `invalid_request`. An outage is a 503,
 * never a denial.
 */
export const REFUSALS = {
  // The request itself
  malformed_request: [400, "invalid_request", "The request is malformed."],
  body_too_large: [413, "invalid_request", "The body is larger than 32 KiB; ask for less in one task."],
  unsupported_media_type: [
    415,
    "invalid_request",
    "Send application/x-www-form-urlencoded to OAuth endpoints and application/json to the others.",
  ],
  unsupported_grant_type: [
    400,
    "unsupported_grant_type",
    "This grant_type is not offered here; see grant_types_supported in the metadata document.",
  ],
  unsupported_token_type: [
    400,
    "invalid_request",
    "This kind of subject_token or requested_token_type is not exchanged here; see the metadata document.",
  ],
  delegation_unsupported: [
    400,
    "invalid_request",
    "An actor_token goes with a delegation token or a person's token as subject_token; an agent that acts for itself sends its own token alone.",
  ],
  delegation_token_invalid: [
    400,
    "invalid_request",
    "The delegation token cannot be used: it is unknown, used or expired, names another agent, or its task has ended.",
  ],
  delegation_too_deep: [403, "access_denied", "Tasks cannot be nested deeper here; do this in the task itself."],
  target_unknown: [
    400,
    "invalid_target",
    "The resource must be the address of one tool server that this deployment knows; ask the platform team to add it to toolServers in valetkey.json.",
  ],
  scope_invalid: [
    400,
    "invalid_scope",
    "The scope must name the tools that are to be called, 1 to 50, with single spaces between them.",
  ],
  scope_denied: [400, "invalid_scope", "Policy does not permit these tools; see the denials."],
  assertion_refused: [400, "invalid_grant", "The assertion is not accepted."],
  not_found: [404, "invalid_request", "There is nothing at this address, or it is not yours to see."],
  method_not_allowed: [405, "invalid_request", "This address does not take that method; see Allow."],
  idempotency_conflict: [409, "invalid_request", "This idempotency_key was used for another request; use a new key."],
  // The token
  token_malformed: [
    400,
    "invalid_request",
    "The token is not a signed JWT in compact form; send the OIDC token as your issuer gave it.",
  ],
  issuer_unknown: [
    400,
    "invalid_request",
    "The token's issuer is not configured here; ask the platform team to add it to valetkey.json.",
  ],
  issuer_kind: [
    400,
    "invalid_request",
    "The token's issuer is configured for another kind of caller: people operate, agents start tasks.",
  ],
  token_signature: [400, "invalid_request", "The token's signature, algorithm or key is not accepted for its issuer."],
  token_claims: [400, "invalid_request", "The token's claims are not accepted for its issuer."],
  token_expired: [
    400,
    "invalid_request",
    "The token has expired or is not valid yet; get a fresh one and check the clock.",
  ],
  token_lifetime: [
    400,
    "invalid_request",
    "The token lives longer than this deployment accepts from its issuer; mint a shorter one.",
  ],
  token_audience: [
    400,
    "invalid_request",
    "The token's audience must be exactly this deployment's identifier for this route; see the metadata document.",
  ],
  token_replayed: [
    400,
    "invalid_request",
    "This token was used before; mint a new one, or repeat the request with its idempotency_key.",
  ],
  actor_not_allowed: [
    400,
    "invalid_request",
    "The person's token does not let this agent act for the person: its claim may_act must name the issuer and subject of the agent's own token, or the person must have given the agent a consent.",
  ],
  threat_model_unaccepted: [
    403,
    "access_denied",
    "The account is for production, and nobody has accepted the agent's threat model as it is deployed now.",
  ],
  threat_model_differs: [
    409,
    "invalid_request",
    "That is not the deployed threat model: check out the deployed version, and run npx valetkey threat-model accept again.",
  ],
  consent_unknown: [404, "invalid_request", "There is no such consent, or it is not yours to see."],
  consent_exists: [
    409,
    "invalid_request",
    "A consent of this person for this agent is alive; withdraw it first, which ends the tasks under it.",
  ],
  consent_ended: [
    403,
    "access_denied",
    "The person has withdrawn the consent under which the agent acted, or it has expired; ask the person for another one.",
  ],
  person_ended: [
    400,
    "invalid_request",
    "Everything for this person was ended after the person's token was issued; the person signs in again, and a fresh token opens a new task.",
  ],
  agent_unknown: [
    400,
    "invalid_request",
    "No registered agent is bound to this identity; ask its owner to register it.",
  ],
  agent_ambiguous: [
    400,
    "invalid_request",
    "More than one registered agent is bound to this identity; nothing was issued, and an alarm asks the operators to look.",
    "loud",
  ],
  // The agent
  agent_inactive: [403, "access_denied", "The agent is suspended, or past its end date."],
  // A decision of people, so no outage like the ones below: an SDK must not retry it.
  halted: [
    403,
    "access_denied",
    "The operators have halted everything here: nothing is issued, renewed or shown until they lift it.",
  ],
  account_halted: [
    403,
    "access_denied",
    "The account is halted: nothing is issued there until the operators lift the halt.",
  ],
  too_many_tasks: [429, "slow_down", "The agent has as many live tasks as it may have; end one first."],
  role_full: [
    429,
    "slow_down",
    "So many tasks are alive, or have just ended, that a further one could not be revoked; wait as long as Retry-After says.",
  ],
  too_many_requests: [
    429,
    "slow_down",
    "This caller has sent as many requests in this minute as it may; wait as long as Retry-After says.",
  ],
  too_many_children: [
    429,
    "slow_down",
    "The task above has as many live tasks below it as it may have; wait until one has ended.",
  ],
  too_many_tokens: [429, "slow_down", "The task has as many tokens as it may have."],
  renew_needed: [
    409,
    "slow_down",
    "The session by which to sign has ended or is about to; renew the lease first: GET /v1/tasks/{task}/credentials/{lease}.",
  ],
  request_unsignable: [400, "invalid_request", "The request to AWS cannot be signed in this form."],
  host_not_granted: [403, "access_denied", "The lease is for no service at this host."],
  call_refused: [403, "access_denied", "The hub does not sign this call, although the task has the service."],
  renewed_too_soon: [429, "slow_down", "Credentials for this lease were issued less than ten seconds ago; use those."],
  agent_cooling_down: [
    429,
    "slow_down",
    "Policy has refused the agent too often within ten minutes: it starts nothing for a while; wait as long as Retry-After says.",
  ],
  agent_paused: [
    403,
    "access_denied",
    "A rule of escalation has paused an agent for the one for whom this task acts, and for nobody else; wait, or ask an operator to look at npx valetkey escalations and to resume the agent.",
  ],
  // Intent and policy
  intent_invalid: [400, "invalid_authorization_details", "The authorization_details cannot be granted in this form."],
  intent_too_large: [
    400,
    "invalid_authorization_details",
    "The session policy for these authorization_details is larger than STS accepts; split them over several tasks.",
  ],
  session_policy_unknown: [
    400,
    "invalid_authorization_details",
    "Nothing could be proven of the session policy for these authorization_details; nothing was issued.",
  ],
  budget_spent: [429, "slow_down", "A budget of policy allows no more now; wait as long as Retry-After says."],
  label_conflict: [409, "slow_down", "Policy keeps what the request is labelled apart from what may still be in use."],
  // Approvals. The first two are RFC 8628's: nothing was decided yet, and the client polls on.
  authorization_pending: [400, "authorization_pending", "People have not decided about this task yet; ask again."],
  slow_down: [400, "slow_down", "This task polls too often for the decision of people; poll every five seconds."],
  too_many_approvals: [
    429,
    "slow_down",
    "The agent may request no such approval now; wait as long as Retry-After says.",
  ],
  policy_denied: [403, "access_denied", "Policy does not permit this; see the denials."],
  // Approvals
  approval_unknown: [404, "invalid_request", "There is no such request for approval."],
  approval_denied: [403, "access_denied", "A person has decided against this request; ask for something else."],
  approval_expired: [
    403,
    "access_denied",
    "Nobody decided about this request in time, or its approval was not used in time; nobody has denied it. Ask again.",
  ],
  approval_void: [
    403,
    "access_denied",
    "What would be issued now differs from what people were to approve, so the approval is void. Ask again.",
  ],
  already_used: [
    409,
    "invalid_request",
    "The approval was used, and cannot be withdrawn; end the task instead: POST /v1/tasks/{task}/end.",
  ],
  vote_invalid: [400, "invalid_request", "This is not a valid vote on this request."],
  sign_in_used: [409, "invalid_request", "This sign-in was used before; sign in again, for this alone."],
  not_eligible: [403, "access_denied", "You may not decide about this request."],
  // Connectors
  secret_held: [
    409,
    "invalid_request",
    "Another task holds a secret that is leased to one task at a time, or it is about to be rotated; try again later.",
  ],
  secret_not_found: [404, "invalid_request", "There is no managed secret of this name."],
  secret_not_rotated: [
    409,
    "invalid_request",
    "This secret is not one that valetkey rotates; see its tag valetkey:rotates and docs/connectors/rotation.md.",
  ],
  // The task token
  subject_token_unknown: [
    400,
    "invalid_request",
    "The subject_token is not the task token of a task here; only a task token is exchanged for a presentation token.",
  ],
  task_token_invalid: [
    401,
    "invalid_token",
    "The task token is missing, malformed or not this task's; send it in the Authorization header.",
  ],
  task_ended: [403, "invalid_grant", "The task has ended; start a new one."],
  task_unknown: [404, "invalid_request", "There is no such task."],
  lease_unknown: [404, "invalid_request", "The task has no lease of that name."],
  // Operators and tool servers
  operator_token_invalid: [401, "invalid_token", "An operator's OIDC token is needed in the Authorization header."],
  step_up_required: [
    401,
    "insufficient_user_authentication",
    "This act requires your vote beside the token: open the page in console and sign in there.",
  ],
  operator_denied: [403, "access_denied", "Policy does not permit this operation."],
  client_unauthenticated: [
    401,
    "invalid_client",
    "Authenticate as the tool server: its OIDC token as client_assertion (RFC 7523) or as Bearer.",
  ],
  agent_invalid: [400, "invalid_request", "The agent cannot be registered in this form."],
  agent_exists: [409, "invalid_request", "An agent with this id is registered already, or was; ids are never reused."],
  binding_overlaps: [
    409,
    "invalid_request",
    "One of the bindings could match a token that another agent is bound to; make them differ in a required claim.",
  ],
  agent_offboarded: [
    409,
    "invalid_request",
    "The agent is being offboarded, or was; that is final. Register a new agent under another id.",
  ],
  not_offboarding: [404, "invalid_request", "This agent is not being offboarded, and was not: there is no report."],
  account_not_found: [404, "invalid_request", "There is no target account with this id."],
  condition_not_found: [404, "invalid_request", "There is no condition with this name in valetkey.json."],
  agent_not_found: [404, "invalid_request", "There is no agent with this id."],
  // Outages: retry, nothing was decided
  issuer_unreachable: [
    503,
    "temporarily_unavailable",
    "The issuer's keys cannot be fetched right now; nothing was issued, try again.",
  ],
  store_unavailable: [
    503,
    "temporarily_unavailable",
    "The record cannot be written or read right now; nothing was issued, try again.",
  ],
  sts_unavailable: [
    503,
    "temporarily_unavailable",
    "AWS STS cannot be reached right now; nothing was issued, try again.",
  ],
  sts_refused: [
    502,
    "server_error",
    "AWS STS refused the session; nothing was issued, and an alarm asks the operators to look.",
    "loud",
  ],
  revocation_unavailable: [
    503,
    "temporarily_unavailable",
    "Policy permits this only while its sessions can be revoked, and IAM cannot be written right now; nothing was issued, try again.",
  ],
  deployment_broken: [
    503,
    "temporarily_unavailable",
    "This deployment is broken and answers nothing; nothing was issued, and its operators have to look.",
  ],
  archive_unavailable: [
    503,
    "temporarily_unavailable",
    "The signed log cannot be read right now, or nothing was signed yet; try again.",
  ],
  archive_broken: [
    502,
    "server_error",
    "The archive differs from what its checkpoint signs, so nothing of it is shown; run npx valetkey audit verify. An alarm asks the operators to look.",
    "loud",
  ],
  connector_unavailable: [
    503,
    "temporarily_unavailable",
    "The provider of the credential cannot be reached right now; nothing was issued, try again.",
  ],
  connector_refused: [
    502,
    "server_error",
    "The provider of the credential refused to issue it; nothing was handed out, and an alarm asks the operators to look.",
    "loud",
  ],
  contended: [503, "temporarily_unavailable", "The task changed at the same moment; try again."],
  overloaded: [
    503,
    "temporarily_unavailable",
    "There are more requests right now than can be answered in time; nothing was decided, wait as long as Retry-After says.",
  ],
  session_policy_unproven: [
    503,
    "temporarily_unavailable",
    "The session policy for this could not be proven to allow only what policy permits; nothing was issued, ask the operators.",
  ],
  agent_changed: [
    503,
    "temporarily_unavailable",
    "The agent was changed while this request was decided; nothing was issued, try again.",
  ],
} as const satisfies Record<string, readonly [status: number, error: string, sentence: string, loud?: "loud"]>;

export type RefusalCode = keyof typeof REFUSALS;

/** Codes of the refusals that need a person: each raises the hub's alarm. */
export const LOUD_REFUSALS: readonly RefusalCode[] = (Object.keys(REFUSALS) as RefusalCode[]).filter((code) =>
  (REFUSALS[code] as readonly unknown[]).includes("loud"),
);

/** One part of an intent that policy does not permit, written so that an agent can correct itself. */
export interface Denial {
  readonly action: string;
  readonly target: string;
  readonly reason: string;
  readonly policy?: string;
  readonly hint?: string;
}
