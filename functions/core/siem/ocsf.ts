import { createHash } from "node:crypto";
import { canonicalJson } from "../../../contract/canonical-json.ts";
import { EVENT_TYPES, isEventType } from "../../../contract/journal-types.ts";
import type { ArchivedEvent } from "../archive/entry.ts";
import { type Hub, type OcsfEvent, type OcsfUser, USER_TYPE } from "./ocsf-event.ts";
import { epoch, ocsfHead } from "./ocsf-head.ts";
import { OCSF_MAPPING, type OcsfRow, UNKNOWN } from "./ocsf-mapping.ts";
import { PlainFacts } from "./plain-facts.ts";

/**
 * Writes a journal event as OCSF. Accepts whatever the journal holds and never throws. Texts are plain and bounded.
 * Text of an agent is under `unmapped.untrusted` alone, or is a privilege. A type that this version does not know
 * becomes an API activity of high severity.
 */
export function ocsfOf(event: ArchivedEvent, hub: Hub): OcsfEvent {
  const row = rowOf(event.type);
  const facts = new PlainFacts(event.facts);
  const uid = uidOf(event);
  const own = { ...decisionOf(row, facts), ...ofClass(row, event, uid, facts), unmapped: restOf(event, facts) };
  const identity = {
    uid,
    original_event_uid: facts.plain(`${event.journal}/${event.of}/${event.n}`),
    event_code: facts.plain(event.type) ?? "unknown",
    log_name: event.journal,
  };
  return { ...ocsfHead(row, event.at, { ...identity, isTruncated: facts.isTruncated }, hub), ...own };
}

/**
 * Returns the SHA-256 of the event in the archive's entry. All deliveries of the event have the same one, and no other
 * event has it. The event's own `hash` is only a claim of its writer. A second event could claim the same one, and be
 * mistaken for the first.
 */
const uidOf = (event: ArchivedEvent): string => createHash("sha256").update(canonicalJson(event)).digest("base64url");

const rowOf = (type: string): OcsfRow =>
  isEventType(type) ? { ...OCSF_MAPPING[type], says: EVENT_TYPES[type].says } : UNKNOWN;

function ofClass(
  row: OcsfRow,
  event: ArchivedEvent,
  uid: string,
  facts: PlainFacts,
): Readonly<Record<string, unknown>> {
  const actor = { user: actorOf(event, facts) };
  const source = endpointOf(facts.text("source_ip") ?? "");
  switch (row.class) {
    case "authorize":
      return {
        actor,
        user: agentOf(event, facts),
        session: { uid: taskOf(event, facts), ...expiryOf(facts) },
        privileges: privilegesOf(row, facts),
        ...(source ? { src_endpoint: source } : {}),
      };
    case "entity":
      return {
        actor,
        entity: { uid: entityOf(row, event, facts), type: row.entity, type_id: 99 },
        ...commentOf(facts),
      };
    case "api":
      return {
        actor,
        api: {
          operation: facts.text("route") ?? facts.text("asked") ?? facts.plain(event.type) ?? "unknown",
          service: { name: "valetkey" },
          request: { uid: facts.text("request") ?? facts.text("event") ?? uid },
        },
        src_endpoint: source ?? { uid: facts.text("account") ?? "unknown" },
      };
    case "finding":
      return {
        finding_info: { uid, title: row.says, created_time: epoch(event.at), ...analyticOf(facts) },
        evidences: [{ actor: { user: agentOf(event, facts), session: { uid: taskOf(event, facts) } } }],
        is_alert: true,
      };
  }
}

/** Returns the fields of the decision, its reason, and its policies. */
function decisionOf({ class: kind, decided }: OcsfRow, facts: PlainFacts): Readonly<Record<string, unknown>> {
  const [code, why] = [facts.text("code") ?? facts.text("why"), facts.text("why") ?? facts.text("reason")];
  const isDenied = decided === "denied";
  const policies = facts.texts("policies").join(", ");
  const bundle = facts.text("bundle");
  return {
    ...(decided === undefined ? {} : { action_id: isDenied ? 2 : 1, disposition_id: isDenied ? 2 : 1 }),
    // Findings have statuses of their own: 1 is new.
    ...(kind === "finding" ? { status_id: 1 } : { status_id: isDenied ? 2 : 1 }),
    ...(isDenied && code !== undefined ? { status_code: code } : {}),
    ...(isDenied && why !== undefined ? { status_detail: why } : {}),
    ...(policies || bundle ? { policy: { name: policies || "policies", ...(bundle ? { version: bundle } : {}) } } : {}),
  };
}

