import { spanIn } from "../../contract/decision/moment.ts";
import { shellWord } from "../../contract/decision/typed-command.ts";
import { isVisible } from "../../contract/decision/visible-text.ts";

/** Fields of a search of the log. `since` and `until` are a day in UTC or an instant, as the command takes them. */
export interface Search {
  readonly agent: string;
  readonly task: string;
  readonly person: string;
  readonly since: string;
  readonly until: string;
  readonly denied: boolean;
}

export const NO_SEARCH: Search = { agent: "", task: "", person: "", since: "", until: "", denied: false };

const TEXTS = ["agent", "task", "person", "since", "until"] as const;

/** Writes a search as the end of the page's address, with its times as they were chosen; empty for none. */
export function addressOf(search: Search): string {
  const query = new URLSearchParams();
  for (const name of TEXTS) if (search[name].trim() !== "") query.set(name, search[name].trim());
  if (search.denied) query.set("denied", "true");
  return query.toString();
}

/** Query of the API for a search, or a sentence about the time that is none. */
export type ReadSearch = { readonly query: string } | { readonly says: string };

/**
 * Writes a search as a query of the API, which takes instants. A day of `since` is its first millisecond, and a day of
 * `until` its last one.
 */
export function readSearch(search: Search): ReadSearch {
  const [since, until] = [spanOf(search.since), spanOf(search.until)];
  const unread = since === "none" ? "since" : until === "none" ? "until" : undefined;
  if (unread !== undefined)
    return {
      says: `"${search[unread]}" is no time. Choose a day, or write an instant such as 2026-11-27T10:00:00Z into the address.`,
    };
  const [first, last] = [since as Span, until as Span];
  if (first && last && last.lastMs < first.firstMs) return { says: "The search ends before it begins." };
  return {
    query: addressOf({
      ...search,
      since: first ? new Date(first.firstMs).toISOString() : "",
      until: last ? new Date(last.lastMs).toISOString() : "",
    }),
  };
}

type Span = ReturnType<typeof spanIn>;

/** Reads a day or an instant; undefined for an empty text. A length of time such as 24h would be another one at each reading. */
function spanOf(text: string): Span | "none" {
  if (text.trim() === "") return undefined;
  return (/^\d{4}-/.test(text.trim()) ? spanIn(text.trim(), 0) : undefined) ?? "none";
}

/** Day and time of two fields of a form, in UTC. An empty time is the whole day. */
export interface DayAndTime {
  readonly day: string;
  readonly time: string;
}

/** Reads the fields of a form from the time of a search; empty for a text that is no time. */
export function fieldsOf(text: string): DayAndTime {
  const span = spanOf(text);
  if (span === undefined || span === "none") return { day: "", time: "" };
  const [day = "", time = ""] = new Date(span.firstMs).toISOString().slice(0, -1).split("T");
  return { day, time: span.firstMs === span.lastMs ? time.replace(/\.000$/, "") : "" };
}

/** Writes the time of a search from the fields of a form. @example textOf({ day: "2026-11-27", time: "10:00" }) // "2026-11-27T10:00Z" */
export const textOf = ({ day, time }: DayAndTime): string => (day === "" || time === "" ? day : `${day}T${time}Z`);

/**
 * Reads a search from the end of the page's address. Leaves out unknown fields, and texts with invisible characters. Anybody can send a link, and the page
 * writes the search as a command to be copied.
 */
export function searchIn(text: string): Search {
  const query = new URLSearchParams(text);
  const texts = Object.fromEntries(TEXTS.map((name) => [name, seen(query.get(name) ?? "")]));
  return { ...NO_SEARCH, ...texts, denied: query.get("denied") === "true" };
}

const seen = (text: string): string => (isVisible(text) ? text : "");

/** Writes the same search as a command, which reads a day as the page does. */
export function commandOf(search: Search, bucket: string): string {
  const flags = TEXTS.filter((name) => search[name].trim() !== "").map(
    (name) => ` --${name} ${shellWord(search[name].trim())}`,
  );
  return `npx valetkey audit show s3://${bucket}${flags.join("")}${search.denied ? " --denied" : ""}`;
}

/**
 * Writes the command that answers who could reach a resource at a moment; undefined while the ARN is missing.
 * @param moment value of a field of the type datetime-local, in UTC; empty for now.
 */
export function whoCouldCommand(arn: string, moment: string, bucket: string): string | undefined {
  if (!/^arn:[^:\s]*:[^:\s]+:[^:]*:[^:]*:\S/.test(arn.trim()) || (moment && spanOf(`${moment}Z`) === "none"))
    return undefined;
  return `npx valetkey audit who-could s3://${bucket} ${shellWord(arn.trim())}${moment && ` --at ${moment}Z`} --repository .`;
}
