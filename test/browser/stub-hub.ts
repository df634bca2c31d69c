import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { decodeJwt } from "jose";
import type { Shown } from "../../console/approvals/prove-record.ts";
import { agentId } from "../../contract/agent-id.ts";
import { approvalId } from "../../contract/approval-id.ts";
import { mayInWords } from "../../contract/decision/may-in-words.ts";
import { glassNonce, recordHash, voteNonce } from "../../contract/decision/record-hash.ts";
import type { ApprovalRecord } from "../../functions/core/approvals/approval-record.ts";
import { accountId } from "../../functions/core/deployment/account-id.ts";
import { spelled } from "../fakes/samples/spelled.ts";
import { operateAnswer, type StubOperate, stubOperate } from "./stub-operate.ts";

/**
 * The routes of approvals, as the console sees them, in memory. Replaces the API, so that a test can make it lie, fail
 * and wait.
 */
export interface StubHub {
  readonly url: string;
  readonly approvals: Map<string, Shown>;
  /** Answers of other reads, by path; and to `POST /v1/policies/explain`. */
  readonly reads: Map<string, unknown>;
  readonly operate: StubOperate;
  /** Bodies of decisions, in order. */
  readonly decided: Readonly<Record<string, unknown>>[];
  /** Operators' acts, in order. */
  readonly performed: { readonly path: string; readonly body: Readonly<Record<string, unknown>> }[];
  /** Paths and queries of every request, in order. */
  readonly requests: string[];
  /** Requests that were answered with 304. */
  readonly unchanged: string[];
  /** Answers in place of the usual answers, while it is defined and returns true. */
  answer: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
  close(): void;
}

export async function startStubHub(port: number, origin: string): Promise<StubHub> {
  const url = `http://127.0.0.1:${port}`;
  const stub: StubHub = {
    url,
    approvals: new Map(),
    reads: new Map(),
    operate: stubOperate(),
    decided: [],
    performed: [],
    requests: [],
    unchanged: [],
    answer: undefined,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname } = new URL(request.url ?? "", url);
    const shared = {
      "access-control-allow-origin": origin,
      "access-control-allow-headers": "authorization,content-type,if-none-match",
      "access-control-allow-methods": "GET,POST",
      "access-control-expose-headers": "date,etag,retry-after",
    };
    if (request.method === "OPTIONS") return void response.writeHead(204, shared).end();
    stub.requests.push(request.url ?? "");
    for (const [name, value] of Object.entries(shared)) response.setHeader(name, value);
    if (stub.answer?.(request, response)) return;
    const json = (status: number, body: unknown): void => {
      const [text, isRead] = [JSON.stringify(body), request.method === "GET" && status === 200];
      const etag = `"${createHash("sha256").update(text).digest("base64url")}"`;
      const isKnown = isRead && request.headers["if-none-match"] === etag;
      if (isKnown) stub.unchanged.push(request.url ?? "");
      response
        .writeHead(isKnown ? 304 : status, { "content-type": "application/json", ...(isRead ? { etag } : {}) })
        .end(isKnown ? undefined : text);
    };
    if (pathname.startsWith("/.well-known/")) return json(200, { issuer: url });
    if (!request.headers.authorization?.startsWith("Bearer ey"))
      return json(401, { error: "invalid_token", error_description: "No token.", code: "token_missing" });
    if (pathname === "/v1/approvals")
      return json(200, {
        approvals: [...stub.approvals.values()].map(({ record, ...rest }) => ({
          ...{ ...record, ...rest, may: mayInWords(record.grants) },
          created_at: new Date(record.created_at * 1_000).toISOString(),
          expires_at: new Date(record.expires_at * 1_000).toISOString(),
        })),
      });
    const read = stub.reads.get(pathname);
    if (read !== undefined && (request.method === "GET" || pathname.endsWith("/explain"))) return json(200, read);
    if (pathname.endsWith("/earlier")) return json(200, { since: new Date(0).toISOString(), cut: false, requests: [] });
    const text = await textOf(request);
    const operated = operateAnswer(stub.operate, request.method ?? "", new URL(request.url ?? "", url), text);
    if (operated) return json(...operated);
    const [, ended] = /^\/v1\/tasks\/([\w.]+)\/end$/.exec(pathname) ?? [];
    if (ended !== undefined) {
      for (const [id, shown] of stub.approvals)
        if (shown.task?.id === ended) stub.approvals.set(id, { ...shown, task: { id: ended, live: false } });
      return json(200, { task: ended, status: "revoked" });
    }
    if (/^\/v1\/(agents|panic|consents)\b/.test(pathname)) {
      stub.performed.push({ path: pathname, body: JSON.parse(text) as Record<string, unknown> });
      return json(200, {});
    }
    const [, id = "", act] = /^\/v1\/approvals\/([\w-]+)(?:\/(decide|withdraw|review))?$/.exec(pathname) ?? [];
    const shown = stub.approvals.get(id);
    if (!shown) return json(404, { code: "approval_unknown", error_description: "Unknown." });
    if (act === undefined) return json(200, shown);
    const body = JSON.parse(text || "{}") as Record<string, unknown>;
    stub.decided.push(body);
    const after = await decide(shown, act, body);
    if (typeof after === "string") return json(409, { code: after, error_description: after });
    stub.approvals.set(id, after);
    json(200, { status: after.status, needed: after.needed });
  };
  const server = createServer((request, response) => void respond(request, response));
  await new Promise<void>((listening) => server.listen(port, "127.0.0.1", listening));
  return stub;
}

