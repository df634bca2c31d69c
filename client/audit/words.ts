import { isMoment } from "../../contract/decision/moment.ts";
import { type EventType, isEventType } from "../../contract/journal-types.ts";
import { levelOf } from "../../contract/task-id.ts";
import type { ArchivedEvent } from "../../functions/core/archive/entry.ts";
import { taskOfEvent } from "../../functions/core/archive/task-of-event.ts";
import type { Fact, ReadFacts } from "../../functions/core/journal/event.ts";
import { isFields, items } from "./fact-parts.ts";
import { textOf } from "./text-of.ts";

/**
 * Words an event in one line, with each denial on a line below. Control characters and line feeds of the event's values
 * become escapes.
 */
export function line(event: ArchivedEvent): string {
  const task = taskOfEvent(event);
  const depth = task === undefined ? 0 : levelOf(task);
  const time = new Date(event.at).toISOString().replace("T", " ").replace("Z", "");
  const subject = textOf(event.of);
  const words = isEventType(event.type) ? WORDS[event.type](event.facts, subject) : textOf(event.type);
  return `${time}  ${"  ".repeat(Math.max(0, depth))}${task === undefined ? subject : textOf(task)}  ${words}`;
}

const WORDS: { readonly [T in EventType]: (facts: ReadFacts<T>, of: string) => string } = {
  "task.opened": ({ agent, purpose, details, policies, expires_at }) =>
    `${of(agent)} opened a task until ${when(expires_at)}, to "${of(purpose)}": ${grants(details)}; by ${list(policies)}`,
  "task.refused": ({ agent, code, denials, purpose }) =>
    `${of(agent)} was refused (${of(code)})${purpose === undefined ? "" : `, for "${of(purpose)}"`}${denied(denials)}`,
  "task.prolonged": ({ agent, on_behalf_of: person, expires_at }) =>
    `${of(agent)} showed a fresh token of ${of(person)}: its task lasts until ${when(expires_at)}`,
  "task.ended": ({ agent, status, by, leases }) =>
    `task of ${of(agent)} ${of(status)} by ${of(by)}; ${some(leases, "AWS session")} denied from here on`,
  "task.token_issued": ({ agent }) => `${of(agent)} got a further token for its task`,
  "lease.renewed": ({ agent, lease, connector_leases: connected }) =>
    `${of(agent)} renewed ${isFields(lease) ? of(lease.name) : list(names(connected))}`,
  "lease.revoked": ({ agent, name, type }) => `${of(name)} (${of(type)}) of ${of(agent)} was revoked at its provider`,
  "delegation.issued": ({ agent, to, details }) => `${of(agent)} delegated to ${of(to)}: ${grants(details)}`,
  "delegation.revoked": ({ agent, to }) => `${of(agent)} revoked its delegation to ${of(to)}`,
  "presentation.issued": ({ agent, server }) => `${of(agent)} got a token for ${of(server)}`,
  "presentation.revoked": ({ agent, server }) => `${of(agent)} revoked its token for ${of(server)}`,
  "approval.asked": ({ agent, purpose, approval, details }) =>
    `${of(agent)} asked people (${approvalOf(approval)}${needed(approval)}), to "${of(purpose)}": ${grants(details)}`,
  "approval.voted": ({ by, approval, groups }) => `${of(by)}${ofGroups(groups)} approved (${approvalOf(approval)})`,
  "approval.denied": ({ by, approval, reason }) =>
    `${of(by)} denied (${approvalOf(approval)})${reason === undefined ? "" : `: "${of(reason)}"`}`,
  "approval.withdrawn": ({ by, approval }) => `${of(by)} withdrew an approval (${approvalOf(approval)})`,
  "approval.used": ({ agent, approval, voters }) =>
    `${of(agent)} got what ${votersOf(voters)} approved (${approvalOf(approval)})`,
  "approval.void": ({ approval, changed }) => `approval void (${approvalOf(approval)}): ${list(changed)} changed since`,
  "agent.registered": ({ by, owner, team }, id) =>
    `${of(by)} registered ${id} for ${owner === undefined ? "an owner who is no person" : of(owner)}, team ${of(team)}`,
  "consent.given": ({ by, agent, purpose, details, expires_at }) =>
    `${of(by)} let ${of(agent)} act for them until ${when(expires_at)}, to "${of(purpose)}": ${grants(details)}`,
  "consent.withdrawn": ({ by, agent, on_behalf_of: person }) =>
    `${of(by)} withdrew the consent by which ${of(agent)} acted for ${of(person)}`,
  "threat_model.accepted": ({ by, agent, acceptance }) =>
    `${of(by)} accepted the threat model of ${of(agent)} for production (acceptance ${of(acceptance)})`,
  "agent.suspended": ({ by, reason }, id) => `${of(by)} suspended ${id}${because(reason)}`,
  "agent.resumed": ({ by }, id) => `${of(by)} resumed ${id}`,
  "agent.changed": ({ by }, id) => `${of(by)} changed ${id}`,
  "agent.confirmed": ({ by }, id) => `${of(by)} confirmed that ${id} is still needed`,
  "agent.offboarding": ({ by, reason }, id) => `${of(by)} began to offboard ${id}${because(reason)}`,
  "agent.offboarded": ({ report_sha256: sha256 }, id) =>
    `${id} is offboarded: nothing that it had is alive; report sha256 ${of(sha256)}`,
  "person.tasks_ended": ({ by, person, reason }) => `${of(by)} ended everything for ${of(person)}${because(reason)}`,
  "person.votes_void": ({ by, person }) => `${of(by)} made the unused votes of ${of(person)} void`,
  "role.policy_written": ({ form, endings, started_before: before }, role) =>
    `revocation policy of ${role} was in force (${of(form)}), with endings: ${list(endings)}${
      before === undefined ? "" : `; denies sessions started before ${when(before)}`
    }`,
  "panic.declared": ({ by, reason }) => `${of(by)} halted everything${because(reason)}`,
  "panic.lifted": ({ by, reason }) => `${of(by)} lifted the halt${because(reason)}`,
  "account.halted": ({ by, account, reason }) => `${of(by)} halted the account ${of(account)}${because(reason)}`,
  "account.lifted": ({ by, account, halted_by }) =>
    `${of(by)} lifted the halt of the account ${of(account)}, which was by ${of(halted_by)}`,
  "condition.tightened": ({ by, condition, scope, until, reason }) =>
    `${of(by)} ${until === undefined ? "ended" : "set"} the condition ${of(condition)} for ${of(scope)}${because(reason)}`,
  "condition.loosened": ({ by, condition, scope, until, reason }) =>
    `${of(by)} ${until === undefined ? "lifted" : "set"} the condition ${of(condition)} for ${of(scope)}${because(reason)}`,
  "operation.refused": ({ operator, code, route, about }) =>
    `operator ${of(operator)} was refused ${filled(route, about)} (${of(code)})`,
  "secret.rotated": (_, name) => `${name} was rotated`,
  "secret.rotation_asked": ({ by }, name) => `${of(by)} requested a rotation of ${name}`,
  "secret.rotation_declined": (_, name) => `${name} cannot be rotated`,
  "approval.standing": ({ agent, purpose, approval, details }) =>
    `${of(agent)} asks again under a standing approval (${approvalOf(approval)}), to "${of(purpose)}": ${grants(details)}`,
  "approval.reviewed": ({ by, approval }) => `${of(by)} reviewed a broken glass (${approvalOf(approval)})`,
  "agent.unconfirmed_warning": (_, id) => `${id} will be suspended unless its owner confirms it`,
  "agent.unbound": (_, id) => `${id} lost its bindings`,
  "agent.tasks_listed": ({ tasks }, id) => `${some(tasks, "task")} of ${id} listed for its offboarding`,
  "issuer.key_seen": ({ issuer, kid }) => `the archive got a key of ${of(issuer)} from it (${of(kid)})`,
  "table.restored": () => "the table was restored from a copy: what it did not have was lost to the hub",
  "rights.counted": ({ hour, tasks, granted, unused, not_seen }) =>
    `${of(unused)} of ${of(granted)} rights granted to ${of(tasks)} tasks that ended in the hour from ${when(hour)} on stayed unused; of ${of(not_seen)} it is not known`,
  "event.taken": ({ asked, account, reason }) => `${of(account)} asked for ${of(asked)} over the bus${because(reason)}`,
  "event.refused": ({ asked, account, why }) => `${of(account)} was refused ${of(asked)} over the bus (${of(why)})`,
  "escalation.detected": ({ agent, rule, done, account }) =>
    `rule ${of(rule)} was met by ${of(agent)} in ${of(account)}; done: ${of(done)}`,
};

