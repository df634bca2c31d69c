import type { Agent } from "../core/identity/agent.ts";
import { Refusal } from "../core/refusal.ts";
import { isGone } from "../core/signals/read-signal.ts";
import type { Task } from "../core/tasks/task.ts";
import { offboardAgent } from "../steps/agents/offboard-agent.ts";
import { suspendAgent } from "../steps/agents/suspend-agent.ts";
import { withdrawConsents } from "../steps/consents/withdraw-consents.ts";
import { endPerson, voidVotes } from "../steps/tasks/end-person.ts";
import { endTask } from "../steps/tasks/end-task.ts";
import { type BusRequest, type EventFacts, type RequestedEnding, readBusEvent, type WhyNot } from "./bus-request.ts";
import { contain } from "./contain.ts";
import { isOfOrganization, takeDeparture } from "./departure.ts";
import { isEscalation } from "./escalation-event.ts";
import type { IntakePorts } from "./intake-ports.ts";
import { recordEvent } from "./record-event.ts";
import { UnknownForm } from "./unknown-form.ts";

/** Whom the event is about, as the record has it. */
interface Subject {
  readonly task?: Task | undefined;
  readonly agent?: Agent | undefined;
  /** Person of a configured issuer: of people there is no other record. */
  readonly person?: string | undefined;
}

/** Time for which further tasks of an agent are taken up; seconds. The function's own time-out is 60 s; what is left is done when it is tried again. */
const BUDGET_SECONDS = 40;

/**
 * An event of the bus: what it asks for is recorded and then done. What it may not ask for is recorded, and that is all: an
 * event that is bad is no better the second time, so nothing is thrown for it. An outage is, and then EventBridge's event is tried again;
 * every ending may be repeated. So is valetkey's own word in a form of another release: during a deployment, the next try reaches the newer `intake`.
 * @throws {Refusal} outages; contended where something is left to do.
 * @throws {UnknownForm}
 */
export async function intake(event: unknown, ports: IntakePorts): Promise<void> {
  if (isEscalation(event)) return contain(event, ports);
  if (isOfOrganization(event)) return takeDeparture(event, ports);
  const request = readBusEvent(event, ports.deployment, ports.clock.nowMs());
  if ("refused" in request && request.refused === "unknown_form") throw new UnknownForm(request.facts.asked ?? "");
  const subject = await findSubject(request, ports);
  if (isMoot(request, subject)) return;
  const refused = "refused" in request ? request.refused : whyNot(request, subject, ports);
  // Before it is done: whatever happens from here on, the record says who asked for it.
  // A signal is recorded with the moment that it names, and once: it may be pushed again and again.
  const isHeard = "asked" in request && request.asked.type === "person.offboard" && request.asked.signal !== undefined;
  if (!isHeard && (subject.task ?? subject.agent ?? subject.person)) await recordEvent(request.facts, refused, ports);
  if (refused === undefined && "asked" in request) await act(request, subject, ports);
  const { event: id, account, source, asked, task, agent } = request.facts;
  ports.log.write({
    level: refused === undefined ? "info" : "error",
    event: refused === undefined ? "event_taken" : "event_refused",
    why: refused,
    request: id,
    account,
    source,
    asked,
    task,
    agent,
  });
}

async function findSubject({ facts }: BusRequest, ports: IntakePorts): Promise<Subject> {
  if (facts.task !== undefined) return { task: await ports.tasks.read(facts.task) };
  if (facts.person !== undefined) return { person: facts.person };
  return facts.agent === undefined ? {} : { agent: await ports.agents.record(facts.agent) };
}

/** Our own word that a task is overdue, which has ended: only its timer had been left behind. There may be very many after an outage of the sweep. */
const isMoot = (request: BusRequest, { task }: Subject): boolean =>
  "asked" in request && request.isOwn && task !== undefined && task.status !== "active";

/** Facts about a good event that only the record beside it gives. */
function whyNot(
  request: Extract<BusRequest, { readonly isOwn: boolean }>,
  { task, agent, person }: Subject,
  { clock }: IntakePorts,
): WhyNot | "unknown" | "not_due" | undefined {
  if (!task && !agent && person === undefined) return "unknown";
  // Our own events say that a deadline has passed. That is seen here, and not believed.
  if (request.isOwn && task && clock.nowMs() / 1_000 < task.expiresAt) return "not_due";
  return undefined;
}

async function act(
  { asked, isOwn, facts }: Extract<BusRequest, { readonly isOwn: boolean }>,
  { agent }: Subject,
  ports: IntakePorts,
): Promise<void> {
  const by = authorOf(asked, isOwn, facts);
  const untilMs = ports.clock.nowMs() + BUDGET_SECONDS * 1_000;
  if (asked.type === "task.end") {
    await endTask(asked.task, { status: isOwn ? "expired" : "revoked" }, by, ports);
  } else if (asked.type === "person.offboard") {
    const { person, signal } = asked;
    const deadUntil = signal?.deadUntil ?? ports.clock.nowMs() / 1_000;
    // A person who is gone keeps no consent, and none of their votes counts that was not used. A session that was revoked says nothing of either.
    if (!signal || isGone(facts.reason)) {
      await voidVotes(person, deadUntil, by, ports);
      await withdrawConsents(person, deadUntil, by, ports);
    }
    refuseLeft(await endPerson(person, by, ports, { deadUntil, reason: facts.reason }, untilMs));
  } else if (agent && asked.type === "agent.suspend") {
    await suspendAgent(agent, by, ports);
  } else if (agent) {
    refuseLeft(await offboardAgent(agent, by, ports, untilMs));
  }
}

/** Names the author of an ending: our own word that it is overdue, a transmitter, or an event of a publisher. */
const authorOf = (asked: RequestedEnding, isOwn: boolean, { event }: EventFacts): string => {
  if (asked.type === "person.offboard" && asked.signal) return `signal:${asked.signal.transmitter}`;
  return isOwn ? "overdue" : `event:${event}`;
};

/** Refuses where the time was over before the work was: the event is tried again. @throws {Refusal} contended. */
function refuseLeft({ left }: { readonly left: number }): void {
  if (left > 0) throw new Refusal("contended", { why: `${left} tasks are left` });
}
