import * as v from "valibot";
import { escalationDetected } from "./events.ts";
import { accountId, agentId, denial, setsCondition, taskId } from "./fields.ts";
import type { EventType } from "./journal-types.ts";
import { BUS_REQUESTS, CONTAINMENTS, DONE } from "./names.ts";
import type { Frozen } from "./operation.ts";
import { approvalRecord, approvalUse } from "./voted-records.ts";

const isObject = (value: unknown): boolean => typeof value === "object" && value !== null && !Array.isArray(value);

/** Schema of objects whose form another list has: connectors' details, records that are hashed, keys of issuers. */
const anyOf = <T extends object>(says: string): v.GenericSchema<T> =>
  v.pipe(v.custom<T>(isObject), v.description(says));

const optional = <const S extends v.GenericSchema>(schema: S) => v.optional(schema);
const text = (says: string) => v.pipe(v.string(), v.description(says));
const texts = (says: string) => v.pipe(v.array(v.string()), v.description(says));
const count = (says: string) => v.pipe(v.number(), v.integer(), v.minValue(0), v.description(says));
const seconds = (says: string) => v.pipe(v.number(), v.description(`${says}; epoch seconds.`));
const mark = (says: string) => v.pipe(v.literal(true), v.description(says));

const agent = v.pipe(agentId, v.description("The agent's id."));
const task = v.pipe(taskId, v.description("The task's id."));
const account = v.pipe(accountId, v.description("The AWS account's id."));
const by = text(
  "Who did it: `issuer|person`, an agent's id, or a part of valetkey: `event:<id>`, `escalation:<rule>:<id>`.",
);
const subject = text("Subject of the agent's token: `issuer|subject`.");
const bundle = text("Hash of the policies that decided.");
const purpose = text("Text of the agent. It proves nothing.");
const detailsOf = (says: string) => v.pipe(v.array(anyOf<{ readonly type: string }>("A detail.")), v.description(says));
const details = detailsOf("Details of the intent, as granted or requested.");
const person = text("A person: `issuer|person`.");
const onBehalfOf = text("Person for whom the agent acts: `issuer|person`.");
const owner = optional(text("Owner of the agent: `issuer|person`. Absent for an owner who is no person."));
const voteSha256 = text("SHA-256 of the vote's token, base64url. The token is in `proofs/` of the archive.");
const groups = texts("Groups that the voter's token proved.");
const signedInAt = seconds("Time of the voter's sign-in");
const castAt = seconds("Time of the vote");
const batchHashes = optional(texts("Hashes of all the records that the vote was for, where there were several."));
const expiresAt = seconds("Deadline of the task, the consent or the token");
const keys = v.pipe(
  v.array(anyOf("A key.")),
  v.description("Keys of the issuers that verified the votes, with the configuration of each issuer."),
);
const reason = optional(text("Reason, as its author gave it, or the check that found it due."));

/** Facts of a vote for an operator's act. */
const stepUp = v.pipe(
  v.strictObject({
    act_sha256: text("Hash of the act's record: the nonce of the vote."),
    nonce: v.string(),
    created_at: v.number(),
    vote_sha256: voteSha256,
    kid: optional(v.string()),
    cast_at: castAt,
    signed_in_at: signedInAt,
    keys,
  }),
  v.description("The vote for the act, where it takes one."),
);
const voted = { step_up: optional(stepUp) };

const lease = {
  name: v.string(),
  account,
  role: v.string(),
  fence_at: seconds("End of the session by its own policy"),
  policy_sha256: text("SHA-256 of the session policy, base64url."),
};
const leases = v.pipe(v.array(v.strictObject(lease)), v.description("AWS sessions that are about to be issued."));
const made = anyOf("Objects at the provider that the credential is made of.");
const credential = { name: v.string(), type: v.string(), expires_at: v.number() };
const credentials = v.array(v.strictObject(credential));
const CREDENTIALS = "Credentials of connectors.";

const request = {
  source_ip: optional(text("Address of the caller.")),
  request: text("Id of the request, as the function's log has it."),
};
const budgets = optional(texts("Budgets that count the grant, as policy writes them."));
const permitLabels = optional(texts("Labels of the grant that policy keeps apart from others."));
const decision = {
  policies: texts("Ids of the policies that decided."),
  shadows: optional(texts("Policies in shadow mode that would have taken part.")),
  denials: optional(v.pipe(v.array(denial), v.description("Parts that policy does not permit."))),
  bundle,
};

const refused = {
  operator: optional(text("The operator: `issuer|person`.")),
  subject: optional(subject),
  route: text("Route of the request."),
  code: text("Code of the refusal."),
  why: optional(text("Reason of the refusal, for the journal alone.")),
  denials: decision.denials,
  purpose: optional(purpose),
  details: optional(details),
  task: optional(task),
  bundle,
  ...request,
};

