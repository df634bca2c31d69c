import type { AgentId } from "../../contract/agent-id.ts";
import { AGENTS_IN_MESSAGE, type Recheck, type RecheckQueue } from "../core/conditions/recheck.ts";
import type { Ports } from "../core/ports.ts";
import { reasonOf } from "../core/refusal.ts";
import { type BatchAnswer, failedMessages, type QueueBatch, type QueueMessage } from "../queues/batch.ts";
import { parseRecheck } from "../queues/recheck-message.ts";
import { agentsIn, recheckAgents, WORKING_MS } from "./recheck-agents.ts";
import { type Denied, endDenied, type RecheckNeeds } from "./recheck-task.ts";
import { readWorlds, type WorldPorts, type Worlds } from "./worlds.ts";

/** Ports of the messages of the queue. */
export type RecheckPorts = RecheckNeeds &
  WorldPorts &
  Pick<Ports, "rateLimits"> & { readonly recheckQueue: RecheckQueue };

/**
 * Handles messages of the queue. A change of a condition becomes a message for every few agents of its place. Such a message decides their live tasks anew and
 * ends the denied ones. The queue delivers a message again that was not handled to its end, and a repeat finds the tasks that are left.
 */
export async function recheckBatch(event: QueueBatch, ports: RecheckPorts): Promise<BatchAnswer> {
  const failed: QueueMessage[] = [];
  for (const record of event.Records) {
    const recheck = parseRecheck(record.body);
    try {
      if (recheck) await perform(recheck, ports);
      else ports.log.write({ level: "error", event: "recheck_refused", why: "a message that names no condition" });
    } catch (error) {
      const { condition, scope } = recheck ?? {};
      ports.log.write({ level: "error", event: "recheck_failed", condition, scope, why: reasonOf(error) });
      failed.push(record);
    }
  }
  return failedMessages(failed);
}

async function perform({ agents, ...change }: Recheck, ports: RecheckPorts): Promise<void> {
  const { recheckQueue, deployment, clock, log } = ports;
  const condition = deployment.conditions?.find(({ name }) => name === change.condition);
  // A later deployment has dropped the condition: no decision reads it any more.
  if (condition === undefined) return;
  if (agents === undefined) return recheckQueue.send(inMessages(change, await agentsIn(change, ports)));
  const worlds = await readWorlds(condition, change, false, ports);
  let [ended, spared] = [0, 0];
  const onDenied = async (denied: Denied): Promise<void> => {
    if (denied.isByEvents && !(await isWithinBound(worlds, ports))) spared += 1;
    else ended += (await endDenied(denied, ports)).length;
  };
  const work = { recheck: change, worlds, onDenied, untilMs: clock.nowMs() + WORKING_MS };
  const { decided, left } = await recheckAgents(agents, work, ports);
  if (left > 0) await recheckQueue.send([{ ...change, agents: agents.slice(-left) }]);
  log.write({ level: "info", event: "rechecked", ...change, agents: agents.length - left, decided, ended });
  if (spared > 0) log.write({ level: "error", event: "condition_bounded", ...change, spared });
}

/** Counts an ending because of events on the bus. Returns false where the hour's bound was reached, of any of the conditions that they have set. */
async function isWithinBound(
  { byEvents }: Worlds,
  { deployment: { conditions = [] }, rateLimits }: Pick<RecheckPorts, "deployment" | "rateLimits">,
): Promise<boolean> {
  const counted = await Promise.all(
    byEvents.map(async (name) => {
      const { bus } = conditions.find((each) => each.name === name) ?? {};
      return bus !== undefined && (await rateLimits.count(name, "bus_ending", bus.endsAnHour));
    }),
  );
  return counted.every(Boolean);
}

/** Splits the agents of a place into messages. */
const inMessages = (change: Recheck, agents: readonly AgentId[]): readonly Recheck[] =>
  Array.from({ length: Math.ceil(agents.length / AGENTS_IN_MESSAGE) }, (_, index) => ({
    ...change,
    agents: agents.slice(index * AGENTS_IN_MESSAGE, (index + 1) * AGENTS_IN_MESSAGE),
  }));
