import { createServer } from "node:net";
import type { DeployedFunction, Place } from "./deployed.ts";
import { EmulatedFunction, type Ended, type Programs } from "./emulator.ts";
import { environmentOf, type Invocation } from "./hosted.ts";

/** Functions that wait at the same time: they hardly compute. */
const AT_ONCE = 6;

/** End of a function's event while AWS takes every connection and answers nothing. */
export interface Waited extends Pick<Invocation, "function" | "kind" | "from"> {
  readonly ended: Ended;
  readonly seconds: number;
}

/**
 * Invokes each function anew, with one event of each kind that it had, at an AWS that takes connections and answers
 * nothing. A function has to end by itself, before Lambda ends it: a time-out answers nobody and logs nothing.
 */
export async function atSilentAws(
  deployed: readonly DeployedFunction[],
  invocations: readonly Invocation[],
  place: Place,
  programs: Programs,
): Promise<readonly Waited[]> {
  const server = createServer((socket) => socket.on("error", () => undefined));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const endpoint = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  const waiting = deployed.flatMap((each) => {
    const own = invocations
      .filter(({ function: name, ended }) => name === each.name && ended.outcome === "answer")
      // The last of a kind is used. A refused request may end before it needs AWS.
      .toSorted((a, b) => statusOf(b.ended) - statusOf(a.ended));
    return [...new Map(own.map((invocation) => [invocation.kind, invocation])).values()].map((invocation) => ({
      each,
      invocation,
    }));
  });
  const waited: Waited[] = [];
  const worker = async (): Promise<void> => {
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const { each, invocation } = next;
      const keys = { AWS_ACCESS_KEY_ID: "ASIAEXAMPLE", AWS_SECRET_ACCESS_KEY: "none", AWS_SESSION_TOKEN: "none" };
      const queues = Object.entries(each.environment).map(([name, value]) => [
        name,
        value.replace(place.endpoint, endpoint),
      ]);
      const environment = { ...Object.fromEntries(queues), ...environmentOf(endpoint, place.region), ...keys };
      const emulated = new EmulatedFunction(each, environment, programs);
      const begunAtMs = performance.now();
      const ended = await emulated.invoke(arrivingNow(invocation.event));
      const seconds = Math.round((performance.now() - begunAtMs) / 100) / 10;
      await emulated.close();
      const { kind, from } = invocation;
      waited.push({ function: each.name, kind, from, ended, seconds });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  server.close();
  return waited;
}

/** Request that API Gateway receives now: the exchange sheds one that has waited. */
function arrivingNow(event: unknown): unknown {
  const { requestContext: context, ...fields } = Object(event);
  return context ? { ...fields, requestContext: { ...context, timeEpoch: Date.now() } } : event;
}

/** Status code of an answer to API Gateway; 0 for any other. */
export const statusOf = (ended: Ended): number =>
  ended.outcome === "answer" ? Number(Object(ended.answer).statusCode ?? 0) : 0;
