import { createHash } from "node:crypto";
import * as v from "valibot";
import { isAgentId } from "../../../contract/agent-id.ts";
import { GRANT_TYPES, RENEWS_HEADER, TOKEN_TYPES } from "../../../contract/names.ts";
import { OPERATIONS } from "../../../contract/operations.ts";
import type { Denial } from "../../../contract/refusals.ts";
import type { BrokenDeployment } from "../../../functions/core/deployment/broken-deployment.ts";
import type { HttpEvent } from "../../../functions/http/event.ts";
import { type Handler, pathsOver } from "../../../functions/http/paths.ts";
import { serveLoaded } from "../../../functions/http/serve-loaded.ts";
import { shedding } from "../../../functions/http/shed.ts";
import type { RouteKey } from "../../../functions/routes.ts";
import { EVERY_PATH, type EveryPort } from "./every-path.ts";
import { exchangeForm, type FakeWorld, formEvent, httpEvent, jsonEvent, URL_OF_HUB } from "./world.ts";

/** JSON body of an answer, with the fields that tests read by name. */
export interface Body {
  readonly error?: string;
  readonly error_description?: string;
  readonly code?: string;
  readonly denials?: readonly Denial[];
  readonly access_token?: string;
  readonly AccessKeyId?: string;
  readonly active?: boolean;
  readonly task?: {
    readonly id: string;
    readonly parent?: string;
    readonly status: string;
    readonly expires_at: string;
  };
  readonly credentials?: readonly {
    readonly type?: string;
    readonly name: string;
    /** Access key of an AWS session. */
    readonly AccessKeyId: string;
    readonly Expiration: string;
    readonly [field: string]: unknown;
  }[];
  readonly [name: string]: unknown;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Body;
}

/** Lists the access keys that an answer hands out. */
export const accessKeysIn = ({ credentials = [], AccessKeyId }: Body): readonly string[] => [
  ...credentials.flatMap((each) => each.AccessKeyId ?? []),
  ...(AccessKeyId === undefined ? [] : [AccessKeyId]),
];

const EVERYBODY = {
  enterSoon: async (enteredAtMs: number) => ({ enteredAtMs }),
  leave: () => undefined,
  limit: Number.POSITIVE_INFINITY,
};

/** Answer without a body. */
const EMPTY = v.strictObject({});

/** Schemas of answers by their routes. */
const ANSWERS: ReadonlyMap<string, v.GenericSchema> = new Map(
  OPERATIONS.map(({ method, path, answer }) => [`${method} ${path}`, "schema" in answer ? answer.schema : EMPTY]),
);

/** Checks an answer against its contract: TypeScript misses members that come by a spread. @throws {Error} for one that differs. */
function checkAnswer(route: string, body: unknown): void {
  const schema = ANSWERS.get(route);
  const read = schema && v.safeParse(schema, body);
  if (read?.success === false)
    throw new Error(`${route} answers otherwise than its contract: ${v.summarize(read.issues)}`);
}

type Form = Readonly<Record<string, string | undefined>>;

/** Task with its token, which its holder has. */
export interface Held {
  readonly id: string;
  readonly token: string;
}

/** Request to AWS that reads an object. */
export const READ_OBJECT = {
  lease: "aws-0",
  method: "GET",
  host: "s3.us-east-1.amazonaws.com",
  path: "/acme-data/reports/june.csv",
  query: "",
  headers: [["accept", "*/*"]],
  payload_hash: createHash("sha256").digest("hex"),
};

/**
 * All routes of the service, over the ports of a fake world. The real envelope answers an unforeseen error with 500.
 */
export class FakeService {
  readonly world: FakeWorld;
  /** True: every request is of a client that renews its sessions by itself. */
  renews = false;
  readonly #handle: Handler;

