import { canonicalJson } from "../canonical-json.ts";
import { type AccountNames, accountInWords } from "./account-names.ts";

/** Grant as a person reads it. Together, title and rows hold every value of the grant. */
export interface DescribedGrant {
  readonly title: string;
  readonly rows: readonly DescribedRow[];
}

export interface DescribedRow {
  readonly name: string;
  readonly values: readonly DescribedValue[];
}

/** Value, with a remark where a reader could take it for less than it is. */
export interface DescribedValue {
  readonly text: string;
  readonly remark?: string;
}

type Fields = Readonly<Record<string, unknown>>;

interface Kind {
  /** Field that the title names. */
  readonly subject?: string;
  readonly title: (subject: string) => string;
  /** Names of the rows, by field, in the order in which they are read. */
  readonly rows: Readonly<Record<string, string>>;
}

const KINDS: Readonly<Record<string, Kind>> = {
  aws: {
    subject: "account",
    title: (account) => `Call AWS in account ${account}`,
    rows: { actions: "Actions", resources: "On", conditions: "Only if", lease: "Lease" },
  },
  tool: { subject: "server", title: (server) => `Use tools of ${server}`, rows: { tools: "Tools" } },
  github: {
    title: () => "Work on repositories at GitHub",
    rows: { repositories: "Repositories", permissions: "Permissions" },
  },
  postgres: {
    subject: "database",
    title: (database) => `Log in to the database ${database}`,
    rows: { privileges: "Privileges", tables: "On tables", columns: "On columns" },
  },
  oauth: {
    subject: "provider",
    title: (provider) => `Use ${provider} by OAuth`,
    rows: { scopes: "Scopes", resource: "Resource", audience: "Audience" },
  },
  secret: { title: () => "Learn the values of secrets", rows: { actions: "Actions", identifiers: "Secrets" } },
};

/**
 * Describes a grant in words. Shows a type or a field that this program does not know as it is, so that nothing of a grant is left out.
 * @param grant one entry of a record's `grants`.
 */
export const grantInWords = (grant: unknown): DescribedGrant => namedGrantInWords(grant, {});

/** Describes a grant as `grantInWords` does, with the names of accounts beside their ids. */
export function namedGrantInWords(grant: unknown, names: AccountNames): DescribedGrant {
  if (typeof grant !== "object" || grant === null || Array.isArray(grant))
    return { title: "A grant of unknown form", rows: [{ name: "Grant", values: [{ text: canonicalJson(grant) }] }] };
  const { type, ...fields } = grant as Fields;
  const kind = typeof type === "string" && Object.hasOwn(KINDS, type) ? KINDS[type] : undefined;
  if (!kind) return { title: `A grant of the type ${textOf(type)}`, rows: Object.entries(fields).map(rowOf) };
  const { subject } = kind;
  const named = subject === undefined ? undefined : fields[subject];
  const isNamed = typeof named === "string";
  const shown = [...Object.keys(kind.rows), ...(isNamed && subject !== undefined ? [subject] : [])];
  return {
    title: kind.title(isNamed ? (subject === "account" ? accountInWords(named, names) : named) : "an unknown one"),
    rows: [
      ...Object.entries(kind.rows)
        .filter(([field]) => fields[field] !== undefined)
        .map(([field, name]) => ({ name, values: valuesOf(field, fields[field]) })),
      ...Object.entries(fields)
        .filter(([field]) => !shown.includes(field))
        .map(rowOf),
    ],
  };
}

/** Describes a field, with every value of it. */
export const rowOf = ([name, value]: readonly [string, unknown]): DescribedRow => ({
  name,
  values: valuesOf(name, value),
});

/** Returns "none" for an empty list, since a reader could take a missing row for no limit. */
function valuesOf(field: string, value: unknown): readonly DescribedValue[] {
  const values = everyValueOf(field, value);
  return values.length === 0 ? [{ text: "none" }] : values;
}

function everyValueOf(field: string, value: unknown): readonly DescribedValue[] {
  if (Array.isArray(value)) return value.map((each) => withRemark(field, textOf(each)));
  if (typeof value === "object" && value !== null) return Object.entries(value).flatMap((entry) => pairs(...entry));
  return [withRemark(field, textOf(value))];
}

/** Describes an entry of an object: `contents: read`, `public.orders: id, total`, `StringEquals aws:RequestedRegion: eu-central-1`. */
function pairs(name: string, value: unknown): readonly DescribedValue[] {
  if (Array.isArray(value)) return [{ text: `${name}: ${value.map(textOf).join(", ")}` }];
  if (typeof value === "object" && value !== null)
    return Object.entries(value).flatMap(([inner, each]) => pairs(`${name} ${inner}`, each));
  return [{ text: `${name}: ${textOf(value)}` }];
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : (canonicalJson(value) ?? "nothing"));

function withRemark(field: string, text: string): DescribedValue {
  const remark = field === "actions" || field === "resources" ? remarkOn(field, text) : undefined;
  return remark === undefined ? { text } : { text, remark };
}

function remarkOn(field: "actions" | "resources", text: string): string | undefined {
  const noun = field === "actions" ? "action" : "resource";
  if (text === "*") return `every ${noun}`;
  if (/^[^*?]+\*$/.test(text)) return `every ${noun} whose name begins with this`;
  return /[*?]/.test(text) ? `every ${noun} that fits the pattern` : undefined;
}

/** Part of a record: how often one approval may be used. */
interface Uses {
  readonly ttl: number;
  readonly created_at: number;
  readonly standing?: { readonly uses: number; readonly window: number };
}

/**
 * Describes how many keys one approval is good for, and until when; undefined where it is good for one key only.
 * @example usesInWords(record) // "30 keys, each for 15 minutes, within 30 days (until 2026-12-24T12:00:00Z). Nobody is asked again."
 */
export function usesInWords({ ttl, created_at: createdAt, standing }: Uses): string | undefined {
  if (!standing) return undefined;
  const until = new Date((createdAt + standing.window) * 1_000).toISOString().replace(".000Z", "Z");
  const span = durationInWords(standing.window);
  return `${standing.uses} keys, each for ${durationInWords(ttl)}, within ${span} (until ${until}). Nobody is asked again.`;
}

/** Names the number of keys that one approval is good for. @example keysInWords(record) // "a key" */
export const keysInWords = ({ standing }: Pick<Uses, "standing">): string =>
  standing ? `${standing.uses} keys` : "a key";

/** Writes a number of seconds in people's units. @example durationInWords(5_400) // "1 hour 30 minutes" */
export function durationInWords(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [
    [Math.floor(whole / 86_400), "day"],
    [Math.floor((whole % 86_400) / 3_600), "hour"],
    [Math.floor((whole % 3_600) / 60), "minute"],
    [whole % 60, "second"],
  ] as const;
  const words = parts
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}${count === 1 ? "" : "s"}`);
  return words.slice(0, 2).join(" ") || "no time";
}
