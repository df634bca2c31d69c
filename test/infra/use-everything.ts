import { createHash, randomUUID } from "node:crypto";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { expect, vi } from "vitest";
import { agentId } from "../../contract/agent-id.ts";
import { BUS_SOURCES, ESCALATION_EVENT, TOKEN_TYPES } from "../../contract/names.ts";
import { REFUSALS } from "../../functions/core/escalation/refused-uses.ts";
import { knownPath } from "../../functions/core/task-path.ts";
import { functionRoleName } from "../../functions/hub-names.ts";
import { SECRET_TAGS, TABLE_KEYS } from "../../functions/names.ts";
import { CALL_EVENT } from "../../infra/bus-rights.ts";
import type { ApprovingCloud } from "../contract/approving-cloud.ts";
import { BUCKET, patiently, putRequest } from "../contract/running-cloud.ts";
import { watchBriefly } from "../contract/short-probe.ts";
import {
  breakOffOffboarding,
  endHoursAgo,
  holdUntilRevoked,
  makeCheckDue,
  makeDueNow,
  tellTooEarly,
  waitForRotation,
  whileInactive,
} from "./hasten.ts";
import { revocationPoliciesIn, SCOPE } from "./tested-hub.ts";

const DETAIL = {
  type: "aws",
  account: "111122223333",
  actions: ["s3:GetObject"],
  resources: ["arn:aws:s3:::acme-data/reports/*"],
};

/** Request to S3 that the hub signs. */
export const READ_OBJECT = {
  lease: "aws-0",
  method: "GET",
  host: "s3.us-east-1.amazonaws.com",
  path: "/acme-data/reports/june.csv",
  query: "",
  headers: [["accept", "*/*"]],
  payload_hash: createHash("sha256").digest("hex"),
};

/** Policy whose permit counts each signature. */
export const COUNTED_CALLS = `@id("demo-tags-within-a-budget") @deliver("sign") @calls("tags 100/1h agent, of-tree 100/1h tree")
permit (principal in Team::"demo", action == Action::"s3:GetObjectTagging", resource is AWS::Resource)
when { resource.arn like "arn:aws:s3:::acme-data/reports/*" };`;

/** Event by which valetkey reports an escalation. */
const escalationOf = (task: string, account: string) => ({
  ...{ id: "escalated", source: BUS_SOURCES.own, account, time: new Date().toISOString() },
  "detail-type": ESCALATION_EVENT,
  detail: { version: "1", id: "x".repeat(43), rule: "E4", at: 1, account: DETAIL.account, task },
});

/** Event of a call by a session of a task role that nobody at valetkey made. */
const forgedCall = () => ({
  source: "aws.s3",
  account: DETAIL.account,
  "detail-type": CALL_EVENT,
  detail: {
    eventID: randomUUID(),
    eventTime: new Date().toISOString(),
    eventSource: "s3.amazonaws.com",
    eventName: "ListBuckets",
    userIdentity: {
      arn: `arn:aws:sts::${DETAIL.account}:assumed-role/valetkey-task-0/somebody`,
      accessKeyId: "ASIAFORGED",
    },
  },
});

/** Fields of the answers that the story reads. */
interface Answer {
  readonly access_token: string;
  readonly task: { readonly id: string };
  readonly accounts?: unknown;
  readonly secrets?: unknown;
  readonly report?: unknown;
}

