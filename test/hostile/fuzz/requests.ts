import type { ApprovalId } from "../../../contract/approval-id.ts";
import { TOKEN, TOKEN_TYPES } from "../../../contract/names.ts";
import { type Act, actHash } from "../../../functions/core/approvals/act-record.ts";
import { glassNonce, recordHash, reviewNonce } from "../../../functions/core/approvals/approval-record.ts";
import { recordIn, sealedUseOf } from "../../../functions/core/approvals/stored-approval.ts";
import { Refusal } from "../../../functions/core/refusal.ts";
import type { HttpAnswer, HttpEvent } from "../../../functions/http/event.ts";
import type { RouteKey } from "../../../functions/routes.ts";
import { anAcceptance } from "../../fakes/samples/accepted-model.ts";
import { EVERY_PATH } from "../../fakes/world/every-path.ts";
import { ACCOUNT } from "../../fakes/world/world.ts";
import type { HostileWorld } from "../hostile-world.ts";
import { keysUrl } from "../issuers-web.ts";
import type { Step } from "./steps.ts";

/** Tokens that the attackers of one sequence hold together, and the tasks that they know of. */
export interface Holdings {
  readonly tokens: string[];
  readonly taskTokens: string[];
  readonly presentations: string[];
  readonly tasks: string[];
  /** Requests that people decide on. */
  readonly approvals: ApprovalId[];
  readonly consents: string[];
}

/** Builds the request of the step's choices. */
export function eventOf(step: Step, held: Holdings, world: HostileWorld): HttpEvent {
  const token = proofOf(step, held, world);
  held.tokens.push(token);
  const form = formOf(step, token, held);
  const body = form
    ? new URLSearchParams(
        Object.entries(form).filter(([, value]) => value !== undefined) as [string, string][],
      ).toString()
    : textOf(jsonOf(step, held, world));
  const task = taskOf(token) ?? pick(held.tasks, step.choice) ?? "k7f3m2q9x4ab.";
  const type = form ? "application/x-www-form-urlencoded" : "application/json";
  const bend = (part: Step["bend"]["part"], text: string): string =>
    step.bend.part === part ? bent(text, step.bend) : text;
  return {
    routeKey: step.route,
    headers: {
      "content-type": bend("type", type),
      authorization: bend("authorization", step.choice % 2 === 0 ? token : `Bearer ${token}`),
    },
    rawQueryString: bend("query", queryOf(step)),
    pathParameters: {
      approval: bend("task", latest(held.approvals, step.choice) ?? "0123456789abcdef"),
      consent: bend("task", latest(held.consents, step.choice) ?? "0".repeat(32)),
      task: bend("task", task),
      lease: step.lease,
      agent: step.agent,
      secret: step.agent,
      person: step.choice % 2 === 0 ? "staff|pat" : step.agent,
      account: step.lease === "aws-0" ? ACCOUNT : step.lease,
      condition: step.lease === "aws-0" ? "change-freeze" : step.lease,
    },
    body: step.route.startsWith("GET") ? undefined : bend("body", body),
    isBase64Encoded: false,
    requestContext: { requestId: "request-1", http: { sourceIp: "203.0.113.7" } },
  };
}

/** Answers the request, with the step's outage for its duration. */
export async function answerTo(step: Step, event: HttpEvent, world: HostileWorld): Promise<HttpAnswer> {
  const { tasks, agents, sessions, locks } = world.ports;
  const page = world.web.pages.get(keysUrl("robots"));
  const out = (code: "store_unavailable" | "sts_unavailable") => () => {
    throw new Refusal(code);
  };
  if (step.outage === "store") tasks.before = agents.before = locks.before = out("store_unavailable");
  if (step.outage === "sts") sessions.before = out("sts_unavailable");
  if (step.outage === "keys") world.web.pages.delete(keysUrl("robots"));
  try {
    return await EVERY_PATH[step.route](event, world.ports);
  } finally {
    tasks.before = agents.before = sessions.before = locks.before = () => undefined;
    if (page) world.web.pages.set(keysUrl("robots"), page);
  }
}

