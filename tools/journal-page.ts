import * as v from "valibot";
import { wrapped } from "../client/wrapped.ts";
import { JOURNAL_EVENTS } from "../contract/journal-events.ts";
import { EVENT_TYPES, type EventType } from "../contract/journal-types.ts";
import { table } from "./table.ts";

type Schema = v.GenericSchema & {
  readonly pipe?: readonly unknown[];
  readonly wrapped?: Schema;
  readonly item?: Schema;
  readonly entries?: Readonly<Record<string, Schema>>;
};

/** Writes the page of the journals' events and their facts. */
export function journalPage(): string {
  const types = Object.keys(EVENT_TYPES) as EventType[];
  const events = types.map((type) => [`\`${type}\``, EVENT_TYPES[type].in.join(", "), EVENT_TYPES[type].says]);
  const lists = types.map((type) => wrapped(`- \`${type}\`: ${namesOf(JOURNAL_EVENTS[type])}`, "  "));
  const facts = types.flatMap((type) =>
    Object.entries((JOURNAL_EVENTS[type] as Schema).entries ?? {}).map(([name, schema]) => [
      `\`${name}\``,
      wordsFor(schema),
    ]),
  );
  const rows = [...new Map(facts.map((row) => [row.join(), row])).values()].toSorted(([a = ""], [b = ""]) =>
    a < b ? -1 : Number(a > b),
  );
  return `<!-- Written by \`npm run journal\` from contract/journal-types.ts and contract/journal-events.ts. -->

# Events of the journals

For those who read the [signed log](../audit.md), a SIEM's events or a receipt: every event, and what it records.

An event has \`of\` (its subject), \`n\` (its number in the subject's journal), \`type\`, \`at\` (epoch milliseconds),
\`facts\`, \`previous\` and \`hash\`. A fact with \`?\` may be absent. An earlier version may have written fewer facts, and
a later one may write more. No fact is a token, a secret or a credential.

## Events

${table(["event", "journal", "says"], events)}

## What each records

${lists.join("\n")}

## Facts

A fact with several rows means something else in some events.

${table(["fact", "is"], rows)}
`;
}

const namesOf = (schema: v.GenericSchema): string =>
  Object.entries((schema as Schema).entries ?? {})
    .map(([name, each]) => `\`${name}${each.type.endsWith("optional") ? "?" : ""}\``)
    .join(", ");

/** Most members of an object that a cell names. */
const MOST_MEMBERS = 12;

/** Words for a fact, with the names of its members where it is an object, or a list of objects. */
function wordsFor(schema: Schema): string {
  const inner = schema.wrapped ?? schema;
  const { entries } = inner.item ?? inner;
  const count = Object.keys(entries ?? {}).length;
  // A record that people vote for has too many members for a cell: the API document has them.
  const members = entries && count > 0 && count <= MOST_MEMBERS ? ` Has ${namesOf(inner.item ?? inner)}.` : "";
  return `${v.getDescription(inner) ?? ""}${members}`.replaceAll("|", "\\|");
}
