import { BenchAgent, type Vended } from "../cloud/bench-agent.ts";
import { type BenchCloud, startBenchCloud } from "../cloud/bench-cloud.ts";
import { APPROVALS_CLIENT } from "../cloud/bench-config.ts";
import { PUBLISHING } from "../policies/bench-policies.ts";
import { type Row, type Run, verdict } from "../row.ts";
import { median, percentile } from "../statistics.ts";

/** Agents, and requests of each: as many as an agent may make within an hour. */
const [AGENTS, REQUESTS_EACH] = [6, 20];
const WARM_UP = 10;
const P99_MS = 1_000;

/**
 * Measures the time from a person's last vote to the credentials at the next poll. The agent's interval between polls
 * is not in it.
 */
export async function voteToCredentials({ say, workDir }: Run): Promise<readonly Row[]> {
  const cloud = await startBenchCloud({ workDir, isTapped: false, asks: true });
  try {
    const names = Array.from({ length: AGENTS }, (_, index) => `publisher-${index}`);
    const agents = await Promise.all(names.map((name) => BenchAgent.register(cloud, name)));
    say(`${AGENTS * REQUESTS_EACH} requests, each asked, approved and polled`);
    const [voteMs, pollMs, wholeMs]: [number[], number[], number[]] = [[], [], []];
    for (let round = 0; round < REQUESTS_EACH; round += 1)
      for (const agent of agents) {
        const waiting = await agent.ask(PUBLISHING);
        const vote = await voteFor(waiting, cloud);
        const beganAtMs = performance.now();
        await vote();
        const votedAtMs = performance.now();
        const vended = await answered(await agent.poll(waiting), 200, "the poll after the vote");
        const endedAtMs = performance.now();
        if ((vended as Vended).credentials.length !== 1) throw new Error("the poll after the vote brought no key");
        await agent.complete(waiting);
        voteMs.push(votedAtMs - beganAtMs);
        pollMs.push(endedAtMs - votedAtMs);
        wholeMs.push(endedAtMs - beganAtMs);
      }
    const [whole, votes, polls] = [wholeMs, voteMs, pollMs].map((all) => all.slice(WARM_UP)) as [
      number[],
      number[],
      number[],
    ];
    const [p50, p99] = [median(whole), percentile(whole, 0.99)];
    return [
      {
        name: "last vote to credentials, less the interval",
        measured: `p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms`,
        target: `p99 <= ${P99_MS} ms`,
        verdict: verdict(p99 <= P99_MS),
        notes: [
          `of ${whole.length}: the vote is taken within p50 ${median(votes).toFixed(0)} ms, and the poll right after it brings the key within p50 ${median(polls).toFixed(0)} ms, p99 ${percentile(polls, 0.99).toFixed(0)} ms`,
          "one after the other, on loopback; the agent's wait of up to one interval (5 s) comes on top",
        ],
        figures: { p50Ms: p50, p99Ms: p99, voteP50Ms: median(votes), pollP50Ms: median(polls) },
      },
    ];
  } finally {
    await cloud.close();
  }
}

/**
 * Prepares a vote: reads the request as a new person, since one sign-in is one vote, and gets the issuer's signature of
 * its hash.
 * @returns a function that sends the vote.
 */
async function voteFor({ task }: Vended, { api, people }: BenchCloud): Promise<() => Promise<void>> {
  const address = `${api}/v1/approvals/${task.approval?.id}`;
  const person = { sub: `person:bob-${task.approval?.id}`, groups: ["sre", "valetkey-approvers"] };
  const headers = { authorization: `Bearer ${await people.mint(person)}`, "content-type": "application/json" };
  const { hash } = (await answered(await fetch(address, { headers }), 200, "reading the request")) as { hash: string };
  const now = Math.floor(Date.now() / 1_000);
  const vote = await people.mint({ ...person, aud: APPROVALS_CLIENT, nonce: hash, auth_time: now });
  const body = JSON.stringify({ decision: "approve", vote });
  return async () => {
    await answered(await fetch(`${address}/decide`, { method: "POST", headers, body }), 200, "the vote");
  };
}

async function answered(answer: Response, status: number, what: string): Promise<unknown> {
  if (answer.status !== status) throw new Error(`${what} was answered with ${answer.status}: ${await answer.text()}`);
  return answer.json();
}
