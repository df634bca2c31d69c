import { describe, expect, it } from "vitest";
import { approverToken, askForApproval, voteToken } from "../../fakes/asked-approval.ts";
import { type Answer, FakeService } from "../../fakes/fake-service.ts";
import { ACCOUNT, fakeWorld, httpEvent, jsonEvent, URL_OF_HUB, unrouted } from "../../fakes/fake-world.ts";
import { fillRoles } from "../../fakes/fill-roles.ts";
import { CEILING, giveConsent, sendConsent, withdrawConsent } from "../../fakes/given-consent.ts";
import { aUseOf } from "../../fakes/sample-approval.ts";
import { perform, STEPPING_UP } from "../../fakes/voted-act.ts";
import { BrokenDeployment } from "../../functions/core/deployment/broken-deployment.ts";
import { Refusal, type RefusalCode } from "../../functions/core/refusal.ts";
import { taskPath } from "../../functions/core/task-path.ts";
import { TOKEN_LIMITS } from "../../functions/core/tasks/task.ts";
import { endPerson } from "../../functions/steps/tasks/end-person.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { ApprovalScene } from "./approvals/approving.ts";

watchWorlds();

interface Expected {
  readonly status: number;
  /** OAuth's error code. */
  readonly error: string;
  /** What the sentence tells the caller to do, or what is wrong where that says it. */
  readonly says: RegExp;
  readonly when: (service: FakeService) => Promise<Answer>;
}

const registration = { id: "new-agent", name: "New", owner: "owner@acme.test", team: "demo" };
const agentBoundBy = (claims: Readonly<Record<string, string>>) => ({
  ...registration,
  bindings: [{ issuer: "robots", claims }],
});
const register = (service: FakeService, body: unknown) => service.operate("POST /v1/agents", { body });
const outage = (code: RefusalCode) => () => {
  throw new Refusal(code);
};
const refusedBySessions = (code: RefusalCode) => (service: FakeService) => {
  service.world.ports.sessions.before = outage(code);
  return service.exchange();
};
const details = (changed: object) =>
  JSON.stringify([
    {
      type: "aws",
      account: ACCOUNT,
      actions: ["s3:GetObject"],
      resources: ["arn:aws:s3:::acme-data/reports/a"],
      ...changed,
    },
  ]);
const manyReports = Array.from(
  { length: 20 },
  (_, index) => `arn:aws:s3:::acme-data/reports/${index}-${"x".repeat(200)}`,
);