/** Returns the actor: a person or an agent by name, else the part of valetkey that acted. */
function actorOf({ journal }: ArchivedEvent, facts: PlainFacts): OcsfUser {
  const uid = facts.text("by") ?? facts.text("operator") ?? facts.text("requested_by") ?? facts.text("subject");
  if (uid === undefined) return { uid: facts.text("agent") ?? "valetkey", type_id: userType(facts, journal) };
  if (uid === facts.text("agent")) return { uid, type_id: USER_TYPE.agent };
  // People are `issuer|person`. The subject of a task's token is the agent itself, or the person that it acts for.
  if (uid.includes("|")) return { uid, type_id: USER_TYPE.person };
  return { uid, type_id: USER_TYPE.system };
}

const userType = (facts: PlainFacts, journal: string) =>
  facts.text("agent") !== undefined && journal === "tasks" ? USER_TYPE.agent : USER_TYPE.system;

/** Returns the agent that the event is about. */
const agentOf = ({ of }: ArchivedEvent, facts: PlainFacts): OcsfUser => ({
  uid: facts.text("agent") ?? facts.plain(of) ?? "unknown",
  type_id: USER_TYPE.agent,
});

/** Returns the task that the event is about. Refusals and votes have a journal of their own, and name their task. */
const taskOf = ({ of }: ArchivedEvent, facts: PlainFacts): string => facts.text("task") ?? facts.plain(of) ?? "unknown";

function entityOf({ entity }: OcsfRow, { of }: ArchivedEvent, facts: PlainFacts): string {
  const part = entity === "credential" ? facts.text("name") : entity === "token" ? tokenFor(facts) : undefined;
  const subject = (entity === "account" ? facts.text("account") : facts.plain(of)) ?? "unknown";
  return part === undefined ? subject : `${subject}/${part}`;
}

const tokenFor = (facts: PlainFacts): string | undefined => facts.text("server") ?? facts.text("to");

/** Returns the granted or requested actions, each once. */
function privilegesOf(row: OcsfRow, facts: PlainFacts): readonly string[] {
  const actions = facts.objects("details").flatMap((detail) => {
    const kind = detail.text("type") ?? "detail";
    const own = [...detail.texts("actions"), ...detail.objects("statements").flatMap((each) => each.texts("actions"))];
    return kind === "aws" ? own : own.map((action) => `${kind}:${action}`);
  });
  const privileges = [...new Set(actions)].slice(0, 50);
  return privileges.length > 0 ? privileges : [row.privilege ?? "valetkey:Task"];
}

function expiryOf(facts: PlainFacts): { readonly expiration_time?: number } {
  const seconds = facts.whole("expires_at");
  return seconds === undefined || Math.abs(seconds) > MOST_SECONDS ? {} : { expiration_time: seconds * 1_000 };
}

/** Returns the rule of a finding; 1 is OCSF's number for rules. */
const analyticOf = (facts: PlainFacts) => {
  const rule = facts.text("rule");
  return rule === undefined ? {} : { analytic: { uid: rule, type: "Rule", type_id: 1 } };
};

const commentOf = (facts: PlainFacts) => {
  const comment = facts.text("reason") ?? facts.text("result");
  return comment === undefined ? {} : { comment };
};

/** Returns the endpoint of a caller; undefined for anything but an address: a zone (`%eth0`), a service's name. */
export function endpointOf(ip: string): { readonly ip: string } | undefined {
  if (IPV4.test(ip)) return { ip };
  return /^[\da-fA-F:.]{2,45}$/.test(ip) && URL.canParse(`http://[${ip}]`)
    ? { ip: new URL(`http://[${ip}]`).hostname.slice(1, -1) }
    : undefined;
}

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

/** Returns facts that OCSF has no name for. Text of an agent is separate, and called untrusted. */
function restOf(event: ArchivedEvent, facts: PlainFacts): Readonly<Record<string, unknown>> {
  const untrusted = withoutGaps({ purpose: facts.text("purpose"), detail: facts.text("detail") });
  const approvals = facts.objects("approval");
  return withoutGaps({
    agent: facts.text("agent"),
    task: event.journal === "tasks" || facts.text("task") ? taskOf(event, facts) : undefined,
    parent: facts.text("parent"),
    status: facts.text("status"),
    account: facts.text("account"),
    done: facts.text("done"),
    approval: facts.text("approval") ?? approvals.map((each) => each.text("id"))[0],
    leases: listed(
      facts.objects("leases", "lease").map((lease) =>
        withoutGaps({
          name: lease.text("name"),
          account: lease.text("account"),
          role: lease.text("role"),
          access_key_id: lease.text("access_key_id"),
        }),
      ),
    ),
    untrusted: Object.keys(untrusted).length > 0 ? untrusted : undefined,
  });
}

const listed = <T>(values: readonly T[]): readonly T[] | undefined => (values.length > 0 ? values : undefined);

export const withoutGaps = (fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

/** Upper bound on seconds: JSON holds their milliseconds exactly. */
const MOST_SECONDS = Math.floor(Number.MAX_SAFE_INTEGER / 1_000);
