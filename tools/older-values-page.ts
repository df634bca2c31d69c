import { wrapped } from "../client/wrapped.ts";
import { FUNCTIONS, type FunctionName } from "../contract/names.ts";
import { KINDS, type Kind } from "../functions/names.ts";
import { ITEM_KINDS, type Reason } from "../infra/item-kinds.ts";
import type { Access } from "../infra/table-access.ts";
import { tableRightsOf } from "../infra/table-rights.ts";
import { SEALED_FIELDS, TRIED } from "./older-values.ts";
import { table } from "./table.ts";

/** Lists the functions that have one of these accesses to a kind of item. */
export const withAccess = (kind: Kind, ...accesses: readonly Access[]): readonly FunctionName[] =>
  FUNCTIONS.filter((name) =>
    tableRightsOf(name).some(([access, of]) => accesses.includes(access) && of.includes(kind)),
  );

/** Writes the page of what follows where an older genuine value is put back. */
export function olderValuesPage(): string {
  const all = Object.keys(ITEM_KINDS) as Kind[];
  const kinds = all
    .filter((kind) => !isPlain(kind))
    .map((kind) => {
      const { rests, expires, why, follows } = ITEM_KINDS[kind];
      return [
        `\`${KINDS[kind]}\``,
        names(withAccess(kind, "put", "update")),
        names(withAccess(kind, "remove")),
        rests,
        expires,
        why,
        follows,
      ];
    });
  const plain = (why: Reason) =>
    all
      .filter((kind) => isPlain(kind) && ITEM_KINDS[kind].why === why)
      .map((kind) => `\`${KINDS[kind]}\` (${names(withAccess(kind, "put", "update"))})`)
      .join(", ");
  const fields = Object.entries(SEALED_FIELDS).flatMap(([record, rows]) => {
    const alike = Map.groupBy(
      Object.entries(rows),
      ([, { sealed, follows }]) => `${sealed ? "yes" : "no"} | ${follows}`,
    );
    return [...alike].map(([rest, each]) => [record, each.map(([field]) => `\`${field}\``).join(", "), rest]);
  });
  return `<!-- Written by \`npm run older-values\` from tools/older-values.ts. -->

# What an older value gains

Somebody has the keys of one function's role, and has read all that was ever in the table. What follows where that
thief puts an older genuine value back? [Decision 63](../decisions/0063-nothing-one-way-by-absence.md) has the rules,
[SECURITY.md](../../SECURITY.md#a-function-that-is-taken-over) what each function can do at all.

## Items

${table(["kind", "put or changed by", "removed by", "what rests on it", "goes by TTL", "why", "an older value"], kinds)}

${wrapped(`These gain nothing, and nobody removes them. Of one writer each: ${plain("alone")}. Journals, whose changes ring: ${plain("journal")}.`)}

${Object.entries(REASONS)
  .map(([why, sentence]) => `- \`${why}\`: ${sentence}`)
  .join("\n")}

## Fields of sealed records

A seal covers the fields with "yes". \`session\` has the AWS leases in a task's record, which share the task's seal.

${table(["record", "field", "sealed", "an older value"], fields)}

## Where it is tried

Each test has the keys of every role, and the real functions over the embedded AWS.

${table(
  ["a thief tries to bring", "test"],
  Object.entries(TRIED).map(([what, file]) => [what, `[${file.split("/").at(-1)}](../../${file})`]),
)}
`;
}

/** Tells whether an older item of this kind gains nothing, and no function removes one. */
const isPlain = (kind: Kind): boolean => {
  const { why, follows } = ITEM_KINDS[kind];
  return (why === "journal" || (why === "alone" && follows === "nothing")) && withAccess(kind, "remove").length === 0;
};

const REASONS: Readonly<Record<Reason, string>> = {
  alone: "only the function that gives it can write it.",
  lives: "it counts while it is there; one function puts it, others can only remove it.",
  journal: "nobody changes or removes it.",
  hint: "a list of where to look, on which no decision rests.",
  fields: "several functions write it, and the fields below are what decisions believe.",
  told: "the effect is as the last column says, and no more.",
};

const names = (functions: readonly FunctionName[]): string => functions.join(", ") || "nobody";
