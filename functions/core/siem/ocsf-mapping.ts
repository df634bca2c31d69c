import type { EventType } from "../../../contract/journal-types.ts";
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
export const OCSF_MAPPING: Readonly<Record<EventType, Omit<OcsfRow, "says">>> = {
  "task.opened": { ...ASSIGN, decided: "allowed" },
  "task.refused": { ...ASSIGN, decided: "denied", severity: "low" },
  "task.prolonged": {
    ...ASSIGN,
    decided: "allowed",
    privilege: "valetkey:Prolonged",
  },
  "task.ended": { class: "entity", entity: "task", activity: 11, name: "Deactivate" },
  "task.token_issued": {
    ...ASSIGN,
    decided: "allowed",
    privilege: "valetkey:TaskToken",
  },
  "presentation.issued": {
    ...ASSIGN,
    decided: "allowed",
    privilege: "valetkey:PresentationToken",
  },
  "presentation.revoked": { ...DELETE, entity: "token" },
  "delegation.issued": {
    ...ASSIGN,
    decided: "allowed",
    privilege: "valetkey:DelegationToken",
  },
  "delegation.revoked": { ...DELETE, entity: "token" },
  "lease.renewed": {
    ...ASSIGN,
    decided: "allowed",
    privilege: "valetkey:Renew",
  },
  "lease.revoked": { ...DELETE, entity: "credential" },
  "approval.asked": { ...VOTE, name: "Ask" },
  "approval.voted": { ...VOTE, name: "Vote", decided: "allowed" },
  "approval.denied": { ...VOTE, name: "Deny", decided: "denied", severity: "low" },
  "approval.withdrawn": { ...VOTE, name: "Withdraw", decided: "denied" },
  "approval.standing": { ...VOTE, name: "Stand" },
  "approval.used": { ...ASSIGN, decided: "allowed", privilege: "valetkey:Approved" },
  "approval.reviewed": { ...VOTE, name: "Review" },
  "approval.void": { ...VOTE, name: "Void", decided: "denied" },
  "consent.given": {
    ...ASSIGN,
    decided: "allowed",
    privilege: "valetkey:ActForPerson",
  },
  "consent.withdrawn": { ...DELETE, entity: "consent" },
  "threat_model.accepted": {
    ...ASSIGN,
    decided: "allowed",
    privilege: "valetkey:Production",
  },
  "agent.registered": { ...AGENT, activity: 1, name: "Create" },
  "agent.suspended": { ...AGENT, activity: 12, name: "Suspend", severity: "medium" },
  "agent.resumed": { ...AGENT, activity: 13, name: "Resume" },
  "agent.changed": { ...AGENT, activity: 3, name: "Update" },
  "agent.confirmed": { ...AGENT, activity: 3, name: "Update" },
  "agent.unconfirmed_warning": {
    ...AGENT,
    activity: 99,
    name: "Warn",
    severity: "low",
  },
  "agent.offboarding": { ...AGENT, activity: 7, name: "Unenroll" },
  "agent.unbound": { ...AGENT, activity: 3, name: "Update" },
  "agent.tasks_listed": { ...AGENT, activity: 2, name: "Read" },
  "agent.offboarded": { ...AGENT, activity: 4, name: "Delete" },
  "person.votes_void": {
    ...CALL,
    decided: "allowed",
    severity: "low",
  },
  "person.tasks_ended": {
    ...CALL,
    decided: "allowed",
    severity: "medium",
  },
  "role.policy_written": {
    class: "entity",
    entity: "task role",
    activity: 3,
    name: "Update",
  },
  "rights.counted": { ...DEPLOYMENT, activity: 2, name: "Read" },
  "panic.declared": {
    ...DEPLOYMENT,
    activity: 9,
    name: "Disable",
    severity: "critical",
  },
  "panic.lifted": { ...DEPLOYMENT, activity: 8, name: "Enable", severity: "medium" },
  "account.halted": {
    ...ACCOUNT,
    activity: 9,
    name: "Disable",
    severity: "high",
  },
  "account.lifted": {
    ...ACCOUNT,
    activity: 8,
    name: "Enable",
    severity: "medium",
  },
  "condition.tightened": { ...DEPLOYMENT, activity: 3, name: "Update", severity: "medium" },
  "condition.loosened": { ...DEPLOYMENT, activity: 3, name: "Update", severity: "medium" },
  "issuer.key_seen": {
    ...DEPLOYMENT,
    activity: 1,
    name: "Create",
  },
  "table.restored": {
    ...DEPLOYMENT,
    activity: 99,
    name: "Restore",
    severity: "critical",
  },
  "secret.rotation_asked": { ...SECRET, activity: 99, name: "Ask" },
  "secret.rotated": { ...SECRET, activity: 3, name: "Update" },
  "secret.rotation_declined": {
    ...SECRET,
    activity: 99,
    name: "Decline",
    severity: "medium",
  },
  "operation.refused": { ...CALL, decided: "denied", severity: "low" },
  "event.taken": { ...CALL, decided: "allowed" },
  "escalation.detected": {
    class: "finding",
    activity: 1,
    name: "Create",
    severity: "high",
  },
  "event.refused": { ...CALL, decided: "denied", severity: "medium" },
};

/** Row of a type that this version does not know. No event of a journal is left out. */
export const UNKNOWN: OcsfRow = {
  class: "api",
  activity: 99,
  name: "Unknown",
  says: "The journal holds an event of an unknown type.",
  severity: "high",
};
