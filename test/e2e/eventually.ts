import { setTimeout as pause } from "node:timers/promises";

/**
 * Returns the first answer that is not undefined. Polls every half second.
 * @throws {Error} when there is none in time.
 */
export async function eventually<T>(ask: () => Promise<T | undefined>, seconds: number): Promise<T> {
  for (const until = Date.now() + seconds * 1_000; Date.now() < until; ) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await pause(500);
  }
  throw new Error(`not within ${seconds} s`);
}