/** One way to each "no" that a caller can be given; a code without a way does not compile. */
const REFUSED: Record<RefusalCode, Expected> = {
  malformed_request: {
    status: 400,
    error: "invalid_request",
    says: /parameter purpose is missing/,
    when: (service) => service.exchange({ purpose: undefined }),
  },
  body_too_large: {
    status: 413,
    error: "invalid_request",
    says: /32 KiB; ask for less/,
    when: (service) => service.exchange({ purpose: "x".repeat(40_000) }),
  },
  unsupported_media_type: {
    status: 415,
    error: "invalid_request",
    says: /Send application\/x-www-form-urlencoded/,
    when: (service) => service.send(jsonEvent("POST /v1/token", {})),
  },
  unsupported_grant_type: {
    status: 400,
    error: "unsupported_grant_type",
    says: /Use grant_type=urn:ietf:params:oauth:grant-type:token-exchange/,
    when: (service) => service.exchange({ grant_type: "client_credentials" }),
  },
  unsupported_token_type: {
    status: 400,
    error: "invalid_request",
    says: /see the metadata document/,
    when: (service) => service.exchange({ subject_token_type: "urn:ietf:params:oauth:token-type:saml2" }),
  },
  delegation_unsupported: {
    status: 400,
    error: "invalid_request",
    says: /an agent that acts for itself sends its own token alone/,
    when: (service) => service.exchangeFor(service.world.agentToken()),
  },
  delegation_token_invalid: {
    status: 400,
    error: "invalid_request",
    says: /unknown, used or expired, names another agent/,
    when: async (service) =>
      service.exchangeDelegation((await service.delegation(await service.start())).slice(0, -43) + "A".repeat(43)),
  },
  delegation_too_deep: {
    status: 403,
    error: "access_denied",
    says: /do this in the task itself/,
    when: async (service) => {
      let held = await service.start();
      for (let depth = 1; depth <= 4; depth += 1) held = await service.startBelow(held);
      return service.delegate(held.token);
    },
  },
  not_found: {
    status: 404,
    error: "invalid_request",
    says: /nothing at this address/,
    when: (service) => service.send(httpEvent("GET /v1/elsewhere")),
  },
  method_not_allowed: {
    status: 405,
    error: "invalid_request",
    says: /see Allow/,
    when: (service) => service.send(unrouted("PUT", "/v1/token")),
  },
  idempotency_conflict: {
    status: 409,
    error: "invalid_request",
    says: /use a new key/,
    when: async (service) => {
      await service.start({ idempotency_key: "one" });
      return service.exchange({ idempotency_key: "one", purpose: "something else" });
    },
  },
  token_malformed: {
    status: 400,
    error: "invalid_request",
    says: /send the OIDC token as your issuer gave it/,
    when: (service) => service.exchange({ subject_token: "not-a-token" }),
  },
  issuer_unknown: {
    status: 400,
    error: "invalid_request",
    says: /ask the platform team to add it to valetkey\.json/,
    when: (service) => service.exchange({ subject_token: service.world.agentToken({ iss: "https://else.test" }) }),
  },
  issuer_kind: {
    status: 400,
    error: "invalid_request",
    says: /people operate, agents start tasks/,
    when: (service) => service.exchange({ subject_token: service.world.operatorToken({ aud: URL_OF_HUB }) }),
  },
  token_signature: {
    status: 400,
    error: "invalid_request",
    says: /signature, algorithm or key is not accepted/,
    when: (service) => service.exchange({ subject_token: `${service.world.agentToken().replace(/\w+$/, "Zm9yZ2Vk")}` }),
  },
  token_claims: {
    status: 400,
    error: "invalid_request",
    says: /Sub must be a string/,
    when: (service) => service.exchange({ subject_token: service.world.agentToken({ sub: 7 }) }),
  },
  token_expired: {
    status: 400,
    error: "invalid_request",
    says: /get a fresh one and check the clock/,
    when: (service) => {
      const token = service.world.agentToken();
      service.world.pass(331);
      return service.exchange({ subject_token: token });
    },
  },
  token_lifetime: {
    status: 400,
    error: "invalid_request",
    says: /mint a shorter one\. At most 3600 seconds/,
    when: (service) =>
      service.exchange({ subject_token: service.world.agentToken({ exp: service.world.nowSeconds() + 3_601 }) }),
  },
  token_audience: {
    status: 400,
    error: "invalid_request",
    says: /It must be .https:\/\/valetkey\.test/,
    when: (service) => service.exchange({ subject_token: service.world.agentToken({ aud: "https://else.test" }) }),
  },
  token_replayed: {
    status: 400,
    error: "invalid_request",
    says: /mint a new one, or repeat the request with its idempotency_key/,
    when: async (service) => {
      const token = service.world.agentToken();
      await service.start({ subject_token: token });
      return service.exchange({ subject_token: token });
    },
  },
  actor_not_allowed: {
    status: 400,
    error: "invalid_request",
    says: /may_act must name the issuer and subject of the agent's own token/,
    when: (service) => service.exchangeFor(service.world.personToken({ may_act: undefined })),
  },
  person_ended: {
    status: 400,
    error: "invalid_request",
    says: /signs in again/,
    when: async (service) => {
      const token = service.world.personToken();
      await endPerson({ issuer: "staff", value: "pat" }, "staff|alice", service.world.ports);
      return service.exchangeFor(token);
    },
  },
  consent_unknown: {
    status: 404,
    error: "invalid_request",
    says: /no such consent/,
    when: (service) =>
      service.operate("GET /v1/consents/{consent}", { parameters: { consent: "0123456789abcdef0123456789abcdef" } }),
  },
  consent_exists: {
    status: 409,
    error: "invalid_request",
    says: /withdraw it first/,
    when: async (service) => {
      await giveConsent(service);
      service.world.pass(1);
      return sendConsent(service);
    },
  },
  consent_ended: {
    status: 403,
    error: "access_denied",
    says: /ask the person for another one/,
    when: async (service) => {
      const id = await giveConsent(service);
      service.world.ports.tasks.before = async (method) => {
        if (method === "open") await withdrawConsent(service, id);
      };
      return service.exchangeFor(service.world.personToken({ may_act: undefined }), {
        authorization_details: JSON.stringify(CEILING),
      });
    },
  },
  agent_unknown: {
    status: 400,
    error: "invalid_request",
    says: /ask its owner to register it/,
    when: (service) => service.exchange({ subject_token: service.world.agentToken({ sub: "agent:nobody" }) }),
  },
  agent_ambiguous: {
    status: 400,
    error: "invalid_request",
    says: /an alarm asks the operators to look/,
    when: (service) => {
      service.world.addAgent({ id: "twin", bindings: [{ issuer: "robots", claims: { sub: "agent:demo" } }] });
      return service.exchange();
    },
  },
  agent_inactive: {
    status: 403,
    error: "access_denied",
    says: /suspended, or past its end date/,
    when: (service) => {
      service.world.addAgent({ id: "demo", status: "suspended" });
      return service.exchange();
    },
  },
  halted: {
    status: 403,
    error: "access_denied",
    says: /until they lift it/,
    when: async (service) => {
      await service.panic();
      return service.exchange();
    },
  },
  agent_cooling_down: {
    status: 429,
    error: "slow_down",
    says: /starts nothing for a while; wait as long as Retry-After says/,
    when: async (service) => {
      await service.world.ports.coolDowns.begin({
        agent: "demo",
        at: service.world.nowSeconds(),
        by: "escalation:E8:x",
      });
      return service.exchange();
    },
  },
  account_halted: {
    status: 403,
    error: "access_denied",
    says: /until the operators lift the halt/,
    when: async (service) => {
      const { ports } = service.world;
      await ports.accountHalts.halt({ account: ACCOUNT, at: service.world.nowSeconds(), by: "escalation:E3:x" });
      return service.exchange();
    },
  },
  role_full: {
    status: 429,
    error: "slow_down",
    says: /as long as Retry-After says/,
    when: (service) => {
      fillRoles(service.world);
      return service.exchange();
    },
  },
  too_many_tasks: {
    status: 429,
    error: "slow_down",
    says: /end one first\. It may have 1\./,
    when: async (service) => {
      service.world.addAgent({ id: "demo", limits: { liveTasks: 1, taskSeconds: 900 } });
      await service.start();
      return service.exchange();
    },
  },
  too_many_children: {
    status: 429,
    error: "slow_down",
    says: /wait until one has ended/,
    when: async (service) => {
      const held = await service.start();
      for (let count = 0; count < 20; count += 1) await service.startBelow(held);
      return service.exchangeDelegation(await service.delegation(held));
    },
  },
  too_many_requests: {
    status: 429,
    error: "slow_down",
    says: /wait as long as Retry-After says\. At most 1 a minute/,
    when: async (service) => {
      service.world.addAgent({ id: "demo", limits: { liveTasks: 9, taskSeconds: 900, tasksPerMinute: 1 } });
      await service.start();
      return service.exchange();
    },
  },
  too_many_tokens: {
    status: 429,
    error: "slow_down",
    says: /as many tokens as it may have/,
    when: async (service) => {
      const tools = JSON.stringify([{ type: "tool", server: "tickets", tools: ["search"] }]);
      for (let repeat = 0; repeat < TOKEN_LIMITS.tokens; repeat += 1)
        await service.start({ idempotency_key: "one", authorization_details: tools });
      return service.exchange({ idempotency_key: "one", authorization_details: tools });
    },
  },
  renewed_too_soon: {
    status: 429,
    error: "slow_down",
    says: /less than ten seconds ago; use those/,
    when: async (service) => {
      const held = await service.start();
      // Another process: it does not have the session that was just given out.
      return new FakeService(service.world, { ...service.world.ports, recent: nothingRecent }).renew(held);
    },
  },
  intent_invalid: {
    status: 400,
    error: "invalid_authorization_details",
    says: /authorization_details\[0\]\.account is not an account/,
    when: (service) => service.exchange({ authorization_details: details({ account: "999999999999" }) }),
  },
  intent_too_large: {
    status: 400,
    error: "invalid_authorization_details",
    says: /Its first \d+ of 20 pairs fit; put the others into another detail or task/,
    when: (service) => service.exchange({ authorization_details: details({ resources: manyReports }) }),
  },
  authorization_pending: {
    status: 400,
    error: "authorization_pending",
    says: /People have not decided about this task yet/,
    when: async () => {
      const scene = new ApprovalScene();
      return scene.poll(await scene.waiting());
    },
  },
  slow_down: {
    status: 400,
    error: "slow_down",
    says: /ask each five seconds/,
    when: async () => {
      const scene = new ApprovalScene();
      const held = await scene.waiting();
      for (let count = 0; count < 15; count += 1) await scene.poll(held);
      return scene.poll(held);
    },
  },
  too_many_approvals: {
    status: 429,
    error: "slow_down",
    says: /asked people for as much as it may for now/,
    when: async () => {
      const scene = new ApprovalScene();
      const held = await scene.waiting();
      await scene.deny(held);
      return scene.ask();
    },
  },
  policy_denied: {
    status: 403,
    error: "access_denied",
    says: /see the denials/,
    when: (service) =>
      service.exchange({ authorization_details: details({ resources: ["arn:aws:s3:::acme-data/payroll"] }) }),
  },
  subject_token_unknown: {
    status: 400,
    error: "invalid_request",
    says: /is not the task token of a task here/,
    when: (service) => service.present("vk_nothing"),
  },
  task_token_invalid: {
    status: 401,
    error: "invalid_token",
    says: /send it in the Authorization header/,
    when: (service) => service.readTask({ id: "k7f3m2q9x4ab.", token: "vk_nothing" }),
  },
  task_ended: {
    status: 403,
    error: "invalid_grant",
    says: /start a new one/,
    when: async (service) => {
      const held = await service.start();
      await service.complete(held);
      return service.renew(held);
    },
  },
  task_unknown: {
    status: 404,
    error: "invalid_request",
    says: /no such task/,
    when: (service) => service.endTask("k7f3m2q9x4ab."),
  },
  lease_unknown: {
    status: 404,
    error: "invalid_request",
    says: /no lease of that name/,
    when: async (service) => service.renew(await service.start(), "aws-7"),
  },
  operator_token_invalid: {
    status: 401,
    error: "invalid_token",
    says: /operator's OIDC token is needed/,
    when: (service) => service.operate("GET /v1/agents", { token: service.world.agentToken() }),
  },
  operator_denied: {
    status: 403,
    error: "access_denied",
    says: /The operation is valetkey:ListAgents/,
    when: (service) =>
      service.operate("GET /v1/agents", { token: service.world.operatorToken({ sub: "mallory", groups: [] }) }),
  },
  client_unauthenticated: {
    status: 401,
    error: "invalid_client",
    says: /as client_assertion \(RFC 7523\) or as Bearer/,
    when: (service) => service.introspect("anything", { client_assertion: undefined }),
  },
  agent_invalid: {
    status: 400,
    error: "invalid_request",
    says: /bindings must be a list of 1 to 20/,
    when: (service) => register(service, { ...registration, bindings: [] }),
  },
  agent_exists: {
    status: 409,
    error: "invalid_request",
    says: /ids are never reused/,
    when: (service) => register(service, { ...agentBoundBy({ sub: "agent:fresh" }), id: "demo" }),
  },
  binding_overlaps: {
    status: 409,
    error: "invalid_request",
    says: /make them differ in a required claim/,
    when: (service) => register(service, agentBoundBy({ sub: "agent:demo", ref: "main" })),
  },
  agent_offboarded: {
    status: 409,
    error: "invalid_request",
    says: /that is final/,
    when: (service) => {
      service.world.addAgent({ id: "demo", status: "offboarding" });
      return service.operate("POST /v1/agents/{agent}/resume", { parameters: { agent: "demo" } });
    },
  },
  not_offboarding: {
    status: 404,
    error: "invalid_request",
    says: /no report/,
    when: (service) => service.offboarding(),
  },
  account_not_found: {
    status: 404,
    error: "invalid_request",
    says: /no target account with this id/,
    when: (service) => service.operate("POST /v1/accounts/{account}/lift", { parameters: { account: "123456789012" } }),
  },
  agent_not_found: {
    status: 404,
    error: "invalid_request",
    says: /no agent with this id/,
    when: (service) => service.suspend("nobody"),
  },
  issuer_unreachable: {
    status: 503,
    error: "temporarily_unavailable",
    says: /nothing was issued, try again/,
    when: (service) => {
      service.world.ports.tokens.before = outage("issuer_unreachable");
      return service.exchange();
    },
  },
  store_unavailable: {
    status: 503,
    error: "temporarily_unavailable",
    says: /nothing was issued, try again/,
    when: (service) => {
      service.world.ports.tasks.before = outage("store_unavailable");
      return service.exchange();
    },
  },
  sts_unavailable: {
    status: 503,
    error: "temporarily_unavailable",
    says: /nothing was issued, try again/,
    when: (service) => {
      service.world.ports.sessions.before = outage("sts_unavailable");
      return service.exchange();
    },
  },
  sts_refused: {
    status: 502,
    error: "server_error",
    says: /an alarm asks the operators to look/,
    when: (service) => {
      service.world.ports.sessions.before = outage("sts_refused");
      return service.exchange();
    },
  },
  deployment_broken: {
    status: 503,
    error: "temporarily_unavailable",
    says: /its operators have to look/,
    when: ({ world }) =>
      new FakeService(world, world.ports, new BrokenDeployment("file_missing", "policies.json")).exchange(),
  },
  // No route leads to a connector yet: what a port refuses with is answered as it stands.
  secret_held: {
    status: 409,
    error: "invalid_request",
    says: /Another task holds a secret/,
    when: refusedBySessions("secret_held"),
  },
  secret_not_found: {
    status: 404,
    error: "invalid_request",
    says: /no managed secret of this name/,
    when: (service) => service.operate("GET /v1/secrets/{secret}", { parameters: { secret: "reports~none" } }),
  },
  secret_not_rotated: {
    status: 409,
    error: "invalid_request",
    says: /not one that valetkey rotates/,
    when: (service) => {
      service.world.ports.inventory.add("reports/plain");
      return service.operate("POST /v1/secrets/{secret}/rotate", { parameters: { secret: "reports~plain" } });
    },
  },
  connector_unavailable: {
    status: 503,
    error: "temporarily_unavailable",
    says: /nothing was handed out, try again/,
    when: refusedBySessions("connector_unavailable"),
  },
  connector_refused: {
    status: 502,
    error: "server_error",
    says: /an alarm asks the operators to look/,
    when: refusedBySessions("connector_refused"),
  },
  contended: {
    status: 503,
    error: "temporarily_unavailable",
    says: /changed at the same moment; try again/,
    when: async (service) => {
      const held = await service.start();
      service.world.ports.tasks.before = (method) => {
        if (method === "end") throw new Refusal("contended");
      };
      return service.complete(held);
    },
  },
  overloaded: {
    status: 503,
    error: "temporarily_unavailable",
    says: /nothing was looked at, wait as long as Retry-After says/,
    when: (service) => service.exchange({}, service.world.nowSeconds() * 1_000 - 9_000),
  },
  session_policy_unproven: {
    status: 503,
    error: "temporarily_unavailable",
    says: /could not be shown to allow only what policy permits; nothing was handed out/,
    when: (service) =>
      new FakeService(service.world, {
        ...service.world.ports,
        proofs: { answer: () => ({ verdict: "unknown", why: "budget" }) },
      }).exchange(),
  },
  agent_changed: {
    status: 503,
    error: "temporarily_unavailable",
    says: /decided by what it was; nothing was handed out, try again/,
    when: (service) => service.exchange(movedBehindTheCache(service)),
  },
  approval_unknown: {
    status: 404,
    error: "invalid_request",
    says: /no such request for approval/,
    when: (service) => decided(service, { id: "0123456789abcdef0123" }),
  },
  approval_denied: {
    status: 403,
    error: "access_denied",
    says: /has decided against this request; ask for something else/,
    when: async (service) => {
      const asked = await askForApproval(service.world);
      await decided(service, asked);
      return decided(service, asked);
    },
  },
  approval_expired: {
    status: 403,
    error: "access_denied",
    says: /nobody has denied it. Ask again/,
    when: async (service) => {
      const asked = await askForApproval(service.world);
      service.world.pass(901);
      return decided(service, asked);
    },
  },
  approval_void: {
    status: 403,
    error: "access_denied",
    says: /is not what was to be approved; .* Ask again/,
    when: async (service) => {
      const asked = await askForApproval(service.world);
      service.world.ports.ballots.voids.set(asked.id, { at: service.world.nowSeconds(), changed: ["ttl"] });
      return decided(service, asked);
    },
  },
  already_used: {
    status: 409,
    error: "invalid_request",
    says: /end the task instead: POST/,
    when: async (service) => {
      const asked = await askForApproval(service.world);
      const task = taskPath(asked.record.task);
      if (task) service.world.ports.ballots.uses.set(asked.id, [aUseOf({ path: task })]);
      return decided(service, asked);
    },
  },
  vote_invalid: {
    status: 400,
    error: "invalid_request",
    says: /no vote on this request. It was signed for another request: sign in again/,
    when: async (service) => {
      const asked = await askForApproval(service.world);
      const vote = voteToken(service.world, ["A".repeat(43)]);
      return decided(service, asked, { decision: "approve", vote });
    },
  },
  step_up_required: {
    status: 401,
    error: "insufficient_user_authentication",
    says: /open the page in console and sign in there/,
    when: () => perform(steppingUp(), OFFBOARD, "none"),
  },
  sign_in_used: {
    status: 409,
    error: "invalid_request",
    says: /sign in again, for this alone/,
    when: async () => {
      const service = steppingUp();
      service.world.addAgent({ id: "other" });
      await perform(service, OFFBOARD);
      return perform(service, { ...OFFBOARD, agent: "other" });
    },
  },
  not_eligible: {
    status: 403,
    error: "access_denied",
    says: /You may not decide about this request. You own the agent/,
    when: async (service) => decided(service, await askForApproval(service.world), DENIAL, "owner"),
  },
};

