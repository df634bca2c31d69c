/** Journals of the table, as the signed log names them. */
export const JOURNALS = ["tasks", "agents", "secrets", "deployment", "roles", "approvals", "reads", "uses"] as const;
export type JournalName = (typeof JOURNALS)[number];

/** Type of journal event as one row. */
interface EventRow {
  /** Journals that may have such an event. */
  readonly in: readonly JournalName[];
  /** Sentence about the event, without any text of an agent. */
  readonly says: string;
}

/**
 * Types of journal events, in the words of the docs, metrics and tests. Free of any library, since every deployed
 * function may load it. `contract/journal-events.ts` has the facts of each type.
 */
export const EVENT_TYPES = {
  "task.opened": { in: ["tasks"], says: "A task was opened and got credentials." },
  "task.refused": { in: ["tasks", "approvals", "reads"], says: "An agent was refused." },
  "task.prolonged": { in: ["tasks"], says: "A fresh token of its person moved a task's deadline." },
  "task.ended": { in: ["tasks"], says: "A task ended." },
  "task.token_issued": { in: ["tasks"], says: "A further token of a task was issued." },
  "presentation.issued": { in: ["tasks"], says: "A token for one tool server was issued." },
  "presentation.revoked": { in: ["tasks"], says: "A token for one tool server was revoked." },
  "delegation.issued": { in: ["tasks"], says: "A token for a sub-agent was issued." },
  "delegation.revoked": { in: ["tasks"], says: "A token for a sub-agent was revoked." },
  "lease.renewed": { in: ["tasks"], says: "A task's credentials were renewed." },
  "lease.revoked": { in: ["tasks"], says: "A connector's credential was revoked." },
  "approval.asked": { in: ["tasks"], says: "An agent asks people to approve a request." },
  "approval.voted": { in: ["approvals"], says: "A person approved a request." },
  "approval.denied": { in: ["approvals"], says: "A person denied a request." },
  "approval.withdrawn": { in: ["approvals"], says: "A person withdrew an approval." },
  "approval.standing": { in: ["tasks"], says: "A task was opened under a standing approval." },
  "approval.used": { in: ["tasks"], says: "An approval was used." },
  "approval.reviewed": { in: ["tasks"], says: "A person reviewed a broken glass." },
  "approval.void": { in: ["tasks"], says: "An approval fits nothing any more." },
  "consent.given": { in: ["tasks"], says: "A person consented that an agent acts for them." },
  "consent.withdrawn": { in: ["tasks"], says: "A consent of a person was withdrawn." },
  "threat_model.accepted": { in: ["tasks"], says: "A person accepted the threat model of an agent." },
  "agent.registered": { in: ["agents"], says: "An agent was registered." },
  "agent.suspended": { in: ["agents"], says: "An agent was suspended." },
  "agent.resumed": { in: ["agents"], says: "An agent was resumed." },
  "agent.changed": { in: ["agents"], says: "An agent was changed." },
  "agent.confirmed": { in: ["agents"], says: "An agent's owner confirmed it." },
  "agent.unconfirmed_warning": { in: ["agents"], says: "An agent will be suspended unless its owner confirms it." },
  "agent.offboarding": { in: ["agents"], says: "An agent's offboarding began." },
  "role.policy_written": { in: ["roles"], says: "A task role's revocation policy was written." },
  "panic.declared": { in: ["deployment"], says: "A panic was declared: nothing is issued." },
  "panic.lifted": { in: ["deployment"], says: "A panic was lifted." },
  "account.halted": { in: ["tasks"], says: "A target account was halted: nothing is issued there." },
  "account.lifted": { in: ["tasks"], says: "The halt of a target account was lifted." },
  "condition.tightened": { in: ["tasks"], says: "A condition that restricts was set, or one that permits ended." },
  "condition.loosened": { in: ["tasks"], says: "A condition that restricts was lifted, or one that permits set." },
  "table.restored": { in: ["deployment"], says: "The table was restored from a copy." },
  "issuer.key_seen": { in: ["deployment"], says: "The archive got a new key of a people's issuer." },
  "secret.rotation_asked": { in: ["secrets"], says: "A secret's rotation was asked for." },
  "secret.rotated": { in: ["secrets"], says: "A secret was rotated." },
  "secret.rotation_declined": { in: ["secrets"], says: "A secret cannot be rotated." },
  "operation.refused": { in: ["tasks", "approvals", "reads"], says: "An operator was refused." },
  "event.taken": { in: ["tasks"], says: "An event on the bus was acted on." },
  "event.refused": { in: ["tasks"], says: "An event on the bus was refused." },
  "escalation.detected": { in: ["tasks"], says: "A rule of escalation found what nobody should do." },
  "agent.unbound": { in: ["agents"], says: "An agent's identities were removed." },
  "agent.tasks_listed": { in: ["agents"], says: "An agent's tasks were listed for its report." },
  "agent.offboarded": { in: ["agents"], says: "An agent's offboarding is complete." },
  "person.tasks_ended": { in: ["tasks"], says: "Everything for a person was ended." },
  "person.votes_void": { in: ["tasks"], says: "A person's votes that no approval has used became void." },
  "rights.counted": { in: ["uses"], says: "The rights that the ended tasks of an hour left unused were counted." },
} as const satisfies Readonly<Record<string, EventRow>>;

/** Type of a journal event. */
export type EventType = keyof typeof EVENT_TYPES;

/** True for a type that this version knows: a later version writes others. */
export const isEventType = (type: string): type is EventType => Object.hasOwn(EVENT_TYPES, type);