const approvalId = text("Id of the request for approval.");
const approvalRef = { id: v.string(), hash: v.string() };
const AN_APPROVAL = "The request for approval: its id, the hash of its record, and what the event adds.";
const approval = v.pipe(v.strictObject(approvalRef), v.description(AN_APPROVAL));
const decided = {
  agent,
  task,
  by,
  approval: approvalId,
  record_sha256: text("Hash of the record that people decide about."),
};

const bindings = v.pipe(
  v.array(v.strictObject({ issuer: v.string(), claims: anyOf("Claims.") })),
  v.description("Identities that the agent was bound to."),
);
const labels = texts("Labels of the agent.");
const team = text("Team of the agent.");
const endsAt = optional(seconds("End of the agent's registration"));

const halted = {
  by,
  reason,
  owner,
  again: optional(mark("Set where the agent was halted already, and got a new reason.")),
  ...voted,
};

const panicked = { by, reason, ...voted };

const conditionChanged = {
  condition: text("Name of the condition."),
  scope: text("Place: the hub, an account, a team or an agent."),
  until: optional(seconds("End of the condition there; absent where it was ended")),
  by,
  reason,
};

const secret = { by, at: seconds("Time of the rotation, the request or the attempt") };

const onBus = {
  event: optional(text("EventBridge's id of the event.")),
  account: optional(v.pipe(accountId, v.description("Account of the sender, by EventBridge's word."))),
  source: optional(text("`source` of the event.")),
  asked: optional(v.pipe(v.picklist(BUS_REQUESTS), v.description("`detail-type` of the event."))),
  task: optional(task),
  agent: optional(agent),
  person: optional(person),
  condition: optional(text("Name of the condition.")),
  scope: optional(text("Place in which it is to be set.")),
  reason,
  requested_by: optional(text("The sender's own word. It proves nothing.")),
};

const { version: _, id: __, requested_by: ___, at, ...seen } = escalationDetected.detail.entries;

const totals = (says: string) => v.pipe(v.record(v.string(), v.number()), v.description(says));
const deadUntil = seconds("Moment up to which the person's tokens are dead");

/**
 * Facts of each type of journal event. The types of writers and readers and docs/reference/journal.md follow from it.
 * Stored events and their hashes do not: canonical JSON sorts the names, and a reader takes what any version wrote.
 */
