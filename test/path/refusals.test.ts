import { describe, expect, it } from "vitest";
import type { RefusalCode } from "../../contract/refusals.ts";
import { type Answer, FakeService } from "../fakes/world/service.ts";
import { httpEvent, unrouted } from "../fakes/world/world.ts";
import { expectSound } from "../harness/watch-worlds.ts";
import { OPERATIONS } from "../openapi/operations.ts";
import { type Arrange, answerTo } from "../openapi/recording/call.ts";
import { exampleWorld } from "../openapi/recording/example-world.ts";

/**
 * Status, OAuth's error code and sentence of each refusal. The sentence names what to do, or what is wrong. A code
 * without a row does not compile. The refused calls are those of the API's document (test/openapi/), which has one for each
 * refusal of each route.
 */
const REFUSED: Readonly<Record<RefusalCode, readonly [status: number, error: string, says: RegExp]>> = {
  malformed_request: [400, "invalid_request", /parameter purpose is missing/],
  body_too_large: [413, "invalid_request", /32 KiB; ask for less/],
  unsupported_media_type: [415, "invalid_request", /Send application\/x-www-form-urlencoded/],
  unsupported_grant_type: [400, "unsupported_grant_type", /see grant_types_supported in the metadata document/],
  unsupported_token_type: [400, "invalid_request", /see the metadata document/],
  delegation_unsupported: [400, "invalid_request", /an agent that acts for itself sends its own token alone/],
  delegation_token_invalid: [400, "invalid_request", /unknown, used or expired, names another agent/],
  delegation_too_deep: [403, "access_denied", /do this in the task itself/],
  target_unknown: [400, "invalid_target", /ask the platform team to add it to toolServers/],
  scope_invalid: [400, "invalid_scope", /must name the tools that are to be called/],
  scope_denied: [400, "invalid_scope", /see the denials/],
  assertion_refused: [400, "invalid_grant", /not accepted\. This token was used before; mint a new one/],
  not_found: [404, "invalid_request", /nothing at this address/],
  method_not_allowed: [405, "invalid_request", /see Allow/],
  idempotency_conflict: [409, "invalid_request", /use a new key/],
  token_malformed: [400, "invalid_request", /send the OIDC token as your issuer gave it/],
  issuer_unknown: [400, "invalid_request", /ask the platform team to add it to valetkey\.json/],
  issuer_kind: [400, "invalid_request", /people operate, agents start tasks/],
  token_signature: [400, "invalid_request", /signature, algorithm or key is not accepted/],
  token_claims: [400, "invalid_request", /Iat must be a number of seconds/],
  token_expired: [400, "invalid_request", /get a fresh one and check the clock/],
  token_lifetime: [400, "invalid_request", /mint a shorter one\. At most 3600 seconds/],
  token_audience: [400, "invalid_request", /aud must be .https:\/\/valetkey\.test/],
  token_replayed: [400, "invalid_request", /mint a new one, or repeat the request with its idempotency_key/],
  actor_not_allowed: [400, "invalid_request", /may_act must name the issuer and subject of the agent's own token/],
  person_ended: [400, "invalid_request", /signs in again/],
  threat_model_unaccepted: [403, "access_denied", /runs: npx valetkey threat-model accept demo/],
  threat_model_differs: [409, "invalid_request", /run npx valetkey threat-model accept again/],
  consent_unknown: [404, "invalid_request", /no such consent/],
  consent_exists: [409, "invalid_request", /withdraw it first/],
  consent_ended: [403, "access_denied", /ask the person for another one/],
  agent_unknown: [400, "invalid_request", /ask its owner to register it/],
  agent_ambiguous: [400, "invalid_request", /an alarm asks the operators to look/],
  agent_inactive: [403, "access_denied", /suspended, or past its end date/],
  halted: [403, "access_denied", /until they lift it/],
  agent_cooling_down: [429, "slow_down", /starts nothing for a while; wait as long as Retry-After says/],
  agent_paused: [403, "access_denied", /ask an operator to look at npx valetkey escalations and to resume the agent/],
  account_halted: [403, "access_denied", /until the operators lift the halt/],
  role_full: [429, "slow_down", /as long as Retry-After says/],
  too_many_tasks: [429, "slow_down", /end one first\. It may have 1\./],
  too_many_children: [429, "slow_down", /wait until one has ended/],
  too_many_requests: [429, "slow_down", /wait as long as Retry-After says\. At most 1 a minute/],
  too_many_tokens: [429, "slow_down", /as many tokens as it may have/],
  renew_needed: [409, "slow_down", /renew the lease first/],
  request_unsignable: [400, "invalid_request", /cannot be signed in this form/],
  call_refused: [403, "access_denied", /does not sign this call/],
  host_not_granted: [403, "access_denied", /for no service at this host/],
  renewed_too_soon: [429, "slow_down", /less than ten seconds ago; use those/],
  intent_invalid: [400, "invalid_authorization_details", /it must hold at least one detail: say what the task needs/],
  intent_too_large: [
    400,
    "invalid_authorization_details",
    /Its first \d+ of 40 pairs fit; put the others into another detail or task/,
  ],
  authorization_pending: [400, "authorization_pending", /People have not decided about this task yet/],
  slow_down: [400, "slow_down", /poll every five seconds/],
  too_many_approvals: [429, "slow_down", /may request no such approval now; wait as long as Retry-After says/],
  policy_denied: [403, "access_denied", /see the denials/],
  subject_token_unknown: [400, "invalid_request", /is not the task token of a task here/],
  task_token_invalid: [401, "invalid_token", /send it in the Authorization header/],
  task_ended: [403, "invalid_grant", /start a new one/],
  task_unknown: [404, "invalid_request", /no such task/],
  lease_unknown: [404, "invalid_request", /no lease of that name/],
  operator_token_invalid: [401, "invalid_token", /operator's OIDC token is needed/],
  operator_denied: [403, "access_denied", /The operation is valetkey:ListAgents/],
  client_unauthenticated: [401, "invalid_client", /as client_assertion \(RFC 7523\) or as Bearer/],
  agent_invalid: [400, "invalid_request", /values are compared exactly, there are no wildcards/],
  agent_exists: [409, "invalid_request", /ids are never reused/],
  binding_overlaps: [409, "invalid_request", /make them differ in a required claim/],
  agent_offboarded: [409, "invalid_request", /that is final/],
  not_offboarding: [404, "invalid_request", /no report/],
  account_not_found: [404, "invalid_request", /no target account with this id/],
  condition_not_found: [404, "invalid_request", /no condition with this name/],
  agent_not_found: [404, "invalid_request", /no agent with this id/],
  issuer_unreachable: [503, "temporarily_unavailable", /nothing was issued, try again/],
  store_unavailable: [503, "temporarily_unavailable", /nothing was issued, try again/],
  sts_unavailable: [503, "temporarily_unavailable", /nothing was issued, try again/],
  budget_spent: [429, "slow_down", /allows no more now/],
  label_conflict: [409, "slow_down", /keeps what the request is labelled apart/],
  revocation_unavailable: [503, "temporarily_unavailable", /IAM cannot be written right now/],
  archive_unavailable: [503, "temporarily_unavailable", /nothing was signed yet; try again/],
  archive_broken: [502, "server_error", /run npx valetkey audit verify/],
  sts_refused: [502, "server_error", /an alarm asks the operators to look/],
  deployment_broken: [503, "temporarily_unavailable", /its operators have to look/],
  secret_held: [409, "invalid_request", /Another task holds a secret/],
  secret_not_found: [404, "invalid_request", /no managed secret of this name/],
  secret_not_rotated: [409, "invalid_request", /not one that valetkey rotates/],
  connector_unavailable: [503, "temporarily_unavailable", /nothing was issued, try again/],
  connector_refused: [502, "server_error", /an alarm asks the operators to look/],
  contended: [503, "temporarily_unavailable", /changed at the same moment; try again/],
  overloaded: [503, "temporarily_unavailable", /nothing was decided, wait as long as Retry-After says/],
  session_policy_unproven: [
    503,
    "temporarily_unavailable",
    /could not be proven to allow only what policy permits; nothing was issued/,
  ],
  session_policy_unknown: [400, "invalid_authorization_details", /Nothing could be proven of the session policy/],
  agent_changed: [
    503,
    "temporarily_unavailable",
    /changed while this request was decided; nothing was issued, try again/,
  ],
  approval_unknown: [404, "invalid_request", /no such request for approval/],
  approval_denied: [403, "access_denied", /has decided against this request; ask for something else/],
  approval_expired: [403, "access_denied", /nobody has denied it. Ask again/],
  approval_void: [403, "access_denied", /differs from what people were to approve, .* Ask again/],
  already_used: [409, "invalid_request", /end the task instead: POST/],
  vote_invalid: [
    400,
    "invalid_request",
    /not a valid vote on this request. It was signed for another request: sign in again/,
  ],
  step_up_required: [401, "insufficient_user_authentication", /open the page in console and sign in there/],
  sign_in_used: [409, "invalid_request", /sign in again, for this alone/],
  not_eligible: [403, "access_denied", /You may not decide about this request. You own the agent/],
};

interface Way {
  readonly route: string;
  readonly answer: () => Promise<Answer>;
}

/** Ways to each refusal: one for each route that gives it. */
const DOCUMENTED = Map.groupBy(
  Object.entries(OPERATIONS).flatMap(([route, { refused }]) =>
    Object.entries(refused).map(([code, arrange]) => ({ code, route, answer: () => answered(arrange, code) })),
  ),
  ({ code }) => code,
);

/** Ways to what no route documents: there is no such route, or the method is another. */
const OTHERS: Readonly<Partial<Record<RefusalCode, (service: FakeService) => Promise<Answer>>>> = {
  not_found: (service) => service.send(httpEvent("GET /v1/elsewhere")),
  method_not_allowed: (service) => service.send(unrouted("PUT", "/v1/token")),
};

/** Answers of the credentials endpoint while people decide: the AWS SDKs retry a 503, and give up at a 400. */
const WAITING: ReadonlySet<string> = new Set(
  ["authorization_pending", "slow_down"].map((code) => `GET /v1/tasks/{task}/credentials/{lease} ${code}`),
);

function waysTo(code: string): readonly Way[] {
  const other = OTHERS[code as RefusalCode];
  const more = other ? [{ route: "none", answer: () => other(new FakeService(exampleWorld())) }] : [];
  return [...(DOCUMENTED.get(code) ?? []), ...more];
}

/** Makes a call in a world of its own, in which everything that holds in every world holds after it. */
async function answered(arrange: Arrange, code: string): Promise<Answer> {
  const world = exampleWorld();
  const { statusCode, headers = {}, body } = await answerTo(await arrange(world), world);
  // A task is unknown once its record is gone, together with the record of its keys.
  if (code !== "task_unknown") expectSound(world);
  return { status: statusCode, headers, body: JSON.parse(body) };
}

describe("every refusal can be reached, and names the remedy", () => {
  it.each(Object.entries(REFUSED))("%s", async (code, [status, error, says]) => {
    const sentences: string[] = [];
    for (const { route, answer } of waysTo(code)) {
      const { body, headers, ...answered } = await answer();
      const expected = WAITING.has(`${route} ${code}`) ? 503 : status;
      expect({ route, ...answered, body }).toMatchObject({ route, status: expected, body: { code, error } });
      expect(headers).toMatchObject({ "cache-control": "no-store", "content-type": "application/json" });
      expect(Object.keys(body)).not.toContain("credentials");
      sentences.push(String(body.error_description));
    }
    // A route's sentence may be more precise about the fault.
    expect(sentences).toEqual(expect.arrayContaining([expect.stringMatching(says)]));
  });

  it("a 401 names its scheme, as RFC 6750 has it, and a 429 or an outage that has an end names when", async () => {
    const headersOf = async (code: RefusalCode) => (await waysTo(code)[0]?.answer())?.headers ?? {};
    expect((await headersOf("task_token_invalid"))["www-authenticate"]).toMatch(/^Bearer realm=/);
    expect((await headersOf("too_many_tasks"))["retry-after"]).toBe("30");
    expect((await headersOf("renewed_too_soon"))["retry-after"]).toBe("10");
  });

  it("an error of the credentials endpoint carries what the AWS SDKs read", async () => {
    const renewal = waysTo("task_ended").find(({ route }) => route.includes("/credentials/"));
    const { body } = (await renewal?.answer()) ?? {};
    expect(body).toMatchObject({ Code: "task_ended", Message: expect.stringMatching(/start a new one/) });
  });
});
