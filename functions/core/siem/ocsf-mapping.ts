import type { EventType } from "../journal/event.ts";
import type { OcsfClass, Severity } from "./ocsf-event.ts";

/** Row of the mapping: the OCSF form of one type of event. */
export interface OcsfRow {
  readonly class: OcsfClass;
  /** OCSF's number of the activity within the class; 99 is an activity that OCSF does not name. */
  readonly activity: number;
  readonly name: string;
  /** Sentence about the event, without any text of an agent. */
  readonly says: string;
  readonly severity?: Severity;
  /** Decision, for an event that is one. */
  readonly decided?: "allowed" | "denied";
  /** For `entity`: kind of the changed thing. */
  readonly entity?:
    | "task"
    | "agent"
    | "leased secret"
    | "credential"
    | "token"
    | "consent"
    | "deployment"
    | "account"
    | "task role";
  /** For `authorize`: the given privilege, where the event lists no actions. */
  readonly privilege?: string;
}

const ASSIGN = { class: "authorize", activity: 1, name: "Assign Privileges" } as const;
const VOTE = { class: "authorize", activity: 99, privilege: "valetkey:Vote" } as const;
const AGENT = { class: "entity", entity: "agent" } as const;
const SECRET = { class: "entity", entity: "leased secret" } as const;
const DEPLOYMENT = { class: "entity", entity: "deployment" } as const;
const ACCOUNT = { class: "entity", entity: "account" } as const;
const DELETE = { class: "entity", activity: 4, name: "Delete" } as const;
const CALL = { class: "api", activity: 3, name: "Update" } as const;

