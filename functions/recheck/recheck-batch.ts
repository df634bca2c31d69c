import type { AgentId } from "../../contract/agent-id.ts";
import { AGENTS_IN_MESSAGE, type Recheck, type RecheckQueue } from "../core/conditions/recheck.ts";
import { reasonOf } from "../core/refusal.ts";
import { type BatchAnswer, failedMessages, type QueueBatch, type QueueMessage } from "../queues/batch.ts";
import { parseRecheck } from "../queues/recheck-message.ts";
import { agentsIn, recheckAgents, WORKING_MS } from "./recheck-agents.ts";
import { type Denied, endDenied, type RecheckNeeds } from "./recheck-task.ts";
import { readWorlds, type WorldPorts } from "./worlds.ts";

/** Ports of the messages of the queue. */
export type RecheckPorts = RecheckNeeds & WorldPorts & { readonly recheckQueue: RecheckQueue };

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
  let ended = 0;
  const onDenied = async (denied: Denied): Promise<void> => {
    ended += (await endDenied(denied, ports)).length;
  };
  const work = { recheck: change, worlds, onDenied, untilMs: clock.nowMs() + WORKING_MS };
  const { decided, left } = await recheckAgents(agents, work, ports);
  if (left > 0) await recheckQueue.send([{ ...change, agents: agents.slice(-left) }]);
  log.write({ level: "info", event: "rechecked", ...change, agents: agents.length - left, decided, ended });
}

/** Splits the agents of a place into messages. */
const inMessages = (change: Recheck, agents: readonly AgentId[]): readonly Recheck[] =>
  Array.from({ length: Math.ceil(agents.length / AGENTS_IN_MESSAGE) }, (_, index) => ({
    ...change,
    agents: agents.slice(index * AGENTS_IN_MESSAGE, (index + 1) * AGENTS_IN_MESSAGE),
  }));
