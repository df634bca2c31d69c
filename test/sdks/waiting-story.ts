import { text } from "node:stream/consumers";
import { Voting } from "../../local/issuer/voting.ts";
import { startProcess } from "../contract/package/start-process.ts";
import type { LocalCloud } from "../harness/local-cloud.ts";
import { listen } from "../loopback-server.ts";
import type { Program } from "./programs.ts";

const MOST_MS = 120_000;

/** Results of an SDK while people decide about its task. */
export interface WaitingStory {
  /** Statuses of the credentials route, each once, in order. */
  readonly statuses: readonly number[];
  readonly last: string | undefined;
  readonly code: number | null;
  /** True where the SDK's own error reached the program before the vote, and not the service's answer in another form. */
  readonly saidNotYet: boolean;
  readonly attempts: number;
  /** Requests of the first attempt, i.e. with the SDK's own retries. */
  readonly requests: number;
  readonly output: string;
}

/** Results that every SDK has to have. */
export const AS_IT_WAITS = { statuses: [503, 200], last: "written", code: 0, saidNotYet: true } as const;

/**
 * Runs the unmodified program against the credentials route of a task that waits. A person approves after the first
 * failure, and the program continues by itself.
 */
export async function waitingStory(local: LocalCloud, program: Program, home: string): Promise<WaitingStory> {
  const { api, cloud, origin, ask } = local;
  const waiting = await ask();
  const statuses: number[] = [];
  const failed = Promise.withResolvers<number>();
  const door = await listen(async (request, response) => {
    const { authorization = "" } = request.headers;
    await text(request);
    const answer = await fetch(`${api}${request.url}`, { headers: { authorization } });
    statuses.push(answer.status);
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
  });
  try {
    const env = {
      HOME: home,
      AWS_ENDPOINT_URL: cloud.aws.endpoint,
      AWS_REGION: "us-east-1",
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${door.url}/v1/tasks/${waiting.task.id}/credentials/aws-0`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: waiting.access_token,
    };
    const [file, ...args] = program.command(["acme-data", "published/weekly.csv"]);
    const running = startProcess(file, args, env, MOST_MS, () => failed.resolve(statuses.length));
    const requests = await Promise.race([failed.promise, running.then(() => 0)]);
    await new Voting(api, cloud.people.issuer, origin).approve("person:bob", waiting.task.approval.id);
    const { stdout, stderr, code } = await running;
    const lines = stdout.trim().split("\n");
    return {
      statuses: statuses.filter((status, index) => status !== statuses[index - 1]),
      ...{ last: lines.at(-1), code, saidNotYet: lines[0]?.startsWith("not yet:") ?? false },
      ...{ attempts: lines.length, requests, output: `${stdout}\n${stderr}` },
    };
  } finally {
    await door.close();
  }
}
