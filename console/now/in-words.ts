import { type AccountNames, accountInWords } from "../../contract/decision/account-names.ts";
import { counted } from "../../contract/decision/counted.ts";
import type { Read } from "../../contract/operation.ts";
import type { Overview } from "../../contract/overview.ts";
import { personInWords } from "../approvals/in-words.ts";
import { hourInWords } from "../parts/time-in-words.ts";

/** Writes the overview in two sentences. The second is missing where no request waits. @example ["12 tasks of 3 agents are alive.", "Requests wait: 2 for sre."] */
export function overviewInWords({
  live,
  agents,
  approvals,
}: Pick<Read<Overview>, "live" | "agents" | "approvals">): readonly [alive: string, waiting?: string] {
  const alive =
    live === 0
      ? "Nothing that you may see can act: no task is alive."
      : `${live.toLocaleString("en")} ${live === 1 ? "task" : "tasks"} of ${counted(agents.length, "agent")} ${live === 1 ? "is" : "are"} alive.`;
  const groups = approvals.filter(({ waiting }) => waiting > 0).map(({ group, waiting }) => `${waiting} for ${group}`);
  return groups.length === 0 ? [alive] : [alive, `Requests wait: ${groups.join(", ")}.`];
}

/**
 * Names who halted an account, set a condition or ended a task: a person, a rule of escalation, a condition of the world,
 * or an event on the bus.
 * @example "rule E3 of escalation"
 */
export function byInWords(by = ""): string {
  const [, condition] = /^condition:(.*)/s.exec(by) ?? [];
  if (condition) return `the condition ${condition}`;
  const [, rule, event] = /^(?:escalation:(E\d+):|event:(.*))/s.exec(by) ?? [];
  return rule ? `rule ${rule} of escalation` : event ? `the event ${event} on the bus` : personInWords(by);
}

/** Names the place in which a condition holds. @example "the account 111122223333 (Payments)" */
export function scopeInWords(scope: string, names: AccountNames): string {
  const [, kind, id = ""] = /^([a-z]+):(.*)/s.exec(scope) ?? [];
  return kind === undefined
    ? `the whole ${scope}`
    : `the ${kind} ${kind === "account" ? accountInWords(id, names) : id}`;
}

const HOUR_MS = 3_600_000;

/** Numbers of one hour, as the API counts them from the log. */
interface Hour {
  readonly from: string;
  readonly opened: number;
  readonly keys: number;
  readonly denied: number;
  readonly ended: number;
  readonly rights?: {
    readonly tasks: number;
    readonly granted: number;
    readonly unused: number;
    readonly not_seen: number;
  };
}

type Counted = "opened" | "keys" | "denied";

/** Writes the read of the last 24 hours' counts: this hour, and the 23 before it. @param nowMs epoch milliseconds. */
export function dayPath(nowMs: number): string {
  const since = new Date(Math.floor(nowMs / HOUR_MS) * HOUR_MS - 23 * HOUR_MS).toISOString().replace(".000Z", "Z");
  return `/v1/journal?since=${since}&counts=hours&limit=1`;
}

export const sumOf = (hours: readonly Hour[], name: Counted): number =>
  hours.reduce((sum, hour) => sum + hour[name], 0);

/** Rights of the tasks that ended in 24 hours, in words. */
export interface RightsInWords {
  readonly value: string;
  readonly says: string;
}

/**
 * Writes how many rights ended tasks left unused, by the hours that are counted. The log has the number of ended tasks
 * from other writers: a task that was left out shows.
 */
export function rightsInWords(hours: readonly Hour[]): RightsInWords {
  const counts = hours.flatMap(({ ended, rights }) => (rights ? { ended, ...rights } : []));
  const last = hours.findLast(({ rights }) => rights);
  if (!last) return { value: "–", says: "not counted yet: CloudTrail is late by up to an hour" };
  const sum = (name: keyof (typeof counts)[number]) => counts.reduce((all, count) => all + count[name], 0);
  const number = (name: keyof (typeof counts)[number]) => sum(name).toLocaleString("en");
  const tasks = sum("ended") > sum("tasks") ? `${number("tasks")} of ${number("ended")}` : number("tasks");
  const unknown = sum("not_seen") > 0 ? `; of ${number("not_seen")} nothing is known` : "";
  const until = hourInWords(Date.parse(last.from) + HOUR_MS);
  return {
    value: number("unused"),
    says: `of ${number("granted")} granted to ${tasks} ended tasks${unknown}; counted up to ${until}`,
  };
}

/** Describes a plot of 24 hours. @example "By hour: at the most 12, in the hour from 14:00 on." */
export function plotInWords(hours: readonly { readonly from: string }[], numbers: readonly number[]): string {
  const most = Math.max(0, ...numbers);
  const at = hours[numbers.indexOf(most)];
  return most === 0 || !at
    ? "By hour: 0 in each."
    : `By hour: at the most ${most.toLocaleString("en")}, in the hour from ${hourInWords(Date.parse(at.from))} on.`;
}

/** Writes a duration as a person reads it. @example tookInWords(412) // "412 ms" @example tookInWords(1840) // "1.8 s" */
export const tookInWords = (milliseconds: number): string =>
  milliseconds < 1_000
    ? `${milliseconds} ms`
    : milliseconds < 100_000
      ? `${(milliseconds / 1_000).toFixed(1)} s`
      : `${Math.round(milliseconds / 60_000)} min`;
