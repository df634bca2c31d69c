import type { AgentId } from "../../contract/agent-id.ts";
import type { Configured, Containment } from "../../contract/names.ts";
import { BUS_SOURCES, ESCALATION_EVENT } from "../../contract/names.ts";
import type { DefinedCondition } from "../core/conditions/defined-condition.ts";
import { partyOf } from "../core/delegation/party.ts";
import type { AccountId } from "../core/deployment/account-id.ts";
import {
  conditionSetBy,
  DEFAULT_SUSPENSIONS,
  isForEscalation,
  maySetCondition,
  RULES,
} from "../core/deployment/escalation-rules.ts";
import type { Detection } from "../core/escalation/detection.ts";
import { type EscalationEntry, type FoundEscalation, MOST_LISTED } from "../core/escalation/found-escalation.ts";
import { mayBeCopy } from "../core/escalation/may-be-copy.ts";
import { PARTIES_TO_SUSPEND } from "../core/escalation/pause.ts";
import { isAtLeast, isDecidedSince } from "../core/identity/agent.ts";
import { taskPath } from "../core/task-path.ts";
import type { Task } from "../core/tasks/task.ts";
import { suspendAgent } from "../steps/agents/suspend-agent.ts";
import { endTask } from "../steps/tasks/end-task.ts";
import { agentOf, revokeDelegation } from "../steps/tasks/revoke-delegation.ts";
import { readEscalation } from "./escalation-event.ts";
import type { IntakePorts } from "./intake-ports.ts";
import { firstEvent } from "./record-event.ts";
import { setOnce } from "./set-condition.ts";
import { UnknownForm } from "./unknown-form.ts";

/** Subject of a detection, read from the record: the event's own statements are not believed. */
interface Subject {
  readonly task?: Task | undefined;
  /** Agent that the detection names. */
  readonly agent?: AgentId | undefined;
  /** Account by which the caps count: the hub's own for detections at the exchange. */
  readonly account: AccountId;
  /** Hash of a delegation token that was used by an agent that it does not name. */
  readonly token?: string;
}

/**
 * Contains an escalation by the response that `valetkey.json` configures: records the detection and the response, and then responds. May be repeated: the
 * journal has each detection once, and every response may be made again.
 * @throws {Refusal} outages; contended.
 * @throws {UnknownForm} for an event of another release, while a deployment is under way.
 */
export async function contain(event: unknown, ports: IntakePorts): Promise<void> {
  const { bus, prefix } = ports.deployment;
  const own = { account: bus.own, source: BUS_SOURCES.own, prefix };
  const read = readEscalation(event, own, ports.clock.nowMs());
  if ("refused" in read && read.refused === "unknown_form") throw new UnknownForm(ESCALATION_EVENT);
  if ("refused" in read) return logRefused(read.refused, ports);
  const { detection } = read;
  const subject = await findSubject(detection, ports);
  if (!subject) return logRefused("unknown", ports, detection);
  const done = await responseTo(detection, subject, ports);
  const { agent } = subject;
  await recordEscalation(detection, subject, done, ports);
  await respond(detection, done, subject, ports);
  ports.log.write({
    ...{ level: "error", event: "escalation_detected", rule: detection.rule, account: detection.account },
    ...{ task: detection.task, agent, done: done.done, wanted: done.wanted },
  });
}

function logRefused(why: string, { log }: IntakePorts, { rule, account, task, agent }: Partial<Detection> = {}): void {
  log.write({ level: "error", event: "event_refused", why, asked: ESCALATION_EVENT, rule, account, task, agent });
}

/** Finds the subject of a detection. Returns undefined where the record has none, so that nothing is done. */
async function findSubject(detection: Detection, ports: IntakePorts): Promise<Subject | undefined> {
  const { rule, account, task: path } = detection;
  const isOurs = account !== undefined && ports.deployment.accounts.some((each) => each.id === account);
  const { about } = RULES[rule];
  if (about === "account") return isOurs ? { account, ...(await findMaker(detection, ports)) } : undefined;
  const task = path && (await ports.tasks.read(path));
  if (about !== "task") return findAtExchange(detection, about, task, ports);
  const isIn = account !== undefined && task?.leases.some((lease) => lease.account === account);
  return task && isIn ? { task, agent: task.agent, account } : undefined;
}