export const JOURNAL_EVENTS = {
  "task.opened": v.strictObject({
    agent,
    subject,
    parent: optional(text("Id of the task above.")),
    chain: optional(texts("Agents of the tasks above, the root's first.")),
    on_behalf_of: optional(onBehalfOf),
    consent: optional(text("Id of the person's consent.")),
    server: optional(text("Tool server to which the person's token was shown.")),
    purpose,
    details,
    expires_at: expiresAt,
    ...decision,
    outlives: optional(
      v.pipe(
        v.array(v.strictObject({ action: v.string(), target: v.string() })),
        v.description("Grants whose effect outlives the task."),
      ),
    ),
    budgets,
    labels: permitLabels,
    threat_model: optional(
      v.pipe(v.literal("unaccepted"), v.description("Set where nobody has accepted the agent's threat model.")),
    ),
    leases,
    connector_leases: optional(v.pipe(v.array(v.strictObject({ ...credential, made })), v.description(CREDENTIALS))),
    ...request,
  }),
  "task.refused": v.strictObject({ agent, ...refused }),
  "task.prolonged": v.strictObject({
    agent,
    on_behalf_of: onBehalfOf,
    proven_at: optional(seconds("Time of the fresh token")),
    expires_at: expiresAt,
  }),
  "task.ended": v.strictObject({
    agent,
    status: text("Status of the task from then on."),
    by,
    result: optional(text("Result, by the agent's own word.")),
    detail: optional(text("Text of the agent about the result. It proves nothing.")),
    leases: v.pipe(
      v.array(
        v.strictObject({
          name: v.string(),
          account,
          role: v.string(),
          fence_at: lease.fence_at,
          access_key_id: optional(v.string()),
        }),
      ),
      v.description("AWS sessions of the task, which a revocation policy denies."),
    ),
    connector_leases: optional(
      v.pipe(
        v.array(v.strictObject({ name: v.string(), type: v.string(), made })),
        v.description("Credentials of connectors that are to be revoked."),
      ),
    ),
  }),
  "task.token_issued": v.strictObject({ agent, subject }),
  "presentation.issued": v.strictObject({ agent, server: text("Tool server that the token is for.") }),
  "presentation.revoked": v.strictObject({ agent, server: text("Tool server that the token is for.") }),
  "delegation.issued": v.strictObject({
    agent,
    to: text("Agent that the delegation is for."),
    details: optional(detailsOf("Upper bound on the sub-agent's intent; absent: everything granted to the task.")),
    expires_at: expiresAt,
  }),
  "delegation.revoked": v.strictObject({ agent, to: text("Agent that the delegation is for."), by: optional(by) }),
  "lease.renewed": v.strictObject({
    agent,
    bundle,
    policies: decision.policies,
    labels: permitLabels,
    lease: optional(
      v.pipe(
        v.strictObject({ ...lease, replaces_access_key_id: optional(v.string()) }),
        v.description("AWS session that is issued anew."),
      ),
    ),
    connector_leases: optional(v.pipe(credentials, v.description(CREDENTIALS))),
  }),
  "lease.revoked": v.strictObject({
    agent,
    name: text("Name of the credential, unique within the task."),
    type: text("Type of the connector."),
    made,
  }),
  "approval.asked": v.strictObject({
    agent,
    subject,
    approval: v.pipe(
      v.strictObject({
        ...approvalRef,
        needed: v.array(v.strictObject({ group: v.string(), count: v.number() })),
        expires_at: v.number(),
      }),
      v.description(AN_APPROVAL),
    ),
    record: v.pipe(
      approvalRecord,
      v.description("The whole record that people decide about: the log alone shows what a vote was for."),
    ),
    purpose,
    details,
    ...decision,
    ...request,
  }),
  "approval.voted": v.strictObject({
    ...decided,
    vote_sha256: voteSha256,
    groups,
    signed_in_at: signedInAt,
    cast_at: castAt,
    batch: count("Number of requests that the vote is for."),
    glass: optional(mark("Set where one person gives the approval alone.")),
    batch_hashes: batchHashes,
  }),
  "approval.denied": v.strictObject({
    ...decided,
    reason: text("Reason of the denial."),
    rejected: optional(v.pipe(v.array(v.number()), v.description("Indices of the details that were rejected."))),
  }),
  "approval.withdrawn": v.strictObject(decided),
  "approval.standing": v.strictObject({ agent, subject, approval, purpose, details, ...decision, ...request }),
  "approval.used": v.strictObject({
    agent,
    approval: v.pipe(
      v.strictObject({
        ...approvalRef,
        votes: v.array(v.string()),
        use: optional(v.number()),
        of: optional(v.number()),
        glass: optional(v.literal(true)),
      }),
      v.description(AN_APPROVAL),
    ),
    voters: v.pipe(
      v.array(
        v.strictObject({
          vote_sha256: voteSha256,
          by: person,
          groups,
          cast_at: castAt,
          signed_in_at: signedInAt,
          batch_hashes: batchHashes,
        }),
      ),
      v.description("Votes that counted."),
    ),
    keys,
    expires_at: expiresAt,
    policies: decision.policies,
    budgets,
    labels: permitLabels,
    bundle,
    leases,
    connector_leases: v.pipe(credentials, v.description(CREDENTIALS)),
  }),
  "approval.reviewed": v.strictObject({
    agent,
    task,
    by,
    approval: approvalId,
    vote_sha256: voteSha256,
    groups,
    signed_in_at: signedInAt,
    cast_at: castAt,
    use: v.pipe(approvalUse, v.description("The use that was reviewed, as it is sealed.")),
    keys,
  }),
  "approval.void": v.strictObject({
    agent,
    approval,
    changed: texts("Effects that are not as people approved them."),
    bundle,
  }),
  "consent.given": v.strictObject({
    agent,
    by,
    on_behalf_of: onBehalfOf,
    consent: text("Id of the consent."),
    purpose,
    details,
    expires_at: expiresAt,
    step_up: stepUp,
  }),
  "consent.withdrawn": v.strictObject({ agent, by, on_behalf_of: onBehalfOf, consent: text("Id of the consent.") }),
  "threat_model.accepted": v.strictObject({
    agent,
    by,
    acceptance: text("Id of the acceptance."),
    model: anyOf("Hashes of the accepted model."),
    bundle,
    step_up: stepUp,
  }),
  "agent.registered": v.strictObject({ by, owner, team, labels, bindings, ends_at: endsAt, bundle, ...voted }),
  "agent.suspended": v.strictObject(halted),
  "agent.resumed": v.strictObject({
    by,
    reason,
    resumed_for: optional(texts("Parties for which the agent was paused.")),
    ...voted,
  }),
  "agent.changed": v.strictObject({
    by,
    name: text("Name of the agent."),
    owner,
    owner_changed: optional(mark("Set where the owner has changed.")),
    contact_changed: optional(mark("Set where the contact has changed: no address is in the log.")),
    team,
    labels,
    ends_at: endsAt,
    limits: anyOf("Limits of the agent."),
    ...voted,
  }),
  "agent.confirmed": v.strictObject({ by, owner }),
  "agent.unconfirmed_warning": v.strictObject({
    by,
    owner,
    days: count("Days before the agent is suspended."),
    due_at: seconds("Time at which the agent is suspended unless it is confirmed"),
  }),
  "agent.offboarding": v.strictObject(halted),
  "role.policy_written": v.strictObject({
    account,
    role: text("Name of the task role."),
    form: text("Form of the policy."),
    snapshot_at_ms: count("Start of the snapshot that the policy is made from; epoch milliseconds."),
    policy_sha256: optional(text("SHA-256 of the policy's text, base64url; absent where the role has no policy.")),
    put: v.pipe(v.boolean(), v.description("False where IAM had the policy already.")),
    started_before: optional(seconds("Start of sessions before which the policy denies them")),
    endings: texts("Tasks that the snapshot showed as just ended."),
    by_time_alone: optional(texts("Endings that the policy denies by their sessions' start alone.")),
  }),
  "panic.declared": v.strictObject(panicked),
  "panic.lifted": v.strictObject(panicked),
  "account.halted": v.strictObject({
    account,
    by,
    reason,
    retires: optional(mark("Set where the account leaves, and its tasks are ended.")),
  }),
  "account.lifted": v.strictObject({
    account,
    by,
    halted_at: seconds("Time of the halt"),
    halted_by: text("Who had halted the account."),
    ...voted,
  }),
  "condition.tightened": v.strictObject(conditionChanged),
  "condition.loosened": v.strictObject({ ...conditionChanged, ...voted }),
  "table.restored": v.strictObject({
    copied_at: optional(text("Moment of the copy from which the table was restored, ISO 8601.")),
  }),
  "issuer.key_seen": v.looseObject({
    issuer: text("Name of the issuer. The members of its key as a JWK follow."),
    iss: optional(text("URL of the issuer.")),
    aud: optional(text("The issuer's client for approvals.")),
    person: text("Claim that tells people apart."),
    freshness: optional(text("Claim that proves the time of a sign-in.")),
  }),
  "secret.rotation_asked": v.strictObject(secret),
  "secret.rotated": v.strictObject(secret),
  "secret.rotation_declined": v.strictObject(secret),
  "operation.refused": v.strictObject({
    ...refused,
    about: optional(
      v.pipe(
        v.record(v.string(), v.string()),
        v.description("Parameters of the route's path, as the operator wrote them: the agent, the task."),
      ),
    ),
  }),
  "event.taken": v.strictObject(onBus),
  "event.refused": v.strictObject({ ...onBus, why: text("Reason of the refusal.") }),
  "escalation.detected": v.strictObject({
    ...seen,
    at,
    detection: text("Id of the detection, equal for all detections of one rule about one subject within an hour."),
    done: v.pipe(v.union([v.picklist(DONE), setsCondition]), v.description("Response that was made.")),
    wanted: optional(
      v.pipe(
        v.union([v.picklist(CONTAINMENTS), setsCondition]),
        v.description("Stronger response that `valetkey.json` configures."),
      ),
    ),
    paused_for: optional(text("Party for which the agent is paused.")),
  }),
  "agent.unbound": v.strictObject({ by, bindings }),
  "agent.tasks_listed": v.strictObject({
    by,
    live: count("Number of live tasks."),
    tasks: texts("Tasks of the report."),
    last_fence_at: optional(seconds("Latest end of a session")),
    left_out: optional(
      v.pipe(
        v.strictObject({ tasks: v.number(), last_fence_at: optional(v.number()) }),
        v.description("Tasks beyond those that are listed."),
      ),
    ),
  }),
  "agent.offboarded": v.strictObject({
    by,
    report_sha256: text("SHA-256 of the report, hex."),
    format: text("Form of the report."),
    tasks: totals("Numbers of tasks, by their fate."),
    leases: totals("Numbers of credentials, by their fate."),
    secrets: totals("Numbers of secrets, by their fate."),
  }),
  "person.tasks_ended": v.strictObject({ by, person, dead_until: deadUntil, reason }),
  "person.votes_void": v.strictObject({ by, person, dead_until: deadUntil }),
  "rights.counted": v.strictObject({
    hour: seconds("Start of the hour in which the tasks ended"),
    tasks: count("Ended tasks that were counted."),
    granted: count("Pairs of an action and a resource in AWS that the tasks were granted."),
    unused: count("Granted pairs that no call used or tried, though CloudTrail would have reported one."),
    not_seen: count("Granted pairs of which no use is known, and whose calls may not have been reported."),
  }),
} as const satisfies Readonly<Record<EventType, v.GenericSchema<object>>>;

/** Facts of an event as its writer gives them. A fact that the contract does not list does not compile. */
export type FactsOf<T extends EventType> = { readonly [K in T]: Frozen<v.InferInput<(typeof JOURNAL_EVENTS)[K]>> }[T];

/** Names of the facts of an event. */
export type FactName<T extends EventType> = T extends EventType ? keyof FactsOf<T> : never;