  /**
   * @param ports the world's own by default; a test may observe or disturb them.
   * @param broken reason for which the deployment cannot be loaded.
   */
  constructor(world: FakeWorld, ports: EveryPort = world.ports, broken?: BrokenDeployment) {
    this.world = world;
    const load = async () => {
      if (broken) throw broken;
      // Sheds load as the exchange does, but admits any number of concurrent requests.
      return shedding(pathsOver(EVERY_PATH, ports), EVERYBODY, ports);
    };
    this.#handle = serveLoaded(load, (loaded) => loaded, {
      nowMs: () => world.nowSeconds() * 1_000,
      log: () => undefined,
    });
  }

  async send(event: HttpEvent): Promise<Answer> {
    const renewing = { ...event, headers: { ...event.headers, [RENEWS_HEADER]: "1" } };
    const answer = await this.#handle(this.renews ? renewing : event, {});
    this.world.answers.push({ route: event.routeKey, answer });
    const { statusCode: status, headers } = answer;
    const body = (answer.body === "" ? {} : JSON.parse(answer.body)) as Body;
    if (status < 300) checkAnswer(event.routeKey, body);
    for (const key of accessKeysIn(body)) {
      if (!this.world.ports.tasks.confirmed.has(key)) throw new Error(`I6: ${key} was handed out and is not recorded`);
    }
    return { status, headers, body };
  }

  /** Sends a `POST /v1/token` that starts a task, with changed parameters; `undefined` omits a parameter. */
  exchange(changed: Form = {}, arrivedAtMs?: number): Promise<Answer> {
    const token = "subject_token" in changed ? (changed.subject_token ?? "") : this.world.agentToken();
    const event = formEvent({ ...exchangeForm(token), ...changed });
    return this.send({ ...event, requestContext: { ...event.requestContext, timeEpoch: arrivedAtMs } });
  }

  /** Starts a task, for tests of what follows. */
  async start(changed: Form = {}): Promise<Held> {
    const { status, body } = await this.exchange(changed);
    if (status !== 200 || !body.task || !body.access_token) throw new Error(`not started: ${JSON.stringify(body)}`);
    return { id: body.task.id, token: body.access_token };
  }

  /** Sends a `POST /v1/token` of the agent `demo` for the person of a token. */
  exchangeFor(personToken: string, changed: Form = {}): Promise<Answer> {
    const idToken = "urn:ietf:params:oauth:token-type:id_token";
    const actor = { actor_token: this.world.agentToken(), actor_token_type: idToken };
    return this.exchange({ subject_token: personToken, subject_token_type: idToken, ...actor, ...changed });
  }

  /** Sends a person's fresh token for a task that acts for the person. */
  prolong({ token }: Held, personToken: string, changed: Form = {}): Promise<Answer> {
    return this.send(
      formEvent({
        grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
        subject_token: personToken,
        subject_token_type: TOKEN_TYPES.idToken,
        actor_token: token,
        actor_token_type: TOKEN_TYPES.task,
        ...changed,
      }),
    );
  }

  /** Sends an assertion of the agent `demo` for a token of the tool server `tickets`, with changed parameters. */
  federate(changed: Form = {}): Promise<Answer> {
    return this.send(
      formEvent({
        grant_type: GRANT_TYPES.assertion,
        assertion: "assertion" in changed ? changed.assertion : this.world.agentToken(),
        resource: "https://tickets.acme.test/mcp",
        scope: "search",
        ...changed,
      }),
    );
  }

  present(taskToken: string, changed: Form = {}): Promise<Answer> {
    return this.send(
      formEvent({
        grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
        requested_token_type: TOKEN_TYPES.presentation,
        subject_token: taskToken,
        subject_token_type: TOKEN_TYPES.accessToken,
        audience: "tickets",
        ...changed,
      }),
    );
  }

  /** Requests a delegation token for the agent `helper`, and registers that agent where it is not registered. */
  delegate(taskToken: string, changed: Form = {}): Promise<Answer> {
    const agent = changed.audience ?? "helper";
    if (isAgentId(agent) && !this.world.ports.agents.agents.has(agent)) this.world.addAgent({ id: agent });
    return this.send(
      formEvent({
        grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
        requested_token_type: TOKEN_TYPES.delegation,
        subject_token: taskToken,
        subject_token_type: TOKEN_TYPES.accessToken,
        audience: "helper",
        ...changed,
      }),
    );
  }

  /** Sends a `POST /v1/token` of the sub-agent `helper` with its delegation token. */
  exchangeDelegation(delegationToken: string, changed: Form = {}): Promise<Answer> {
    const actor = "actor_token" in changed ? {} : { actor_token: this.world.agentToken({ sub: "agent:helper" }) };
    return this.exchange({
      subject_token: delegationToken,
      subject_token_type: TOKEN_TYPES.delegation,
      actor_token_type: TOKEN_TYPES.jwt,
      ...actor,
      ...changed,
    });
  }

  /** Obtains a delegation token, for tests of what follows. */
  async delegation(held: Held, changed: Form = {}): Promise<string> {
    const { status, body } = await this.delegate(held.token, changed);
    if (status !== 200 || !body.access_token) throw new Error(`not delegated: ${JSON.stringify(body)}`);
    return body.access_token;
  }

  /** Starts a task below another one, by default of the agent `helper`. */
  async startBelow(held: Held, changed: Form = {}, agent = "helper"): Promise<Held> {
    const token = await this.delegation(held, { audience: agent });
    const actor = { actor_token: this.world.agentToken({ sub: `agent:${agent}` }) };
    const { status, body } = await this.exchangeDelegation(token, { ...actor, ...changed });
    if (status !== 200 || !body.task || !body.access_token) throw new Error(`not started: ${JSON.stringify(body)}`);
    return { id: body.task.id, token: body.access_token };
  }

  /** Has a request signed; one that reads an object unless given. */
  sign({ id, token }: Held, request: object = READ_OBJECT): Promise<Answer> {
    const headers = { authorization: `Bearer ${token}` };
    return this.send(jsonEvent("POST /v1/tasks/{task}/sign", request, { headers, pathParameters: { task: id } }));
  }

  renew(held: Held, lease = "aws-0"): Promise<Answer> {
    return this.send(
      httpEvent("GET /v1/tasks/{task}/credentials/{lease}", {
        headers: { authorization: held.token },
        pathParameters: { task: held.id, lease },
      }),
    );
  }

  /** Introspects a token as the tool server `tickets`, with an assertion of its own. */
  introspect(token: string, changed: Form = {}): Promise<Answer> {
    return this.send(
      formEvent(
        {
          token,
          client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
          client_assertion: "client_assertion" in changed ? changed.client_assertion : this.serverToken(),
          ...changed,
        },
        "POST /v1/introspect",
      ),
    );
  }

  serverToken(claims: Readonly<Record<string, unknown>> = {}): string {
    return this.world.agentToken({ sub: "agent:tickets", aud: `${URL_OF_HUB}/introspect`, ...claims });
  }

  revoke(token: string): Promise<Answer> {
    return this.send(formEvent({ token }, "POST /v1/revoke"));
  }

  readTask(held: Held): Promise<Answer> {
    return this.send(
      httpEvent("GET /v1/tasks/{task}", {
        headers: { authorization: `Bearer ${held.token}` },
        pathParameters: { task: held.id },
      }),
    );
  }

  complete(held: Held, body: unknown = { outcome: "success" }): Promise<Answer> {
    return this.send(
      jsonEvent("POST /v1/tasks/{task}/complete", body, {
        headers: { authorization: `Bearer ${held.token}` },
        pathParameters: { task: held.id },
      }),
    );
  }

  /** Sends an operator's request, by default of alice. */
  operate(
    route: RouteKey,
    given: {
      readonly parameters?: Form;
      readonly query?: string;
      readonly body?: unknown;
      readonly token?: string;
    } = {},
  ): Promise<Answer> {
    const headers = { authorization: `Bearer ${given.token ?? this.world.operatorToken()}` };
    const event = { headers, pathParameters: given.parameters ?? {}, rawQueryString: given.query ?? "" };
    return this.send(given.body === undefined ? httpEvent(route, event) : jsonEvent(route, given.body, event));
  }

  suspend(agent = "demo"): Promise<Answer> {
    return this.operate("POST /v1/agents/{agent}/suspend", { parameters: { agent } });
  }

  confirm(agent = "demo"): Promise<Answer> {
    return this.operate("POST /v1/agents/{agent}/confirm", { parameters: { agent } });
  }

  offboard(agent = "demo"): Promise<Answer> {
    return this.operate("POST /v1/agents/{agent}/offboard", { parameters: { agent } });
  }

  offboarding(agent = "demo"): Promise<Answer> {
    return this.operate("GET /v1/agents/{agent}/offboarding", { parameters: { agent } });
  }

  /** Halts everything. */
  panic(reason = "an agent ran wild"): Promise<Answer> {
    return this.operate("POST /v1/panic", { body: { reason } });
  }

  liftPanic(): Promise<Answer> {
    return this.operate("POST /v1/panic/lift");
  }

  endTask(task: string): Promise<Answer> {
    return this.operate("POST /v1/tasks/{task}/end", { parameters: { task } });
  }
}