async function decide(shown: Shown, act: string, body: Readonly<Record<string, unknown>>): Promise<Shown | string> {
  const at = new Date().toISOString();
  if (shown.status === "denied") return "approval_denied";
  if (act === "review") return shown.review ? { ...shown, review: { ...shown.review, done: true } } : "already_used";
  if (act === "withdraw")
    return { ...shown, status: "withdrawn", outcome: { decision: "withdrawn", by: "staff|person:alice", at } };
  if (body.decision === "deny")
    return {
      ...shown,
      status: "denied",
      outcome: { decision: "denied", by: "staff|person:alice", reason: String(body.reason), at },
    };
  const hashes = Array.isArray(body.hashes) ? body.hashes.map(String) : [shown.hash];
  const nonce = body.decision === "break_glass" ? await glassNonce(shown.hash) : await voteNonce(hashes);
  if (decodeJwt(String(body.vote)).nonce !== nonce) return "vote_invalid";
  if (!hashes.includes(shown.hash)) return "vote_invalid";
  const [first, ...others] = shown.needed;
  const needed = first ? [{ ...first, have: first.have + 1 }, ...others] : [];
  const isFull = needed.every(({ have, count }) => have >= count);
  return {
    ...shown,
    needed,
    status: isFull ? "approved" : "pending",
    votes: [{ group: first?.group ?? "", by: "staff|person:alice", cast_at: at, you: true }],
    you: { groups: ["sre"], may_vote: true, has_voted: true },
  };
}

/** A request as the API answers it. @param changes of its record. */
export async function aRequest(
  hub: string,
  { id = "ap7f3k2m9q4x8b5c", ...changes }: Partial<Omit<ApprovalRecord, "id">> & { readonly id?: string } = {},
): Promise<Shown> {
  const now = Math.floor(Date.now() / 1_000);
  const record: ApprovalRecord = {
    version: 1,
    hub,
    id: approvalId(id),
    decision: "vend",
    nonce: "b2JzY3VyZS1ub25jZS0xMg",
    task: "k7f3m2q9x4ab.",
    agent: { id: agentId("site-deployer"), name: "site deployer", owner: "staff|person:carol", team: "web" },
    person: { issuer: "staff", value: "person:dora" },
    chain: [agentId("release-planner")],
    purpose: "Deploy the new landing page to production, as planned in change 4711",
    authorization_details: [],
    grants: [
      {
        type: "aws",
        account: accountId("111122223333"),
        actions: spelled("s3:PutObject", "s3:DeleteObject"),
        resources: ["arn:aws:s3:::acme-site/live/*"],
        conditions: { StringEquals: { "aws:RequestedRegion": ["eu-central-1"] } },
      },
      {
        type: "aws",
        account: accountId("111122223333"),
        actions: spelled("cloudfront:CreateInvalidation"),
        resources: ["arn:aws:cloudfront::111122223333:distribution/E2QWRUHAPOMQZL"],
      },
      { type: "tool", server: agentId("tickets"), tools: ["comment", "close"] },
    ],
    session_policies: { "aws-0": "mZ0n1H3fVb8bqk2Yl8o1m3cQ5y2q8r1S0tUuVvWwXxY" },
    accounts: [accountId("111122223333")],
    ttl: 900,
    needed: [
      { group: "security", count: 1 },
      { group: "sre", count: 2 },
    ],
    bundle: "d1b2c3",
    created_at: now - 60,
    expires_at: now + 840,
    ...changes,
  };
  return {
    record,
    hash: await recordHash(record),
    status: "pending",
    needed: record.needed.map((each) => ({ ...each, have: 0 })),
    votes: [],
    you: { groups: ["sre"], may_vote: true, has_voted: false },
    sign_in: {
      ...{ issuer: "staff", url: "https://login.example.com", client_id: "approvals", redirect_uri: `${hub}/callback` },
      ...{ token_exchange: "browser", acr_values: "phr" },
    },
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += chunk;
  return text;
}
