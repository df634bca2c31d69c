import { setTimeout as sleep } from "node:timers/promises";
import { BenchAgent, type Vended } from "../cloud/bench-agent.ts";
import type { BenchCloud } from "../cloud/bench-cloud.ts";
import { ACCOUNT, PUBLISHING, THREE_PAIRS } from "../policies/bench-policies.ts";

/** Rounds of all tricks in a second. Each round sends some 40 requests. */
const ROUNDS_PER_SECOND = 0.5;

/** Vends of one burst. */
const BURST = 12;

const detail = (action: string, resources: readonly string[], conditions?: object) => [
  { type: "aws", account: ACCOUNT, actions: [action], resources, ...(conditions ? { conditions } : {}) },
];

/** Condition whose patterns are dear to compare: many wildcards of one character. */
const DEAR = detail("s3:GetObject", ["arn:aws:s3:::acme-data/reports/*/b"], {
  StringLike: { "aws:UserAgent": `*a${"?".repeat(480)}a` },
});

/** Intent of many pairs with wildcards, for the evaluation of policies. */
const WIDE = Array.from({ length: 10 }, (_, nth) => ({
  ...{ type: "aws", account: ACCOUNT, actions: ["s3:GetObject"] },
  resources: Array.from({ length: 20 }, (_, each) => `arn:aws:s3:::acme-data/reports/*/${nth}/*/${each}`),
}));

const DENIED = detail("s3:GetObject", ["arn:aws:s3:::acme-payroll/2026/*"]);

/** Counts of answers by status, of one hostile agent. */
export type Answers = Record<string, number>;

/** Trick of a hostile agent: sends requests that its own identity permits, and returns their statuses. */
type Trick = (hostile: BenchAgent, cloud: BenchCloud, held: Held) => Promise<readonly number[]>;

/** Tokens and tasks that the agent holds from one round to the next. */
interface Held {
  waiting?: Vended | undefined;
  readonly token: string;
}

const statusOf = async (answer: Response): Promise<number> => {
  await answer.arrayBuffer();
  return answer.status;
};

const post = async (url: string, body: string, headers: Readonly<Record<string, string>> = {}): Promise<number> =>
  statusOf(await fetch(url, { method: "POST", body, headers }));

const FORM = { "content-type": "application/x-www-form-urlencoded" };

const vend = async (hostile: BenchAgent, details: unknown): Promise<number> =>
  statusOf(await hostile.tryVend(await hostile.token(), undefined, details));

const times = (count: number, one: () => Promise<number>): Promise<readonly number[]> =>
  Promise.all(Array.from({ length: count }, one));

/** All tricks. A trick that leaves something alive ends it by the agent's own limits alone. */
const TRICKS: Readonly<Record<string, Trick>> = {
  dear: (hostile) => times(2, () => vend(hostile, DEAR)),
  burst: (hostile) => times(BURST, () => vend(hostile, THREE_PAIRS)),
  wide: (hostile) => times(2, () => vend(hostile, WIDE)),
  denied: (hostile) => times(4, () => vend(hostile, DENIED)),
  stale: (hostile, _, { token }) => times(3, async () => statusOf(await hostile.tryVend(token))),
  // Requests for approval, ended at once: their places must hide nobody's from approvers.
  ended: async (hostile) => {
    const answer = await hostile.tryVend(await hostile.token(), undefined, PUBLISHING);
    const body = (await answer.json()) as Vended;
    if (answer.status === 200) await hostile.complete(body);
    return [answer.status];
  },
  polls: async (hostile, { api }, held) => {
    if (!held.waiting) {
      const details = detail("s3:PutObject", ["arn:aws:s3:::acme-data/published/polled.csv"]);
      const answer = await hostile.tryVend(await hostile.token(), undefined, details);
      const body = (await answer.json()) as Vended;
      held.waiting = answer.status === 200 ? body : undefined;
    }
    const { waiting } = held;
    if (!waiting) return [];
    const headers = { authorization: waiting.access_token };
    const url = `${api}/v1/tasks/${waiting.task.id}/credentials/aws-0`;
    return times(8, async () => statusOf(await fetch(url, { headers })));
  },
  bodies: (_, { api }) =>
    times(2, () =>
      post(`${api}/v1/token`, `purpose=${"x".repeat(32_000)}&authorization_details=${"[".repeat(700)}`, FORM),
    ),
  introspections: async (hostile, { api }) => {
    const headers = { ...FORM, authorization: `Bearer ${await hostile.token()}` };
    return times(4, () => post(`${api}/v1/introspect`, `token=vkp_${"a".repeat(60)}`, headers));
  },
};

/** Agent that uses every trick that its identity permits, until it is stopped. */
export class HostileAgent {
  readonly #cloud: BenchCloud;
  readonly #agent: BenchAgent;
  readonly #held: Held;
  #isStopped = false;
  #running: Promise<void> | undefined;
  /** Answers by trick and status. */
  readonly answers: Record<string, Answers> = {};

  private constructor(cloud: BenchCloud, agent: BenchAgent, held: Held) {
    [this.#cloud, this.#agent, this.#held] = [cloud, agent, held];
  }

  static async register(cloud: BenchCloud, id: string): Promise<HostileAgent> {
    const agent = await BenchAgent.register(cloud, id);
    const token = await agent.token();
    await statusOf(await agent.tryVend(token));
    return new HostileAgent(cloud, agent, { token });
  }

  begin(): void {
    this.#isStopped = false;
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      const beganAtMs = performance.now();
      await Promise.all(Object.entries(TRICKS).map(([name, trick]) => this.#use(name, trick)));
      await sleep(Math.max(0, beganAtMs + 1_000 / ROUNDS_PER_SECOND - performance.now()));
    }
  }

  async #use(name: string, trick: Trick): Promise<void> {
    const counted = this.answers[name] ?? {};
    this.answers[name] = counted;
    const add = (what: string) => {
      counted[what] = (counted[what] ?? 0) + 1;
    };
    try {
      for (const status of await trick(this.#agent, this.#cloud, this.#held)) add(String(status));
    } catch (error) {
      add(error instanceof Error ? error.name : "unknown");
    }
  }
}