function proofOf(step: Step, held: Holdings, world: HostileWorld): string {
  if (step.proof === "other") {
    const first = held.tokens.filter((token) => token.startsWith("eyJ")).slice(0, 1);
    return pick([...first, ...held.tokens, ...held.taskTokens, ...held.presentations], step.choice) ?? "";
  }
  if (step.proof !== "right") return step.proof;
  if (step.route.includes("approvals")) {
    const groups = step.choice % 5 === 0 ? [] : ["g-sre", "valetkey-approvers"];
    return world.mint({
      issuer: "staff",
      claims: { sub: voterOf(step.route, 0), aud: "https://valetkey.test/operate", groups },
    });
  }
  if (step.route === ACCEPT) {
    const groups = step.choice % 5 === 0 ? [] : ["valetkey-security"];
    return world.mint({ issuer: "staff", claims: { sub: "kim", aud: "https://valetkey.test/operate", groups } });
  }
  if (step.route.includes("consents")) {
    const groups = step.choice % 5 === 0 ? [] : ["support"];
    return world.mint({ issuer: "staff", claims: { sub: "pat", aud: "https://valetkey.test/operate", groups } });
  }
  if (
    step.route.includes("agents") ||
    step.route === "GET /v1/tasks" ||
    /\/end$|receipt$|ledger$|journal$|panic|secrets|people|accounts|conditions|budgets|policies|overview|escalations/.test(
      step.route,
    )
  ) {
    const sub = step.choice % 5 === 0 ? "mallory" : "alice";
    return world.mint({ issuer: "staff", claims: { sub, aud: "https://valetkey.test/operate" } });
  }
  if (step.route === "POST /v1/introspect")
    return world.mint({ claims: { sub: "agent:tickets", aud: "https://valetkey.test/introspect" } });
  if (/\/(decide|self|self\/reach)$/.test(step.route)) return world.mint({ claims: { sub: "agent:demo" } });
  const isExchange = step.route === "POST /v1/token" && step.choice % 4 !== 0;
  const sub = step.choice % 11 === 1 ? "agent:nobody" : "agent:demo";
  if (isExchange || held.taskTokens.length === 0) return world.mint({ claims: { sub } });
  if (step.route === "POST /v1/revoke" && step.choice % 2 === 0) return pick(held.presentations, step.choice) ?? "";
  return latest(held.taskTokens, step.choice) ?? "";
}

/** Query for own consents, for a person's, or for an agent's tasks. */
const queryOf = ({ route, agent, choice }: Step): string => {
  const name = encodeURIComponent(agent.toWellFormed());
  if (route === "GET /v1/consents") return choice % 2 === 0 ? "" : `person=${name}`;
  if (route === "GET /v1/journal" && choice % 2 === 1)
    return `person=${name}&task=k7f3m2q9x4ab.&since=2026-11-01T00:00:00Z&denied=true&before=${choice + 1}`;
  if (route === "GET /v1/budgets")
    return pick(["", `name=${name}`, `person=${name}`, `tree=${name}&after=${name}`], choice) ?? "";
  return `agent=${name}`;
};

const jsonOf = (step: Step, held: Holdings, world: HostileWorld): unknown => {
  if (/\/(?:decide|review)$/.test(step.route)) return decisionOf(step, held, world);
  if (step.route === ACCEPT) return acceptanceOf(step, held, world);
  return step.route === "POST /v1/consents" ? consentOf(step, held, world) : step.json;
};

const ACCEPT = "POST /v1/agents/{agent}/threat-model" satisfies RouteKey;

/** Acceptance of the deployed model of `demo`, with a vote for it, or with a vote for another agent's model. */
function acceptanceOf({ json, choice }: Step, held: Holdings, world: HostileWorld): unknown {
  if (json !== "acceptance") return json;
  const { body } = anAcceptance(world);
  const path = `/v1/agents/${choice % 7 === 0 ? "tickets" : "demo"}/threat-model`;
  return votedBody({ method: "POST", path, body }, "kim", held, world);
}

/** A consent with a vote for it, or with a vote for the consent before the step's change. */
function consentOf({ json, details, purpose, agent, choice }: Step, held: Holdings, world: HostileWorld): unknown {
  if (json !== "consent") return json;
  const body = { agent, purpose, authorization_details: details };
  return votedBody({ method: "POST", path: "/v1/consents", body }, choice % 7 === 0 ? "kim" : "pat", held, world);
}