/** Every route and every trigger, and the rarer turns that they take. */
export async function useEverything(running: ApprovingCloud): Promise<void> {
  const { cloud, url, voting } = running;
  const { audiences } = (await (await fetch(`${url}/.well-known/oauth-authorization-server`)).json()) as {
    audiences: { exchange: string; introspect: string; operate: string };
  };
  const call = async (path: string, wanted: number, bearer: string, body?: object | URLSearchParams) => {
    const json = body instanceof URLSearchParams || body === undefined ? {} : { "content-type": "application/json" };
    const request = {
      method: body === undefined ? "GET" : "POST",
      headers: { ...json, ...(bearer === "" ? {} : { authorization: `Bearer ${bearer}` }) },
      ...(body === undefined ? {} : { body: body instanceof URLSearchParams ? body : JSON.stringify(body) }),
    };
    const first = await patiently(() => fetch(url + path, request));
    const isAct = first.headers.get("www-authenticate")?.includes("insufficient_user_authentication");
    const response = isAct ? await voting.perform("person:alice", path, body) : first;
    const text = await response.text();
    if (response.status !== wanted) throw new Error(`${path}: ${response.status} instead of ${wanted}: ${text}`);
    return (text === "" ? {} : JSON.parse(text)) as Answer;
  };
  const operator = () => cloud.people.mint({ sub: "person:alice", aud: audiences.operate });
  const open = async (agent: string, wanted = 200, more: Record<string, string> = {}) =>
    call(
      "/v1/token",
      wanted,
      "",
      new URLSearchParams({
        grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
        subject_token: await cloud.agents.mint({ sub: `agent:${agent}`, aud: audiences.exchange }),
        subject_token_type: TOKEN_TYPES.idToken,
        purpose: "use every right",
        authorization_details: JSON.stringify([DETAIL, { type: "tool", server: "tickets", tools: ["search"] }]),
        // The session stays in the hub, so that each function that ends a task removes one.
        deliver: "sign",
        ...more,
      }),
    );

  /** Lets the task have tasks below it, so that its ending stays open until there is none. */
  const delegate = (token: string) =>
    call(
      "/v1/token",
      200,
      "",
      new URLSearchParams({
        grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
        subject_token: token,
        subject_token_type: TOKEN_TYPES.accessToken,
        requested_token_type: TOKEN_TYPES.delegation,
        audience: "tickets",
      }),
    );

  /** Uses a delegation token of the agent `tickets`. */
  const useDelegation = async (token: string, agent: string, wanted: number) =>
    call(
      "/v1/token",
      wanted,
      "",
      new URLSearchParams({
        grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
        subject_token: token,
        subject_token_type: TOKEN_TYPES.delegation,
        actor_token: await cloud.agents.mint({ sub: `agent:${agent}` }),
        actor_token_type: TOKEN_TYPES.jwt,
        purpose: "a part of it",
        authorization_details: JSON.stringify([DETAIL]),
      }),
    );

  await call("/v1/agents", 200, await operator());
  await call("/v1/agents/demo", 200, await operator());
  await call("/v1/overview", 200, await operator());
  await call("/v1/tasks", 200, await operator());
  const single = { id: "single", name: "single", owner: "owner@acme.test", team: "demo", limits: { live_tasks: 1 } };
  const bindings = [{ issuer: "local", claims: { sub: "agent:single" } }];
  await call("/v1/agents", 201, await operator(), { ...single, bindings });
  await call("/v1/agents", 409, await operator(), { ...single, bindings });
  await call("/v1/agents", 403, await cloud.people.mint({ sub: "person:mallory", aud: audiences.operate }));
  await call("/v1/agents/single", 200, await operator(), { name: "Single" });
  await call("/v1/agents/single/confirm", 200, await operator(), {});
  const acts = [{ act: "register", body: { ...single, id: "double", bindings } }];
  const rehearsed = await call("/v1/agents/double/rehearse", 200, await operator(), { acts });
  expect(rehearsed).toMatchObject({ acts: [{ refused: { code: "binding_overlaps" } }] });
  const question = { agent: "demo", authorization_details: [DETAIL] };
  const explained = await call("/v1/policies/explain", 200, await operator(), question);
  expect(explained).toMatchObject({ answer: "allowed", sessions: [{ proof: "proven" }] });
  await call("/v1/agents/demo/reach", 200, await operator());
  await call("/v1/policies", 403, await cloud.people.mint({ sub: "person:mallory", aud: audiences.operate }));

  // Repeated under one key, renewed, shown to a tool server, completed.
  const task = await open("demo", 200, { idempotency_key: "once" });
  await open("demo", 200, { idempotency_key: "once" });
  await open("demo", 409, { idempotency_key: "once", purpose: "something else" });
  await open("demo", 403, { authorization_details: '[{"type":"tool","server":"x1","tools":["y"]}]' });
  await call(`/v1/tasks/${task.task.id}`, 200, task.access_token);
  await call(`/v1/tasks/${task.task.id}/credentials/aws-0`, 200, task.access_token);
  await call(`/v1/tasks/${task.task.id}/credentials/aws-9`, 404, task.access_token);
  await call(`/v1/tasks/${task.task.id}/sign`, 200, task.access_token, READ_OBJECT);
  await call(`/v1/tasks/${task.task.id}/sign`, 403, task.access_token, { ...READ_OBJECT, host: "iam.amazonaws.com" });
  await whileInactive(cloud, agentId("demo"), () =>
    call(`/v1/tasks/${task.task.id}/sign`, 403, task.access_token, READ_OBJECT),
  );
  const counted = await open("demo", 200, {
    authorization_details: JSON.stringify([{ ...DETAIL, actions: ["s3:GetObjectTagging"] }]),
  });
  const readTags = { ...READ_OBJECT, query: "tagging" };
  await call(`/v1/tasks/${counted.task.id}/sign`, 200, counted.access_token, readTags);
  await call("/v1/budgets", 200, await operator());
  await call(`/v1/budgets?tree=${counted.task.id}`, 200, await operator());
  await call("/v1/self", 200, await cloud.agents.mint({ sub: "agent:demo" }));
  await call("/v1/self/reach", 200, await cloud.agents.mint({ sub: "agent:demo" }));
  const asked = await call(
    "/v1/decide",
    200,
    "",
    new URLSearchParams({
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      subject_token: await cloud.agents.mint({ sub: "agent:demo" }),
      subject_token_type: TOKEN_TYPES.jwt,
      purpose: "a question",
      authorization_details: JSON.stringify([DETAIL]),
    }),
  );
  expect(asked).toMatchObject({ agent: "demo", decision: "permitted" });
  const presentation = await call(
    "/v1/token",
    200,
    "",
    new URLSearchParams({
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      subject_token: task.access_token,
      subject_token_type: TOKEN_TYPES.accessToken,
      requested_token_type: TOKEN_TYPES.presentation,
      audience: "tickets",
    }),
  );
  const server = await cloud.agents.mint({ sub: "agent:tickets", aud: audiences.introspect });
  await call("/v1/introspect", 200, server, new URLSearchParams({ token: presentation.access_token }));
  await call("/v1/revoke", 200, "", new URLSearchParams({ token: presentation.access_token }));
  // A sub-agent uses its token. Another agent shows a second one, which is revoked for that (E7).
  await useDelegation((await delegate(task.access_token)).access_token, "tickets", 200);
  await useDelegation((await delegate(task.access_token)).access_token, "single", 400);
  // The other side was held for a tree by a login. It is revoked, and its window is about to begin.
  const labelled = await open("demo");
  const { access_token: given } = await delegate(labelled.access_token);
  await holdUntilRevoked(cloud, knownPath(labelled.task.id), "egress");
  await useDelegation(given, "tickets", 409);
  await call(`/v1/tasks/${labelled.task.id}/complete`, 200, labelled.access_token, { outcome: "success" });
  await cloud.settled();
  // A refusal of a known caller is recorded, and counted.
  await call(`/v1/tasks/${task.task.id}/complete`, 400, task.access_token, { outcome: "perhaps" });
  await call(`/v1/tasks/${task.task.id}/complete`, 200, task.access_token, { outcome: "success" });
  const revoked = await open("demo");
  await call("/v1/revoke", 200, "", new URLSearchParams({ token: revoked.access_token }));

  // A secret that one task at a time may have: handed out, and free again when the task is over.
  cloud.aws.admin(SCOPE.account).createSecret({
    name: "demo/api-key",
    value: "s3cr3t",
    tags: { "valetkey:managed": "true", "valetkey:exclusive": "true" },
  });
  const secret = JSON.stringify([{ type: "secret", actions: ["read"], identifiers: ["demo/api-key"] }]);
  const holding = await open("demo", 200, { authorization_details: secret });
  await open("demo", 409, { authorization_details: secret });
  await tellTooEarly(running, { path: holding.task.id, name: "secret-0" });
  await call(`/v1/tasks/${holding.task.id}/complete`, 200, holding.access_token, { outcome: "success" });
  await cloud.settled();

  // The exchange itself withdraws the task beyond the agent's limit. An operator ends the other.
  const only = await open("single");
  await open("single", 429);
  await delegate(only.access_token);
  await call("/v1/tasks?agent=single", 200, await operator());
  await call(`/v1/tasks/${only.task.id}/end`, 200, await operator(), {});
  await call(`/v1/tasks/${only.task.id}/receipt`, 200, await operator());
  await call("/v1/tasks?agent=demo&ended=true", 200, await operator());

  // A task's calls are counted.
  const reader = await running.start();
  const { endpoint, region } = cloud.aws;
  const s3 = new S3Client({ endpoint, region, credentials: { ...reader }, forcePathStyle: true });
  await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: "reports/weekly.csv" }));
  await vi.waitFor(async () => {
    const ledger = await call(`/v1/tasks/${reader.id}/ledger`, 200, await operator());
    expect(ledger).toMatchObject({ rows: [{ used: 1 }] });
  }, 60_000);
  await running.complete(reader);
  await cloud.probed();

  // The signed log shows the task. An operator to whom policy refuses the log is recorded, too.
  await cloud.settled();
  await cloud.hosts.archive.invoke({});
  const journal = await call(`/v1/journal?agent=demo&task=${reader.id}`, 200, await operator());
  expect(journal).toMatchObject({
    events: expect.arrayContaining([
      { index: expect.any(Number), event: expect.objectContaining({ of: reader.id, type: "task.ended" }) },
    ]),
  });
  await call("/v1/journal", 403, await cloud.people.mint({ sub: "person:mallory", aud: audiences.operate }));

  // A policy that was written and never acts, as a probe with less patience finds.
  cloud.aws.iamActsAfter(Number.POSITIVE_INFINITY);
  const stubborn = await open("demo");
  const endedAtMs = Date.now();
  await call(`/v1/tasks/${stubborn.task.id}/complete`, 200, stubborn.access_token, { outcome: "success" });
  await cloud.settled();
  expect(await watchBriefly(cloud, stubborn.task.id, endedAtMs)).toMatchObject([{ event: "not_observed" }]);
  cloud.aws.iamActsAfter(0);

  // The sweep has to finish both: an offboarding that broke off long ago, after its first write, and an agent at its
  // end date.
  for (const id of ["leaver", "brief"]) {
    const bindings = [{ issuer: "local", claims: { sub: `agent:${id}` } }];
    const ends = id === "brief" ? { ends_at: new Date(Date.now() + 3_000).toISOString().replace(/\.\d+Z/, "Z") } : {};
    await call("/v1/agents", 201, await operator(), { ...single, ...ends, id, name: id, bindings });
  }
  await open("leaver", 200, { authorization_details: '[{"type":"tool","server":"tickets","tools":["search"]}]' });
  await breakOffOffboarding(cloud, "leaver");

  // A forgotten task: the due list wrongly holds it for this very minute, and another task as well.
  await makeDueNow(cloud, (await open("demo")).task.id);
  const forgotten = await open("demo", 200, { task_ttl: "2" });
  await delegate(forgotten.access_token);
  await new Promise((resolve) => setTimeout(resolve, 3_100));
  await makeCheckDue(cloud);
  await makeDueNow(cloud, forgotten.task.id);
  await cloud.hosts.sweep.invoke({});

  // Events of a publisher, and a timer that nobody but its TTL removes.
  const fromOutside = await open("demo");
  await delegate(fromOutside.access_token);
  await putRequest(cloud, "task.end", { task: fromOutside.task.id });
  await cloud.settled();
  const suspended = await open("demo");
  await putRequest(cloud, "agent.suspend", { agent: "demo" });
  await cloud.settled();
  await call("/v1/agents/demo/resume", 200, await operator(), {});
  await cloud.settled();
  // Completed, revoked, ended by an operator and ended with the agent: the revocation policies name each.
  const policies = revocationPoliciesIn(cloud);
  for (const { task: ended } of [task, revoked, only, suspended]) expect(policies).toContain(`*:${ended.id}*`);
  // An agent that policy refuses too often cools down.
  const denied = {
    ...single,
    id: "denied",
    name: "denied",
    bindings: [{ issuer: "local", claims: { sub: "agent:denied" } }],
  };
  await call("/v1/agents", 201, await operator(), denied);
  const payroll = JSON.stringify([{ ...DETAIL, resources: ["arn:aws:s3:::acme-payroll/*"] }]);
  for (let times = 0; times < REFUSALS.most; times += 1) await open("denied", 403, { authorization_details: payroll });
  await cloud.settled();
  await open("denied", 429);
  // An escalation that is delivered twice suspends once.
  const escalated = escalationOf((await open("demo")).task.id, cloud.hubAccount);
  for (let times = 0; times < 2; times += 1) await cloud.hosts.intake.invoke(escalated);
  const found = await call("/v1/escalations?agent=demo", 200, await operator());
  expect(found).toMatchObject({ escalations: [{ rule: "E4", agent: "demo" }] });
  await call("/v1/agents/demo/resume", 200, await operator(), {});
  await putRequest(cloud, "agent.offboard", { agent: "single" });
  await cloud.settled();
  // Two seconds, since the count begins at the whole second before: of one second next to nothing may be left for the
  // vend.
  const overdue = await open("demo", 200, { task_ttl: "2" });
  await new Promise((resolve) => setTimeout(resolve, 2_100));
  await makeDueNow(cloud, overdue.task.id, 1);
  await cloud.aws.removeExpired(SCOPE.account, SCOPE.tableName, TABLE_KEYS.ttl);
  await cloud.settled();

  await call("/v1/agents/demo/suspend", 200, await operator(), {});
  await call("/v1/agents/demo/resume", 200, await operator(), {});
  const left = await call("/v1/agents/leaver", 200, await operator());
  const ended = await call("/v1/agents/brief", 200, await operator());
  expect([left, ended]).toMatchObject([{ status: "offboarded" }, { status: "suspended" }]);
  await call("/v1/agents/leaver/offboarding", 200, await operator());
  // An inactive agent's record holds the reason.
  await open("brief", 403);
  const asBrief = await cloud.agents.mint({ sub: "agent:brief", aud: audiences.introspect });
  await call("/v1/introspect", 401, asBrief, new URLSearchParams({ token: presentation.access_token }));
  await call("/v1/agents/demo/offboard", 200, await operator(), {});
  await call("/v1/agents/demo/offboarding", 200, await operator());
  // A refusal of an operator who may not panic is recorded.
  await call("/v1/panic", 403, await cloud.people.mint({ sub: "person:mallory", aud: audiences.operate }), {
    reason: "no right",
  });
  await call("/v1/panic", 200, await operator(), { reason: "use every right" });
  await call("/v1/panic", 200, await operator());
  await open("tickets", 403);
  // The agent knew a secret, so the sweep requests its rotation.
  expect(await cloud.hosts.sweep.invoke({})).toMatchObject({ failed: 0 });
  const { report } = await call("/v1/agents/demo/offboarding", 200, await operator());
  expect(report).toMatchObject({
    secrets: { entries: [{ secret: "demo/api-key", status: "pending_rotation", asked_at: expect.any(String) }] },
  });
  await call("/v1/panic/lift", 200, await operator(), {});
  await cloud.settled();

  // A session that somebody made, by a key that nobody recorded: its account is halted.
  await cloud.hosts.observe.invoke({
    Records: [{ messageId: "m", body: JSON.stringify(forgedCall()), receiptHandle: "r" }],
  });
  await cloud.settled();
  const { accounts } = await call("/v1/accounts", 200, await operator());
  expect(accounts).toMatchObject([
    { account: DETAIL.account, halted: true, halted_by: expect.stringMatching(/^escalation:E3/) },
  ]);
  await call(`/v1/accounts/${DETAIL.account}/lift`, 200, await operator(), {});
  await call(`/v1/accounts/${DETAIL.account}/halt`, 200, await operator(), { reason: "use every right" });
  await call(`/v1/accounts/${DETAIL.account}/lift`, 200, await operator(), {});
  await call(`/v1/accounts/${DETAIL.account}/lift`, 200, await operator(), {});

  // A secret that a task has used, and that an operator wants rotated as well.
  cloud.aws.admin(SCOPE.account).createSecret({
    name: "reports/key",
    value: "first",
    ageSeconds: 3_600,
    rotationLambda: `arn:aws:lambda:us-east-1:${SCOPE.account}:function:${functionRoleName("rotate", {})}`,
    tags: { [SECRET_TAGS.managed]: "true", [SECRET_TAGS.rotates]: "generated" },
  });
  await call("/v1/secrets/reports~key/rotate", 202, await operator(), {});
  await waitForRotation(cloud, "reports/key");
  await cloud.hosts.rotate.invoke({ mode: "due" });
  await cloud.aws.rotationsSettled();
  await cloud.hosts.rotate.invoke({ mode: "due" });
  const { secrets } = await call("/v1/secrets", 200, await operator());
  const read = await call("/v1/secrets/reports~key", 200, await operator());
  expect([secrets, read]).toMatchObject([
    [{ name: "demo/api-key" }, { name: "reports/key", status: "free" }],
    { status: "free" },
  ]);
  // What the tasks of an earlier hour left unused.
  const since = await endHoursAgo(cloud, knownPath(reader.id));
  await cloud.hosts.observe.invoke({ source: "aws.events" });
  await cloud.settled();
  // The minute rule runs the archive again and again, too: on a busy machine, one run comes before the event.
  await vi.waitFor(async () => {
    await cloud.hosts.archive.invoke({});
    expect(await call(`/v1/journal?since=${since}&counts=hours`, 200, await operator())).toMatchObject({
      counts: { hours: expect.arrayContaining([expect.objectContaining({ rights: RIGHTS })]) },
    });
  }, 60_000);
}

/** Rights of the one task that ended hours ago: it used its grant, or its call is not known yet. */
const RIGHTS = expect.objectContaining({ tasks: 1, unused: 0 });
