import type { Recheck } from "../../functions/core/conditions/recheck.ts";
import { type RecheckPorts, recheckBatch } from "../../functions/recheck/recheck-batch.ts";
import type { FakeWorld } from "../fakes/world/world.ts";

/** Delivers messages in one batch, as the queue does. @returns number of messages that failed. */
export async function deliverRechecks(messages: readonly (Recheck | string)[], ports: RecheckPorts): Promise<number> {
  const Records = messages.map((each, index) => ({
    ...{ messageId: `m${index}`, receiptHandle: `r${index}` },
    body: typeof each === "string" ? each : JSON.stringify(each),
  }));
  return (await recheckBatch({ Records }, ports)).batchItemFailures.length;
}

/** Works the queue off that the tightenings of a world begin, until it is empty. @returns number of messages that failed. */
export async function workRechecks(
  { ports: { setConditions, recheckQueue } }: FakeWorld,
  ports: RecheckPorts,
): Promise<number> {
  for (const { facts } of setConditions.events.splice(0).filter(({ type }) => type === "condition.tightened"))
    recheckQueue.sent.push({ condition: facts.condition, scope: facts.scope } as Recheck);
  let failed = 0;
  while (recheckQueue.sent.length > 0) failed += await deliverRechecks(recheckQueue.sent.splice(0), ports);
  return failed;
}