/** Body of an act with a person's vote for it. */
function votedBody(act: Act, sub: string, held: Holdings, world: HostileWorld): object {
  const made = { nonce: "A".repeat(22), created_at: world.nowSeconds() };
  const vote = world.mint({
    issuer: "staff",
    claims: {
      ...{ sub, aud: "approvals", auth_time: world.nowSeconds() },
      nonce: actHash({ version: 1, hub: "https://valetkey.test", act, ...made }),
    },
  });
  held.tokens.push(vote);
  return { ...act.body, step_up: { vote, ...made } };
}

/**
 * A vote that the people's issuer signed for the request, or for the use that broke the glass; a denial; or the step's
 * own JSON.
 */
function decisionOf({ route, json, choice, purpose }: Step, held: Holdings, world: HostileWorld): unknown {
  const isReview = route.endsWith("/review");
  if (json === "deny") return { decision: "deny", reason: purpose };
  if (json !== "approve" && json !== "break_glass" && !isReview) return json;
  const id = latest(held.approvals, choice);
  const { records, uses } = world.ports.ballots;
  const record = id && recordIn(records.get(id), id);
  const hash = record ? recordHash(record) : (id ?? "");
  const [use] = uses.get(id ?? "") ?? [];
  const nonce = isReview
    ? reviewNonce(id && use ? sealedUseOf(id, use) : {})
    : json === "break_glass"
      ? glassNonce(hash)
      : hash;
  const vote = world.mint({
    issuer: "staff",
    claims: {
      ...{ sub: voterOf(route, choice % 7 === 0 ? 1 : 0), aud: "approvals", nonce },
      ...{ auth_time: world.nowSeconds(), groups: ["g-sre", "valetkey-approvers"] },
    },
  });
  held.tokens.push(vote);
  return isReview ? { vote } : { decision: json, vote };
}

/** Person who acts on a request: Bob approves, and Carol reviews. */
const voterOf = (route: RouteKey, choice: number): string =>
  route.endsWith("/review") === (choice % 2 === 0) ? "carol" : "bob";

function formOf(step: Step, token: string, held: Holdings): Readonly<Record<string, string | undefined>> | undefined {
  if (step.route === "POST /v1/introspect")
    return {
      token:
        pick(
          [...held.presentations.slice(-1), ...held.presentations.slice(-2), ...held.taskTokens.slice(-1)],
          step.choice,
        ) ?? token,
    };
  if (step.route === "POST /v1/revoke") return { token };
  if (step.route !== "POST /v1/token" && step.route !== "POST /v1/decide") return undefined;
  const grant = { grant_type: "urn:ietf:params:oauth:grant-type:token-exchange", subject_token: token };
  if (token.startsWith("vk_")) {
    const common = { ...grant, subject_token_type: TOKEN_TYPES.task };
    return step.choice % 3 === 1
      ? { ...common, requested_token_type: TOKEN_TYPES.task }
      : { ...common, requested_token_type: TOKEN_TYPES.presentation, audience: "tickets" };
  }
  return {
    ...grant,
    subject_token_type: "urn:ietf:params:oauth:token-type:id_token",
    purpose: step.purpose,
    task_ttl: step.ttl,
    idempotency_key: step.key,
    mode: step.choice % 3 === 0 ? "narrow" : undefined,
    deliver: step.choice % 3 === 2 ? "sign" : undefined,
    authorization_details: textOf(step.details),
  };
}

/** JSON of anything that `fc.anything` makes. A value without JSON gets a text of its own. */
function textOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "undefined";
  } catch {
    return "[object]";
  }
}

const taskOf = (token: string): string | undefined => TOKEN.exec(token)?.[2];
/** One of the last two. */
const latest = <T extends string>(from: readonly T[], choice: number): T | undefined =>
  from.at(-1 - (choice % Math.min(2, Math.max(1, from.length))));
const pick = (from: readonly string[], choice: number): string | undefined => from[choice % Math.max(1, from.length)];

/** The text with an insertion, a deletion or a replacement. */
function bent(text: string, { at, text: more }: Step["bend"]): string {
  const place = at % (text.length + 1);
  const until = place + (at % 3 === 0 ? 0 : (at % 7) + 1);
  return text.slice(0, place) + (at % 3 === 1 ? "" : more) + text.slice(until);
}
