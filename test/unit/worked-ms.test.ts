import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { workedMs } from "../../functions/worked-ms.ts";

it("counts the work of this thread, and no waiting", async () => {
  const before = workedMs();
  await sleep(300);
  const afterWaiting = workedMs();
  expect(afterWaiting - before).toBeLessThan(250);
  const untilMs = afterWaiting + 20;
  // Ends once the thread has worked for so long.
  while (workedMs() < untilMs);
  expect(workedMs()).toBeGreaterThanOrEqual(untilMs);
});
