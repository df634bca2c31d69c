import { CONDITION_EVENT } from "../../contract/names.ts";
import { BY_EVENT } from "../core/conditions/held-condition.ts";
import { type Agent, isDecidedSince } from "../core/identity/agent.ts";
import { Refusal } from "../core/refusal.ts";
import { isGone } from "../core/signals/read-signal.ts";
import type { Task } from "../core/tasks/task.ts";
import { offboardAgent } from "../steps/agents/offboard-agent.ts";
import { suspendAgent } from "../steps/agents/suspend-agent.ts";
import { withdrawConsents } from "../steps/consents/withdraw-consents.ts";
import { endPerson, voidVotes } from "../steps/tasks/end-person.ts";
import { endTask } from "../steps/tasks/end-task.ts";
import { type BusRequest, type EventFacts, type RequestedAct, readBusEvent, type WhyNot } from "./bus-request.ts";
import { contain } from "./contain.ts";
import { isOfOrganization, takeDeparture } from "./departure.ts";
import { isEscalation } from "./escalation-event.ts";
import type { IntakePorts } from "./intake-ports.ts";
import { recordEvent } from "./record-event.ts";
import { type RefusedSetting, refusedSetting, setByEvent } from "./set-condition.ts";
import { UnknownForm } from "./unknown-form.ts";

/** Subject of the event, read from the record. */
interface Subject {
  readonly task?: Task | undefined;
  readonly agent?: Agent | undefined;
  /** Person of a configured issuer. There is no other record of people. */
  readonly person?: string | undefined;
  /** Name of a condition that the deployment defines. */
  readonly condition?: string | undefined;
}

/** Time for which further tasks are ended; seconds. The function's own time-out is 60 s. Tasks that are left are ended by the next attempt. */
const BUDGET_SECONDS = 40;

/**
 * Handles an event of the bus: records the act that it requests, and then performs it. A refused event is only recorded: it would be refused again, so
 * nothing is thrown for it. After an error EventBridge delivers the event again, and every act may be repeated. Outages are errors. An own event in
 * another release's form is an error too: during a deployment, the next attempt reaches the newer `intake`.
 * @throws {Refusal} outages; contended where something is left to do.
 * @throws {UnknownForm} for an event of another release.
 */
export async function intake(event: unknown, ports: IntakePorts): Promise<void> {
  if (isEscalation(event)) return contain(event, ports);
  if (isOfOrganization(event)) return takeDeparture(event, ports);
  const request = readBusEvent(event, ports.deployment, ports.clock.nowMs());
  if ("refused" in request && request.refused === "unknown_form") throw new UnknownForm(request.facts.asked ?? "");
  const subject = await findSubject(request, ports);
  if (isMoot(request, subject)) return;
  const refused = "refused" in request ? request.refused : await whyNot(request, subject, ports);
  // Recorded before the act, so that the record names who requested it, even if the act fails.
  // A signal is recorded by its ending, once, with the moment that it names: a transmitter may push it again and again.
  const isHeard = "asked" in request && request.asked.type === "person.offboard" && request.asked.signal !== undefined;
  if (!isHeard && (subject.task ?? subject.agent ?? subject.person ?? subject.condition))
    await recordEvent(request.facts, refused, ports);
  if (refused === undefined && "asked" in request) await act(request, subject, ports);
  const { event: id, account, source, asked, task, agent, condition, scope } = request.facts;
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
    condition,
    scope,
  });
}

async function findSubject({ facts }: BusRequest, ports: IntakePorts): Promise<Subject> {
  if (facts.task !== undefined) return { task: await ports.tasks.read(facts.task) };
  if (facts.person !== undefined) return { person: facts.person };
  if (facts.condition !== undefined) return { condition: facts.condition };
  return facts.agent === undefined ? {} : { agent: await ports.agents.record(facts.agent) };
}

/** True for our own event about an overdue task that has ended: only its timer was left. There may be very many after an outage of the sweep. */
const isMoot = (request: BusRequest, { task }: Subject): boolean =>
  "asked" in request && request.isOwn && task !== undefined && task.status !== "active";

/** Returns the reason why a well-formed event is refused, by the record of its subject. */
async function whyNot(
  request: Extract<BusRequest, { readonly isOwn: boolean }>,
  { task, agent, person }: Subject,
  ports: IntakePorts,
): Promise<WhyNot | "unknown" | "not_due" | "resumed" | RefusedSetting | undefined> {
  const { clock } = ports;
  if (request.asked.type === CONDITION_EVENT) return refusedSetting(request.asked, request, ports);
  if (!task && !agent && person === undefined) return "unknown";
  // Our own event claims that a deadline has passed. The record shows whether it has.
  if (request.isOwn && task && clock.nowMs() / 1_000 < task.expiresAt) return "not_due";
  // The event comes late, or again: a person has resumed the agent since it was put.
  if (request.asked.type === "agent.suspend" && agent && isDecidedSince(agent, request.putAt)) return "resumed";
  return undefined;
}

async function act(
  request: Extract<BusRequest, { readonly isOwn: boolean }>,
  { agent }: Subject,
  ports: IntakePorts,
): Promise<void> {
  const { asked, isOwn, facts, putAt } = request;
  const by = authorOf(asked, isOwn, facts);
  const untilMs = ports.clock.nowMs() + BUDGET_SECONDS * 1_000;
  if (asked.type === CONDITION_EVENT) {
    await setByEvent(asked, request, by, ports);
  } else if (asked.type === "task.end") {
    await endTask(asked.task, { status: isOwn ? "expired" : "revoked" }, by, ports);
  } else if (asked.type === "person.offboard") {
    const { person, signal } = asked;
    // The event's own moment: an event that is delivered again ends nothing that a later sign-in has opened.
    const deadUntil = signal?.deadUntil ?? putAt;
    // A person who is gone loses their consents, and their unused votes are void. A revoked session affects neither.
    if (!signal || isGone(facts.reason)) {
      await voidVotes(person, deadUntil, by, ports);
      await withdrawConsents(person, deadUntil, by, ports);
    }
    refuseLeft(await endPerson(person, by, ports, { deadUntil, reason: facts.reason }, untilMs));
  } else if (agent && asked.type === "agent.suspend") {
    await suspendAgent(agent, by, ports, { reportedAt: putAt });
  } else if (agent) {
    refuseLeft(await offboardAgent(agent, by, ports, untilMs));
  }
}

/** Names the author of an act: our own event of an overdue task, a transmitter, or a publisher's event. */
const authorOf = (asked: RequestedAct, isOwn: boolean, { event }: EventFacts): string => {
  if (asked.type === "person.offboard" && asked.signal) return `signal:${asked.signal.transmitter}`;
  return isOwn ? "overdue" : `${BY_EVENT}${event}`;
};

/** Refuses if tasks are left when the time is over, so that the event is delivered again. @throws {Refusal} contended. */
function refuseLeft({ left }: { readonly left: number }): void {
  if (left > 0) throw new Refusal("contended", { why: `${left} tasks are left` });
}