/** Mapping of each type of journal event to OCSF. A type without a row does not compile. */
export const OCSF_MAPPING: Readonly<Record<EventType, OcsfRow>> = {
  "task.opened": { ...ASSIGN, says: "A task was opened and got credentials.", decided: "allowed" },
  "task.refused": { ...ASSIGN, says: "An agent was refused.", decided: "denied", severity: "low" },
  "task.prolonged": {
    ...ASSIGN,
    says: "A fresh token of its person moved a task's deadline.",
    decided: "allowed",
    privilege: "valetkey:Prolonged",
  },
  "task.ended": { class: "entity", entity: "task", activity: 11, name: "Deactivate", says: "A task ended." },
  "task.token_issued": {
    ...ASSIGN,
    says: "A further token of a task was issued.",
    decided: "allowed",
    privilege: "valetkey:TaskToken",
  },
  "presentation.issued": {
    ...ASSIGN,
    says: "A token for one tool server was issued.",
    decided: "allowed",
    privilege: "valetkey:PresentationToken",
  },
  "presentation.revoked": { ...DELETE, entity: "token", says: "A token for one tool server was revoked." },
  "delegation.issued": {
    ...ASSIGN,
    says: "A token for a sub-agent was issued.",
    decided: "allowed",
    privilege: "valetkey:DelegationToken",
  },
  "delegation.revoked": { ...DELETE, entity: "token", says: "A token for a sub-agent was revoked." },
  "lease.renewed": {
    ...ASSIGN,
    says: "A task's credentials were renewed.",
    decided: "allowed",
    privilege: "valetkey:Renew",
  },
  "lease.revoked": { ...DELETE, entity: "credential", says: "A connector's credential was revoked." },
  "approval.asked": { ...VOTE, name: "Ask", says: "An agent asks people to approve a request." },
  "approval.voted": { ...VOTE, name: "Vote", says: "A person approved a request.", decided: "allowed" },
  "approval.denied": { ...VOTE, name: "Deny", says: "A person denied a request.", decided: "denied", severity: "low" },
  "approval.withdrawn": { ...VOTE, name: "Withdraw", says: "A person withdrew an approval.", decided: "denied" },
  "approval.standing": { ...VOTE, name: "Stand", says: "A task was opened under a standing approval." },
  "approval.used": { ...ASSIGN, says: "An approval was used.", decided: "allowed", privilege: "valetkey:Approved" },
  "approval.reviewed": { ...VOTE, name: "Review", says: "A person reviewed a broken glass." },
  "approval.void": { ...VOTE, name: "Void", says: "An approval fits nothing any more.", decided: "denied" },
  "consent.given": {
    ...ASSIGN,
    says: "A person consented that an agent acts for them.",
    decided: "allowed",
    privilege: "valetkey:ActForPerson",
  },
  "consent.withdrawn": { ...DELETE, entity: "consent", says: "A consent of a person was withdrawn." },
  "threat_model.accepted": {
    ...ASSIGN,
    says: "A person accepted the threat model of an agent.",
    decided: "allowed",
    privilege: "valetkey:Production",
  },
  "agent.registered": { ...AGENT, activity: 1, name: "Create", says: "An agent was registered." },
  "agent.suspended": { ...AGENT, activity: 12, name: "Suspend", says: "An agent was suspended.", severity: "medium" },
  "agent.resumed": { ...AGENT, activity: 13, name: "Resume", says: "An agent was resumed." },
  "agent.changed": { ...AGENT, activity: 3, name: "Update", says: "An agent was changed." },
  "agent.confirmed": { ...AGENT, activity: 3, name: "Update", says: "An agent's owner confirmed it." },
  "agent.unconfirmed_warning": {
    ...AGENT,
    activity: 99,
    name: "Warn",
    says: "An agent will be suspended unless its owner confirms it.",
    severity: "low",
  },
  "agent.offboarding": { ...AGENT, activity: 7, name: "Unenroll", says: "An agent's offboarding began." },
  "agent.unbound": { ...AGENT, activity: 3, name: "Update", says: "An agent's identities were removed." },
  "agent.tasks_listed": { ...AGENT, activity: 2, name: "Read", says: "An agent's tasks were listed for its report." },
  "agent.offboarded": { ...AGENT, activity: 4, name: "Delete", says: "An agent's offboarding is complete." },
  "person.votes_void": {
    ...CALL,
    says: "A person's votes that no approval has used became void.",
    decided: "allowed",
    severity: "low",
  },
  "person.tasks_ended": {
    ...CALL,
    says: "Everything for a person was ended.",
    decided: "allowed",
    severity: "medium",
  },
  "role.policy_written": {
    class: "entity",
    entity: "task role",
    activity: 3,
    name: "Update",
    says: "A task role's revocation policy was written.",
  },
  "panic.declared": {
    ...DEPLOYMENT,
    activity: 9,
    name: "Disable",
    says: "A panic was declared: nothing is issued.",
    severity: "critical",
  },
  "panic.lifted": { ...DEPLOYMENT, activity: 8, name: "Enable", says: "A panic was lifted.", severity: "medium" },
  "account.halted": {
    ...ACCOUNT,
    activity: 9,
    name: "Disable",
    says: "A target account was halted: nothing is issued there.",
    severity: "high",
  },
  "account.lifted": {
    ...ACCOUNT,
    activity: 8,
    name: "Enable",
    says: "The halt of a target account was lifted.",
    severity: "medium",
  },
  "issuer.key_seen": {
    ...DEPLOYMENT,
    activity: 1,
    name: "Create",
    says: "The archive got a new key of a people's issuer.",
  },
  "table.restored": {
    ...DEPLOYMENT,
    activity: 99,
    name: "Restore",
    says: "The table was restored from a copy.",
    severity: "critical",
  },
  "secret.rotation_asked": { ...SECRET, activity: 99, name: "Ask", says: "A secret's rotation was asked for." },
  "secret.rotated": { ...SECRET, activity: 3, name: "Update", says: "A secret was rotated." },
  "secret.rotation_declined": {
    ...SECRET,
    activity: 99,
    name: "Decline",
    says: "A secret cannot be rotated.",
    severity: "medium",
  },
  "operation.refused": { ...CALL, says: "An operator was refused.", decided: "denied", severity: "low" },
  "event.taken": { ...CALL, says: "An event on the bus was acted on.", decided: "allowed" },
  "escalation.detected": {
    class: "finding",
    activity: 1,
    name: "Create",
    says: "A rule of escalation found what nobody should do.",
    severity: "high",
  },
  "event.refused": { ...CALL, says: "An event on the bus was refused.", decided: "denied", severity: "medium" },
};

/** Row of a type that this version does not know. No event of a journal is left out. */
export const UNKNOWN: OcsfRow = {
  class: "api",
  activity: 99,
  name: "Unknown",
  says: "The journal holds an event of an unknown type.",
  severity: "high",
};