const of = textOf;
const list = (fact: Fact | undefined): string => items(fact).map(of).join(", ") || "none";
const names = (fact: Fact | undefined): readonly Fact[] =>
  items(fact).flatMap((each) => (isFields(each) ? [of(each.name)] : []));
/** Number of a list's items with their noun. @example some([{}], "AWS session") // "1 AWS session" */
const some = (list: Fact | undefined, noun: string): string =>
  `${items(list).length} ${noun}${items(list).length === 1 ? "" : "s"}`;
/** Route of a request with what its path named. @example "POST /v1/agents/demo/offboard" */
const filled = (route: Fact | undefined, about: Fact | undefined): string =>
  of(route).replace(/\{(\w+)\}/g, (whole, name: string) =>
    isFields(about) && Object.hasOwn(about, name) ? of(about[name]) : whole,
  );
const because = (reason: Fact | undefined): string => (reason === undefined ? "" : `: "${of(reason)}"`);
const when = (seconds: Fact | undefined): string =>
  isMoment(seconds) ? new Date(seconds * 1_000).toISOString().slice(11, 19) : "?";
const approvalOf = (approval: Fact | undefined): string => of(isFields(approval) ? approval.id : approval);

/** Votes that a request needs, by group. @example ", 2 of sre" */
const needed = (approval: Fact | undefined): string =>
  (isFields(approval) ? items(approval.needed) : [])
    .filter(isFields)
    .map(({ group, count }) => `, ${of(count)} of ${of(group)}`)
    .join("");
/** Groups that a voter's token proved, of those that may vote. @example " of sre" */
const ofGroups = (groups: Fact | undefined): string => (items(groups).length === 0 ? "" : ` of ${list(groups)}`);
const votersOf = (voters: Fact | undefined): string =>
  items(voters)
    .filter(isFields)
    .map(({ by, groups }) => `${of(by)}${ofGroups(groups)}`)
    .join(" and ") || "people";

/** Grants of an intent: actions on resources, and the connector where it is not AWS. */
const grants = (details: Fact | undefined): string =>
  items(details)
    .map((detail) => {
      if (!isFields(detail)) return of(detail);
      if (detail.type !== "aws") return `${of(detail.type)} ${list(detail.tools ?? detail.actions)}`;
      const statements = items(detail.statements).filter(isFields);
      return (statements.length > 0 ? statements : [detail])
        .map(({ actions, resources }) => `${list(actions)} on ${list(resources)}`)
        .join("; ");
    })
    .join("; ");

const denied = (denials: Fact | undefined): string =>
  items(denials)
    .filter(isFields)
    .map(({ action, target, reason }) => `\n      ${of(action)} on ${of(target)}: ${of(reason)}`)
    .join("");
