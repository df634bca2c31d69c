import { setTimeout } from "node:timers/promises";
import { GRANT_TYPES, TOKEN_TYPES } from "../../../contract/names.ts";
import { TEAM, THREE_PAIRS } from "../policies/bench-policies.ts";
import type { BenchCloud } from "./bench-cloud.ts";

export interface Vended {
  readonly access_token: string;
  readonly task: { readonly id: string };
  readonly credentials: readonly {
    readonly AccessKeyId: string;
    readonly SecretAccessKey: string;
    readonly Token: string;
  }[];
}

interface Vend {
  readonly signal: AbortSignal;
  readonly details: unknown;
  readonly more: Readonly<Record<string, string>>;
}

/** Most retries of a vend that a loaded machine sheds. */
const MOST_RETRIES = 10;

/** Registered agent of the benchmark cloud, with the two calls of a task's life. */
export class BenchAgent {
  readonly #cloud: BenchCloud;
  readonly #id: string;

  private constructor(cloud: BenchCloud, id: string) {
    this.#cloud = cloud;
    this.#id = id;
  }

  static async register(cloud: BenchCloud, id: string, limits?: Readonly<Record<string, number>>): Promise<BenchAgent> {
    const operator = await cloud.people.mint({ sub: "person:alice" });
    const bindings = [{ issuer: "local", claims: { sub: `agent:${id}` } }];
    const answer = await fetch(`${cloud.api}/v1/agents`, {
      method: "POST",
      headers: { authorization: `Bearer ${operator}`, "content-type": "application/json" },
      body: JSON.stringify({
        id,
        name: id,
        owner: "staff|person:olga",
        team: TEAM,
        bindings,
        ...(limits ? { limits } : {}),
      }),
    });
    await expectStatus(answer, 201, `registering ${id}`);
    return new BenchAgent(cloud, id);
  }

  /** Opens a task with one lease for three pairs, and retries where the hub is busy. */
  async vend(more: Readonly<Record<string, string>> = {}): Promise<Vended> {
    const answer = await this.vendSoon(THREE_PAIRS, more);
    await expectStatus(answer, 200, "a vend");
    return (await answer.json()) as Vended;
  }

  /** Requests a vend, again where the hub is busy, and returns the last answer, whatever its status. */
  async vendSoon(details: unknown = THREE_PAIRS, more: Readonly<Record<string, string>> = {}): Promise<Response> {
    const vend = async () => this.tryVend(await this.token(), { details, more });
    let answer = await vend();
    for (let retries = 0; answer.status === 503 && retries < MOST_RETRIES; retries++) {
      await answer.arrayBuffer();
      await setTimeout(1_000 * Number(answer.headers.get("retry-after") ?? 1));
      answer = await vend();
    }
    return answer;
  }

  /** Makes a token of the agent's issuer, for one vend. */
  token(): Promise<string> {
    return this.#cloud.agents.mint({ sub: `agent:${this.#id}` });
  }

  /** Requests a vend and returns the answer, whatever its status. @param given intent, further fields of the form, and a signal. */
  tryVend(
    token: string,
    { signal, details = THREE_PAIRS, more = {} }: Readonly<Partial<Vend>> = {},
  ): Promise<Response> {
    return fetch(`${this.#cloud.api}/v1/token`, {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
        subject_token: token,
        subject_token_type: "urn:ietf:params:oauth:token-type:id_token",
        purpose: "summarise the weekly report",
        authorization_details: JSON.stringify(details),
        ...more,
      }),
      ...(signal ? { signal } : {}),
    });
  }

  /** Polls for the decision of people about a waiting task, and returns the answer. */
  poll({ access_token: token }: Pick<Vended, "access_token">): Promise<Response> {
    return fetch(`${this.#cloud.api}/v1/token`, {
      method: "POST",
      body: new URLSearchParams({
        grant_type: GRANT_TYPES.exchange,
        requested_token_type: TOKEN_TYPES.task,
        subject_token: token,
        subject_token_type: TOKEN_TYPES.task,
      }),
    });
  }

  async complete({ access_token: token, task }: Vended): Promise<void> {
    const answer = await fetch(`${this.#cloud.api}/v1/tasks/${task.id}/complete`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ outcome: "success" }),
    });
    await expectStatus(answer, 200, "completing a task");
    await answer.arrayBuffer();
  }
}

async function expectStatus(answer: Response, status: number, what: string): Promise<void> {
  if (answer.status !== status) throw new Error(`${what} was answered with ${answer.status}: ${await answer.text()}`);
}
