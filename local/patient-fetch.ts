import { setTimeout as sleep } from "node:timers/promises";

const ATTEMPTS = 10;

/**
 * Fetches, and retries after the Retry-After of an overloaded service (503): a slow machine starts many functions at
 * once.
 */
export async function patientFetch(...request: Parameters<typeof fetch>): Promise<Response> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await fetch(...request);
    if (answer.status !== 503 || attempt === ATTEMPTS) return answer;
    await sleep(1_000 * Number(answer.headers.get("retry-after") ?? 1));
  }
}
