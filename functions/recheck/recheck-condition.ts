import { isAgentId } from "../../contract/agent-id.ts";
import { recheckCondition as RECHECK, type RecheckedTasks } from "../../contract/conditions.ts";
import type { Ports } from "../core/ports.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { readBodyOf } from "../http/read-body-of.ts";
import { conditionFor, refuseScope } from "../operators/conditions.ts";
import { operation } from "../operators/operation.ts";
import { agentsIn, recheckAgents, WORKING_MS } from "./recheck-agents.ts";
import { type Denied, endDenied, type RecheckNeeds } from "./recheck-task.ts";
import { readWorlds, type WorldPorts } from "./worlds.ts";

/** Ports of the route. */
export interface RecheckRoutePorts extends Ports, RecheckNeeds, WorldPorts {}

/**
 * Answers `POST /v1/conditions/{condition}/recheck`: decides the live tasks in the place anew, and ends the denied ones; with `dry_run`, only lists them, as if
 * the condition had just been tightened there.
 */
export const recheckCondition = (event: HttpEvent, ports: RecheckRoutePorts): Promise<HttpAnswer> =>
  operation<RecheckedTasks>(event, ports, async (operator) => {
    const condition = await conditionFor(operator, "valetkey:TightenConditions", event, ports);
    const { scope, dry_run: isTried = false, after } = readBodyOf(event, RECHECK);
    refuseScope(condition, scope);
    const change = { condition: condition.name, scope };
    const agents = await agentsIn(change, ports, isAgentId(after) ? after : undefined);
    const worlds = await readWorlds(condition, change, isTried, ports);
    const untilMs = ports.clock.nowMs() + WORKING_MS;
    const tasks: RecheckedTasks["tasks"][number][] = [];
    const onDenied = async (denied: Denied): Promise<void> => {
      const { task, by } = denied;
      if (!isTried && (await endDenied(denied, ports)).length === 0) return;
      tasks.push({ task: task.path, agent: task.agent, reason: by });
    };
    const { decided, left } = await recheckAgents(agents, { recheck: change, worlds, onDenied, untilMs }, ports);
    const next = left > 0 ? agents.at(-left - 1) : undefined;
    return { ...change, dry_run: isTried, decided, tasks, ...(next === undefined ? {} : { next }) };
  });
