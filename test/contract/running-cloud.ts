import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { RENEWS_HEADER, TOKEN_TYPES } from "../../contract/names.ts";
import { accountId } from "../../functions/core/deployment/account-id.ts";
import { type Cloud, type CloudOptions, startCloud } from "../../local/cloud/start-cloud.ts";
import type { ApiCall } from "../../local/emulator/api-call.ts";
import { freePorts } from "../../local/emulator/free-ports.ts";
import { Voting } from "../../local/issuer/voting.ts";

export const ACCOUNT = accountId("111122223333");
/** The account whose role `ci` may put events on the bus, as may any other role that the account itself allows. */
export const PUBLISHER = "444455556666";
export const BUS_ARN = "arn:aws:events:us-east-1:999900001111:event-bus/valetkey";
export const BUCKET = "acme-data";
export const GRANT_TYPE = "urn:ietf:params:oauth:grant-type:token-exchange";

/** The whole of valetkey on free loopback ports, with agents `demo` and `tickets` registered, and a bucket to read from. */
export interface RunningCloud {
  readonly cloud: Cloud;
  /** `http://127.0.0.1:port`: base URL of the API, and the issuer of its metadata. */
  readonly url: string;
  /** Path of its `valetkey.json`. */
  readonly configFile: string;
  /** Every call to AWS so far, in order. */
  readonly calls: ApiCall[];
  /**
   * Starts a task of the agent `demo` over HTTP, with further parameters if there are any.
   * @param client whether it renews its sessions by itself.
   */
  start(more?: Readonly<Record<string, string>>, client?: { readonly renews: boolean }): Promise<StartedTask>;
  /** Ends the task as its holder. Resolves once IAM has the new policy. */
  complete(task: StartedTask): Promise<void>;
  close(): Promise<void>;
}

export interface StartedTask {
  readonly id: string;
  readonly token: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/**
 * @param people another people's issuer, whose `ann` is an operator. @param reachedAt, policiesDir, hasRules
 * `CloudOptions`.
 * @param more members of its configuration.
 */
export async function runCloud(
  {
    people: further,
    ...options
  }: { readonly people?: string } & Pick<CloudOptions, "reachedAt" | "policiesDir" | "hasRules"> = {},
  more: Readonly<Record<string, unknown>> = {},
): Promise<RunningCloud> {
  const [api = 0, aws = 0, issuers = 0, people = 0] = await freePorts(4);
  const dir = mkdtempSync(join(tmpdir(), "valetkey-cloud-"));
  const url = `http://127.0.0.1:${api}`;
  const configFile = join(dir, "valetkey.json");
  writeFileSync(configFile, JSON.stringify({ ...configFor(url, issuers, people, further, more), ...more }));
  const calls: ApiCall[] = [];
  const cloud = await startCloud({
    configFile,
    ports: { api, aws, issuers, people },
    workDir: join(dir, "work"),
    onApiCall: (call) => void calls.push(call),
    // A test of lost calls needs the time limits of the deployed functions.
    isPatient: options.reachedAt === undefined,
    ...options,
  });
  const account = cloud.aws.admin(ACCOUNT);
  account.putBucket(BUCKET);
  account.putObject(BUCKET, "reports/weekly.csv", "week,orders\n");
  account.putObject(BUCKET, "payroll/salaries.csv", "name,salary\n");
  await cloud.aws.admin(PUBLISHER).createRole({
    name: "ci",
    trust: { Version: "2012-10-17", Statement: [] },
    permissions: {
      put: { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "events:PutEvents", Resource: BUS_ARN }] },
    },
  });
  const registrar = registrarOf(url, cloud, more);
  for (const id of ["demo", "tickets"]) await registrar(id, "owner@acme.test");
  return {
    cloud,
    url,
    configFile,
    calls,
    start: (more = {}, { renews } = { renews: false }) => startTask(url, cloud, more, renews),
    complete: async ({ id, token }) => {
      const answer = await fetch(`${url}/v1/tasks/${id}/complete`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: '{"outcome":"success"}',
      });
      if (answer.status !== 200) throw new Error(`completing: ${answer.status} ${await answer.text()}`);
      await cloud.settled();
    },
    close: async () => {
      await cloud.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

const configFor = (
  url: string,
  issuers: number,
  people: number,
  further: string | undefined,
  more: Readonly<Record<string, unknown>>,
) => ({
  hub: { account: "999900001111", region: "us-east-1" },
  url,
  issuers: [
    { name: "local", kind: "agents", preset: "generic", url: `http://127.0.0.1:${issuers}/agents` },
    {
      name: "staff",
      kind: "people",
      preset: "generic",
      url: `http://127.0.0.1:${people}/people`,
      groupsClaim: "groups",
      onBehalf: true,
      ...("approvers" in more ? { approvals: { clientId: "valetkey-approvals", freshness: "auth_time" } } : {}),
      ...("console" in more
        ? { console: { clientId: "valetkey-console", parameters: { resource: `${url}/operate` } } }
        : {}),
    },
    ...(further === undefined
      ? []
      : [{ name: "company", kind: "people", preset: "generic", url: further, cli: { clientId: "valetkey-cli" } }]),
  ],
  accounts: [{ id: ACCOUNT, region: "us-east-1", taskRoles: 2, personTag: true }],
  operators: [
    { issuer: "staff", subject: "person:alice" },
    ...(further === undefined ? [] : [{ issuer: "company", subject: "ann" }]),
  ],
  bus: { publishers: [PUBLISHER] },
  // No server answers there. The section makes the hub have every function.
  signals: [{ name: "risk", url: "http://127.0.0.1:9/risk", people: "staff" }],
});

/** Details that the tests request: the reports, and a tool of the server `tickets`. */
export const INTENT = [
  { type: "aws", account: ACCOUNT, actions: ["s3:GetObject"], resources: [`arn:aws:s3:::${BUCKET}/reports/*`] },
  { type: "tool", server: "tickets", tools: ["search"] },
];

/** The parameters of an exchange beside the grant type. */
export const exchangeParameters = (subjectToken: string): Record<string, string> => ({
  subject_token: subjectToken,
  subject_token_type: TOKEN_TYPES.idToken,
  purpose: "summarise the weekly report",
  authorization_details: JSON.stringify(INTENT),
});

/**
 * Repeats a request until it is not shed. An exchange under too much load reads nothing, and answers with the seconds
 * after which to retry.
 */
export async function patiently(send: () => Promise<Response>): Promise<Response> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await send();
    const seconds = Number(answer.headers.get("retry-after"));
    if (answer.status !== 503 || !(seconds > 0) || attempt === 10) return answer;
    await pause(seconds * 1_000);
  }
}

