import { setTimeout as sleep } from "node:timers/promises";
import { BenchAgent, type Vended } from "../cloud/bench-agent.ts";
import type { BenchCloud } from "../cloud/bench-cloud.ts";
import { ACCOUNT, PUBLISHING, THREE_PAIRS } from "../policies/bench-policies.ts";

/** Rounds of all tricks in a second. Each round sends some 50 requests. */
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
  type: "aws",
  account: ACCOUNT,
  actions: ["s3:GetObject"],
  resources: Array.from({ length: 20 }, (_, each) => `arn:aws:s3:::acme-data/reports/*/${nth}/*/${each}`),
}));

const DENIED = detail("s3:GetObject", ["arn:aws:s3:::acme-payroll/2026/*"]);

/** Request for approval that the agent polls. It ends none of these. */
const POLLED = detail("s3:PutObject", ["arn:aws:s3:::acme-data/published/polled.csv"]);

/** Answer to one request of the agent: its status, and the code of a refusal. */
type Answered = "given" | `${number} ${string}`;

/** Counts of answers of one trick, and of requests that failed without one. */
export type Answers = Record<string, number>;

/** Trick of a hostile agent: sends requests that its own identity permits, and returns their answers. */
type Trick = (hostile: BenchAgent, cloud: BenchCloud, held: Held) => Promise<readonly Answered[]>;

/** Tokens and tasks that the agent holds from one round to the next. */
interface Held {
  waiting?: Vended | undefined;
  readonly token: string;
}

/** Answer of a request that is refused for load, before the function reads it. */
const SHED: Answered = "503 overloaded";

/** Answers to a poll after which the task may still wait. */
const UNDECIDED: ReadonlySet<string> = new Set<Answered>(["400 authorization_pending", "400 slow_down", SHED]);

const answered = async (answer: Response): Promise<Answered> => {
  const text = await answer.text();
  return answer.ok ? "given" : `${answer.status} ${codeIn(text)}`;
};

/** Returns the code of a refusal: valetkey's, or OAuth's where there is no other. */
function codeIn(text: string): string {
  try {
    const { code, error } = JSON.parse(text) as { readonly code?: string; readonly error?: string };
    return code ?? error ?? "without a code";
  } catch {
    return "without a code";
  }
}

const post = async (url: string, body: string, headers: Readonly<Record<string, string>> = {}): Promise<Answered> =>
  answered(await fetch(url, { method: "POST", body, headers }));

const FORM = { "content-type": "application/x-www-form-urlencoded" };

const vend = async (hostile: BenchAgent, details: unknown): Promise<Answered> =>
  answered(await hostile.tryVend(await hostile.token(), { details }));

const times = (count: number, one: () => Promise<Answered>): Promise<readonly Answered[]> =>
  Promise.all(Array.from({ length: count }, one));

/** Opens a task that waits for people, again where the hub is busy. */
async function ask(
  hostile: BenchAgent,
  details: unknown,
): Promise<{ readonly outcome: Answered; readonly task?: Vended }> {
  const answer = await hostile.vendSoon(details);
  const outcome = await answered(answer.clone());
  return answer.ok ? { outcome, task: (await answer.json()) as Vended } : { outcome };
}

/** Tricks at the begin of a round, one after the other: the burst of the same round would take their places. */
const FIRST: Readonly<Record<string, Trick>> = {
  // Requests for approval, ended at once: their places must hide nobody's from approvers.
  ended: async (hostile) => {
    const { outcome, task } = await ask(hostile, PUBLISHING);
    if (task) await hostile.complete(task);
    return [outcome];
  },
  waiting: async (hostile, _, held) => {
    if (held.waiting) return [];
    const { outcome, task } = await ask(hostile, POLLED);
    held.waiting = task;
    return [outcome];
  },
};

/** All other tricks, at once. A trick that leaves something alive ends it by the agent's own limits alone. */
const TRICKS: Readonly<Record<string, Trick>> = {
  dear: (hostile) => times(2, () => vend(hostile, DEAR)),
  burst: (hostile) => times(BURST, () => vend(hostile, THREE_PAIRS)),
  wide: (hostile) => times(2, () => vend(hostile, WIDE)),
  denied: (hostile) => times(4, () => vend(hostile, DENIED)),
  stale: (hostile, _, { token }) => times(3, async () => answered(await hostile.tryVend(token))),
  polls: async (hostile, _, held) => {
    const { waiting } = held;
    if (!waiting) return [];
    const outcome = await times(8, async () => answered(await hostile.poll(waiting)));
    if (!outcome.every((each) => UNDECIDED.has(each))) held.waiting = undefined;
    return outcome;
  },
  fetches: (_, { api }, { waiting }) =>
    waiting
      ? times(8, async () =>
          answered(
            await fetch(`${api}/v1/tasks/${waiting.task.id}/credentials/aws-0`, {
              headers: { authorization: waiting.access_token },
            }),
          ),
        )
      : Promise.resolve([]),
  bodies: (_, { api }) =>
    times(2, () =>
      post(`${api}/v1/token`, `purpose=${"x".repeat(32_000)}&authorization_details=${"[".repeat(700)}`, FORM),
    ),
  introspections: async (hostile, { api }) => {
    const headers = { ...FORM, authorization: `Bearer ${await hostile.token()}` };
    return times(4, () => post(`${api}/v1/introspect`, `token=vkp_${"a".repeat(60)}`, headers));
  },
};

/** Counts the requests that a function has read: all that were answered, but for load. */
export function reached(answers: Answers): number {
  return Object.entries(answers).reduce(
    (sum, [outcome, count]) => sum + (isAnswer(outcome) && outcome !== SHED ? count : 0),
    0,
  );
}

const isAnswer = (outcome: string): boolean => outcome === "given" || /^\d/u.test(outcome);

/** Agent that uses every trick that its identity permits, until it is stopped. */
export class HostileAgent {
  readonly #cloud: BenchCloud;
  readonly #agent: BenchAgent;
  readonly #held: Held;
  #isStopped = false;
  #running: Promise<void> | undefined;
  /** Answers by trick. */
  readonly answers: Record<string, Answers> = {};

  private constructor(cloud: BenchCloud, agent: BenchAgent, held: Held) {
    [this.#cloud, this.#agent, this.#held] = [cloud, agent, held];
  }

  static async register(cloud: BenchCloud, id: string): Promise<HostileAgent> {
    const agent = await BenchAgent.register(cloud, id);
    const token = await agent.token();
    await answered(await agent.tryVend(token));
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
      for (const [name, trick] of Object.entries(FIRST)) await this.#use(name, trick);
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
      for (const outcome of await trick(this.#agent, this.#cloud, this.#held)) add(outcome);
    } catch (error) {
      add(error instanceof Error ? error.name : "unknown");
    }
  }
}