/** Finds the task that may have made the session of an unknown key by copying its own. Then the task is contained, and not its account. */
async function findMaker(detection: Detection, { tasks }: IntakePorts): Promise<Pick<Subject, "task" | "agent">> {
  const path = taskPath(detection.session ?? "");
  const task = path && (await tasks.read(path));
  return task && mayBeCopy(detection, task) ? { task, agent: task.agent } : {};
}

/** Finds the agent that the exchange has refused; for a token also the delegation that it used and that names another agent. */
async function findAtExchange(
  { agent: id, token_sha256: token }: Detection,
  about: "agent" | "token",
  task: Task | undefined,
  ports: IntakePorts,
): Promise<Subject | undefined> {
  const { agents, deployment } = ports;
  const agent = id === undefined ? undefined : await agents.record(id);
  if (!agent) return undefined;
  const found = { agent: agent.id, account: deployment.bus.own };
  if (about === "agent") return found;
  const to = task && token !== undefined ? await agentOf(task, token, ports) : undefined;
  return to !== undefined && token !== undefined && to !== agent.id ? { ...found, task, token } : undefined;
}

/** Response that is made, and the configured one, where it would be stronger. */
type Response = Pick<FoundEscalation, "done" | "wanted" | "paused_for">;

/** Responses that are capped, each with the response beyond the cap: a rule that errs must not stop all agents. A task still ends. */
const BEYOND_CAP: Readonly<Partial<Record<Containment, Containment>>> = {
  suspend_agent: "end_task",
  cool_down: "alarm",
};

/**
 * Chooses the response. The cap counts agents: one agent, however often it is found, uses up no other agent's place,
 * and an agent that is halted already needs none.
 */
async function responseTo({ rule, at }: Detection, subject: Subject, ports: IntakePorts): Promise<Response> {
  const { account, task, agent: id = "" } = subject;
  const { escalation } = ports.deployment;
  const most = escalation?.suspensionsPerHour ?? DEFAULT_SUSPENSIONS;
  const take = () => ports.suspensions.take(rule, account, id, most);
  const configured = escalation?.[rule] ?? "alarm";
  const isSetting = conditionOf(rule, configured, ports) !== undefined;
  // The deployed configuration was checked at synth. The responses that a rule may have are checked here again.
  const isKnown = isSetting || (RULES[rule].containments as readonly Configured[]).includes(configured);
  const wanted = isKnown ? configured : "alarm";
  // An agent can copy its session at will, so it must not be able to halt the account. Capped by agents and by each agent's tasks, since an administrator of the account chooses session names too.
  const isCopy = RULES[rule].about === "account" && task !== undefined && wanted === "halt_account";
  if (isCopy) {
    const isWithin = (await take()) && (await ports.suspensions.take(`${rule}#${id}`, account, task.path, most));
    return { done: isWithin ? "end_task" : "alarm", wanted };
  }
  // The event comes late, or again: a person has lifted the account's halt since then.
  if (wanted === "halt_account" && at <= ((await ports.accountHalts.latestLift(account))?.at ?? 0))
    return { done: "alarm", wanted };
  const beyond = isSetting ? "end_task" : BEYOND_CAP[wanted as Containment];
  if (beyond === undefined) return { done: wanted };
  const agent = id === "" ? undefined : await ports.agents.record(id);
  // Likewise: a person has resumed the agent since then.
  if (agent && isDecidedSince(agent, at)) return { done: "alarm", wanted };
  if (agent && isAtLeast(agent.status, "suspended")) return { done: wanted };
  const isOfAgent = isSetting || wanted === "suspend_agent";
  const party = isOfAgent && task && RULES[rule].isBrokenForParties ? partyOf(task) : undefined;
  // One party must not have the agent suspended, or watched, for all others.
  if (party !== undefined && (await ports.suspensions.take(`${rule}#PARTIES`, id, party, PARTIES_TO_SUSPEND - 1)))
    return isSetting ? { done: "end_task", wanted } : { done: "pause_party", paused_for: party };
  return (await take()) ? { done: wanted } : { done: beyond, wanted };
}

