import { isVisible } from "../../contract/decision/visible-text.ts";

/** Fields of a search of the log. */
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

/** Writes a search as the query of the API, and as the end of the page's address; empty for none. */
export function queryOf(search: Search): string {
  const query = new URLSearchParams();
  for (const name of TEXTS) if (search[name].trim() !== "") query.set(name, instantOr(name, search[name].trim()));
  if (search.denied) query.set("denied", "true");
  return query.toString();
}

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

/** Converts a day to its first second, since the API takes instants. */
const instantOr = (name: (typeof TEXTS)[number], text: string): string =>
  (name === "since" || name === "until") && /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text;

/** Writes the same search as a command. */
export function commandOf(search: Search, bucket: string): string {
  const flags = TEXTS.filter((name) => name !== "until" && search[name].trim() !== "").map(
    (name) => ` --${name} ${quoted(instantOr(name, search[name].trim()))}`,
  );
  return `npx valetkey audit show s3://${bucket}${flags.join("")}${search.denied ? " --denied" : ""}`;
}

const quoted = (text: string): string =>
  /^[\w.:|-]+$/.test(text) && !text.includes("|") ? text : `'${text.replaceAll("'", "'\\''")}'`;
