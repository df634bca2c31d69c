import { type Containment, DEFAULT_SUSPENSIONS, RULES } from "../core/deployment/escalation-rules.ts";
import type { Detection } from "../core/escalation/detection.ts";
import type { Task } from "../core/tasks/task.ts";
import { BUS_SOURCES, ESCALATION_EVENT } from "../names.ts";
import { suspendAgent } from "../steps/agents/suspend-agent.ts";
import { endTask } from "../steps/tasks/end-task.ts";
import { readEscalation } from "./escalation-event.ts";
import type { IntakePorts } from "./intake-ports.ts";
import { recordOnce } from "./record-event.ts";

/** Subject of a detection, as the record has it: the event's word is not believed. */
interface Subject {
  readonly task?: Task | undefined;
  readonly account: string;
}

/**
 * Contains an escalation as `valetkey.json` says: records what was seen and what is done about it, and then does it. May be repeated: the journal has
 * each detection once, and every response may be made again.
 * @throws {Refusal} outages; contended.
 */
export async function contain(event: unknown, ports: IntakePorts): Promise<void> {
  const own = { account: ports.deployment.bus.own, source: BUS_SOURCES.own };
  const read = readEscalation(event, own, ports.clock.nowMs());
  if ("refused" in read) return tellRefused(read.refused, ports);
  const { detection } = read;
  const subject = await findSubject(detection, ports);
  if (!subject) return tellRefused("unknown", ports, detection);
  const done = await responseTo(detection, subject, ports);
  const { id, ...seen } = detection;
  const agent = subject.task?.agent;
  await recordOnce(["escalation", id], ESCALATION_EVENT, { ...seen, agent, detection: id, ...done }, ports);
  await respond(detection, done.done, subject, ports);
  ports.log.write({
    ...{ level: "error", event: "escalation_detected", rule: detection.rule, account: detection.account },
    ...{ task: detection.task, agent, done: done.done, wanted: done.wanted },
  });
}

function tellRefused(why: string, { log }: IntakePorts, { rule, account, task, agent }: Partial<Detection> = {}): void {
  log.write({ level: "error", event: "event_refused", why, asked: ESCALATION_EVENT, rule, account, task, agent });
}

/** Finds what a detection is about; undefined where the record has no such thing, so that nothing follows from it. */
async function findSubject({ rule, account, task: path }: Detection, ports: IntakePorts): Promise<Subject | undefined> {
  const isOurs = account !== undefined && ports.deployment.accounts.some((each) => each.id === account);
  if (rule === "E3") return isOurs ? { account } : undefined;
  const task = path && (await ports.tasks.read(path));
  const isIn = account !== undefined && task?.leases.some((lease) => lease.account === account);
  return isIn ? { task, account } : undefined;
}

/** Response that is given, and the one that the configuration wants where that is more. */
interface Response {
  readonly done: Containment;
  readonly wanted?: Containment;
}

/** Chooses the response. Beyond the cap of suspensions a task still ends, and the agent goes on: a rule that errs suspends some agents, and not all. */
async function responseTo({ id, rule }: Detection, { account }: Subject, ports: IntakePorts): Promise<Response> {
  const { escalation } = ports.deployment;
  const configured = escalation?.[rule] ?? "alarm";
  // The deployed configuration was checked at synth; what a rule must never do is checked here again.
  const wanted = (RULES[rule].containments as readonly Containment[]).includes(configured) ? configured : "alarm";
  if (wanted !== "suspend_agent") return { done: wanted };
  const most = escalation?.suspensionsPerHour ?? DEFAULT_SUSPENSIONS;
  const isWithin = await ports.suspensions.take(rule, account, id, most);
  return isWithin ? { done: wanted } : { done: "end_task", wanted };
}

async function respond(
  { rule, id }: Detection,
  done: Containment,
  { task, account }: Subject,
  ports: IntakePorts,
): Promise<void> {
  const by = `escalation:${rule}:${id.slice(0, 12)}`;
  if (done === "halt_account") {
    await ports.accountHalts.halt({ account, at: Math.floor(ports.clock.nowMs() / 1_000), by });
    return;
  }
  if (!task || (done !== "end_task" && done !== "suspend_agent")) return;
  // The task first, though its agent's suspension ends it, too: an agent with a thousand tasks takes a while.
  await endTask(task.path, { status: "revoked" }, by, ports);
  const agent = done === "suspend_agent" ? await ports.agents.record(task.agent) : undefined;
  if (agent) await suspendAgent(agent, by, ports);
}