const OFFBOARD = { route: "POST /v1/agents/{agent}/offboard", agent: "demo" } as const;
const steppingUp = () => new FakeService(fakeWorld({ deployment: STEPPING_UP }));

const DENIAL = { decision: "deny", reason: "not now" } as const;

/** Decides about a request, by a denial unless said otherwise. */
const decided = (service: FakeService, { id }: { readonly id: string }, body: object = DENIAL, sub = "bob") =>
  service.operate("POST /v1/approvals/{approval}/decide", {
    ...{ parameters: { approval: id }, body, token: approverToken(service.world, sub) },
  });

/** The agent's owner is another by now, and the process that answers has not heard of it. */
function movedBehindTheCache({ world: { ports } }: FakeService): Record<string, never> {
  const agent = ports.agents.agents.get("demo");
  if (!agent) throw new Error("no demo");
  ports.agents.cached.set("demo", agent);
  ports.agents.agents.set("demo", { ...agent, owner: "carol@acme.test" });
  return {};
}

const nothingRecent = { find: () => undefined, keep: () => undefined };

describe("every refusal can be reached, and says what to do", () => {
  it.each(Object.entries(REFUSED))("%s", async (code, { status, error, says, when }) => {
    const answer = await when(new FakeService(fakeWorld()));
    expect(answer).toMatchObject({ status, body: { code, error, error_description: expect.stringMatching(says) } });
    expect(answer.headers).toMatchObject({ "cache-control": "no-store", "content-type": "application/json" });
    expect(Object.keys(answer.body)).not.toContain("credentials");
  });

  it("a 401 names its scheme, as RFC 6750 has it, and a 429 or an outage that has an end names when", async () => {
    const service = new FakeService(fakeWorld());
    expect((await REFUSED.task_token_invalid.when(service)).headers["www-authenticate"]).toMatch(/^Bearer realm=/);
    const tooMany = await REFUSED.too_many_tasks.when(new FakeService(fakeWorld()));
    expect(tooMany.headers["retry-after"]).toBe("30");
    const tooSoon = await REFUSED.renewed_too_soon.when(new FakeService(fakeWorld()));
    expect(tooSoon.headers["retry-after"]).toBe("10");
  });

  it("an error of the credentials endpoint carries what the AWS SDKs read", async () => {
    const answer = await REFUSED.task_ended.when(new FakeService(fakeWorld()));
    expect(answer.body).toMatchObject({ Code: "task_ended", Message: expect.stringMatching(/start a new one/) });
  });
});