/** Finds the condition that a configured response sets; undefined where it sets none, or one that a rule may not set. */
const conditionOf = (
  rule: Detection["rule"],
  configured: Configured,
  { deployment: { conditions = [] } }: IntakePorts,
): DefinedCondition | undefined =>
  maySetCondition(rule)
    ? conditions.find((each) => each.name === conditionSetBy(configured) && isForEscalation(each))
    : undefined;

async function respond(
  { rule, id, at }: Detection,
  { done, paused_for: party }: Response,
  { task, agent: acting, account, token }: Subject,
  ports: IntakePorts,
): Promise<void> {
  const by = `escalation:${rule}:${id.slice(0, 12)}`;
  if (done === "halt_account") {
    await ports.accountHalts.halt({ account, at: Math.floor(ports.clock.nowMs() / 1_000), by });
    return;
  }
  const condition = conditionOf(rule, done as Configured, ports);
  if (condition && acting !== undefined) await setForAgent(condition, acting, { rule, id }, by, ports);
  // Begins at the time of the request, and not now: a late or repeated event extends no cool-down.
  const since = Math.min(at, Math.floor(ports.clock.nowMs() / 1_000));
  if (done === "cool_down" && acting !== undefined) await ports.coolDowns.begin({ agent: acting, at: since, by });
  if (done === "revoke_token" && task && token !== undefined) await revokeDelegation(task, token, by, ports);
  // Begins before the task ends, so that no further task of the pair is opened meanwhile.
  if (task && party !== undefined) await ports.pauses.begin({ agent: task.agent, party, at: since, by });
  if (!task || (done !== "end_task" && done !== "pause_party" && done !== "suspend_agent")) return;
  // The agent's suspension ends the task too. Ended first, since an agent with a thousand tasks takes a while.
  await endTask(task.path, { status: "revoked" }, by, ports);
  const agent = done === "suspend_agent" ? await ports.agents.record(task.agent) : undefined;
  if (agent) await suspendAgent(agent, by, ports, { reportedAt: at });
}

/**
 * Sets a condition for an agent, once for each detection: an event that comes again sets nothing, even where a person has lifted the condition since.
 * @throws {Refusal} store_unavailable, contended.
 */
async function setForAgent(
  { name, longestSeconds }: DefinedCondition,
  agent: AgentId,
  { rule, id }: Pick<Detection, "rule" | "id">,
  by: string,
  ports: Pick<IntakePorts, "setConditions" | "clock">,
): Promise<void> {
  const at = Math.floor(ports.clock.nowMs() / 1_000);
  const until = at + Math.min(SET_SECONDS, longestSeconds);
  await setOnce({ name, scope: `agent:${agent}`, until, at, by, reason: RULES[rule].says }, [id], ports);
}

/** Time for which a rule sets a condition, or the condition's longest time where that is shorter; seconds. */
const SET_SECONDS = 3_600;

const HOUR_MS = 3_600_000;

/** Agent that an escalation is about, by the record, if there is one; and the account by which its caps count. */
interface Whose {
  readonly agent?: AgentId | undefined;
  readonly account: AccountId;
}

/**
 * Records an escalation in the journal and in the operators' list, once, however often it is reported. The list of an hour has a bound for each rule and
 * agent. Beyond the bound, one entry shows that there are more.
 * @throws {Refusal} store_unavailable, contended.
 */
async function recordEscalation(
  { agent: _told, ...detection }: Detection,
  { agent, account }: Whose,
  response: Pick<FoundEscalation, "done" | "wanted" | "paused_for">,
  ports: Pick<IntakePorts, "foundEscalations" | "suspensions" | "clock">,
): Promise<void> {
  const { id, ...seen } = detection;
  const whose = agent === undefined ? {} : { agent };
  const facts = { ...seen, ...whose, detection: id, ...response };
  const event = firstEvent(["escalation", id], ESCALATION_EVENT, facts, ports);
  const isRoom = await ports.suspensions.take(`${seen.rule}#LISTED`, agent ?? account, id, MOST_LISTED);
  const untilMs = (Math.floor(event.at / HOUR_MS) + 1) * HOUR_MS - 1;
  const entry: EscalationEntry = isRoom
    ? { ...detection, ...whose, ...response, event: event.of, foundAtMs: event.at }
    : { rule: seen.rule, ...(agent === undefined ? { account } : whose), untilMs };
  await ports.foundEscalations.record(event, entry);
}