/** Requests a task of the demo agent. @returns the refusal's code, or `issued`. */
export async function codeOfVend({ url, cloud }: Pick<RunningCloud, "url" | "cloud">): Promise<string> {
  const token = await cloud.agents.mint({ sub: "agent:demo" });
  const body = new URLSearchParams({ grant_type: GRANT_TYPE, ...exchangeParameters(token) });
  const answer = await fetch(`${url}/v1/token`, { method: "POST", body });
  return answer.ok ? "issued" : String(((await answer.json()) as { readonly code?: string }).code);
}

async function startTask(
  url: string,
  cloud: Cloud,
  more: Readonly<Record<string, string>>,
  renews: boolean,
): Promise<StartedTask> {
  const parameters = {
    grant_type: GRANT_TYPE,
    ...exchangeParameters(await cloud.agents.mint({ sub: "agent:demo" })),
    ...more,
  };
  const answer = await patiently(() =>
    fetch(`${url}/v1/token`, {
      method: "POST",
      headers: renews ? { [RENEWS_HEADER]: "1" } : {},
      body: new URLSearchParams(parameters),
    }),
  );
  if (answer.status !== 200) throw new Error(`starting a task: ${answer.status} ${await answer.text()}`);
  const {
    access_token: token,
    task,
    credentials,
  } = (await answer.json()) as {
    readonly access_token: string;
    readonly task: { readonly id: string };
    readonly credentials: readonly {
      readonly AccessKeyId: string;
      readonly SecretAccessKey: string;
      readonly Token: string;
    }[];
  };
  const [{ AccessKeyId = "", SecretAccessKey = "", Token = "" } = {}] = credentials;
  return { id: task.id, token, accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token };
}

/** Registers an agent of the team `demo` as Alice; by her vote where the configuration has `stepUp`. */
export function registrarOf(url: string, cloud: Cloud, more: Readonly<Record<string, unknown>>) {
  const { url: page = "" } = (more.console ?? {}) as { readonly url?: string };
  const voting = more.stepUp ? new Voting(url, cloud.people.issuer, page) : undefined;
  return async (id: string, owner: string): Promise<void> => {
    const agent = {
      id,
      name: id,
      owner,
      team: "demo",
      bindings: [{ issuer: "local", claims: { sub: `agent:${id}` } }],
    };
    const answer = voting
      ? await voting.perform("person:alice", "/v1/agents", agent)
      : await fetch(`${url}/v1/agents`, {
          method: "POST",
          headers: {
            authorization: `Bearer ${await cloud.people.mint({ sub: "person:alice" })}`,
            "content-type": "application/json",
          },
          body: JSON.stringify(agent),
        });
    if (answer.status !== 201) throw new Error(`registering ${id}: ${answer.status} ${await answer.text()}`);
  };
}

/** Keys of the publisher's role. */
export const publisherKeys = (cloud: Cloud) => cloud.aws.keysFor(`arn:aws:iam::${PUBLISHER}:role/ci`, "ci");

/** An event of the publisher, as docs/events.md has it. */
export async function putRequest(cloud: Cloud, type: string, of: Readonly<Record<string, string>>): Promise<void> {
  const client = new EventBridgeClient({
    endpoint: cloud.aws.endpoint,
    region: cloud.aws.region,
    credentials: publisherKeys(cloud),
  });
  const detail = { version: "1", ...of, reason: "the pipeline has finished", requested_by: "ci" };
  const entry = { EventBusName: BUS_ARN, Source: "valetkey.request", DetailType: type, Detail: JSON.stringify(detail) };
  const { FailedEntryCount: failed } = await client.send(new PutEventsCommand({ Entries: [entry] }));
  if (failed !== 0) throw new Error(`${type} was not put`);
}
