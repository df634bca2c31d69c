import type { TypedDetail } from "../../core/intent/detail.ts";
import { isRecord, type JsonObject, type Place, strings } from "../../core/intent/place.ts";
import type { Database } from "./databases.ts";
import { nameProblem, parseTableName, type TableName, tableText } from "./table-name.ts";

export const PRIVILEGES = ["SELECT", "INSERT", "UPDATE", "DELETE"] as const;
export type Privilege = (typeof PRIVILEGES)[number];

/** Requested privileges on tables, or on columns of tables, of one database. Each name has one spelling. */
export interface PostgresDetail extends TypedDetail {
  readonly type: "postgres";
  /** `name` of an entry in `valetkey.json`. */
  readonly database: string;
  readonly privileges: readonly Privilege[];
  /** `public.orders` */
  readonly tables?: readonly string[];
  /** `{"public.orders": ["id", "total"]}` */
  readonly columns?: Readonly<Record<string, readonly string[]>>;
}

export interface RequestedTable extends TableName {
  /** Requested columns; absent for the whole table. */
  readonly columns?: readonly string[];
}

const LIMITS = { tables: 20, nameCharacters: 1_000, columns: 50 } as const;

/**
 * Parses `{"type": "postgres", "database": "orders", "privileges": ["SELECT"], "tables": ["public.orders"]}`, or
 * `"columns": {"public.orders": ["id"]}`. A whole schema cannot be requested: a policy that forbids one of its tables
 * would not match the schema.
 * @throws {Refusal} intent_invalid.
 */
export function parsePostgres(detail: JsonObject, place: Place, databases: readonly Database[]): PostgresDetail {
  if ("schemas" in detail) place.at("schemas").refuse("is not granted as a whole; name its tables");
  place.refuseUnknown(detail, ["type", "database", "privileges", "tables", "columns"]);
  const { database } = detail;
  if (typeof database !== "string" || !databases.some(({ name }) => name === database))
    return place.at("database").refuse("is not a database that this deployment hands out logins to");
  const privileges = strings(detail.privileges, place.at("privileges"), PRIVILEGES.length, 16);
  const odd = privileges.findIndex((privilege) => !(PRIVILEGES as readonly string[]).includes(privilege));
  if (odd >= 0) place.at(`privileges[${odd}]`).refuse(`must be one of ${PRIVILEGES.join(", ")}`);
  const tables = [
    ...(detail.tables === undefined ? [] : parseTables(detail.tables, place.at("tables"))),
    ...(detail.columns === undefined ? [] : parseColumns(detail.columns, place.at("columns"))),
  ];
  if (tables.length === 0) place.refuse("must name tables, or columns of tables");
  if (tables.length > LIMITS.tables) place.refuse(`may name ${LIMITS.tables} tables`);
  const names = tables.map(tableText);
  if (new Set(names).size < names.length)
    place.refuse("names a table twice; request a table either as a whole or by its columns");
  if (privileges.includes("DELETE") && detail.columns !== undefined)
    place.at("columns").refuse("cannot be deleted from; request DELETE on the table, in a separate detail");
  return { type: "postgres", database, privileges: privileges as readonly Privilege[], ...textOf(tables) };
}

/** Lists the tables that a detail requests. */
export const tablesOf = ({ tables = [], columns = {} }: PostgresDetail): readonly RequestedTable[] => [
  ...tables.map(named),
  ...Object.entries(columns).map(([table, own]) => ({ ...named(table), columns: own })),
];

/** Makes `tables` and `columns` of a detail that requests these tables. */
export function textOf(requested: readonly RequestedTable[]): Pick<PostgresDetail, "tables" | "columns"> {
  const tables = requested.filter(({ columns }) => columns === undefined).map(tableText);
  const columns = requested.flatMap((table) => (table.columns ? [[tableText(table), table.columns] as const] : []));
  return {
    ...(tables.length === 0 ? {} : { tables }),
    ...(columns.length === 0 ? {} : { columns: Object.fromEntries(columns) }),
  };
}

function named(text: string): TableName {
  const table = parseTableName(text);
  // The text was written by `textOf`, so a fault in it is a bug.
  if ("problem" in table) throw new TypeError("a parsed detail holds what is no table");
  return table;
}

const parseTables = (value: unknown, place: Place): readonly RequestedTable[] =>
  strings(value, place, LIMITS.tables, LIMITS.nameCharacters).map((text, index) =>
    parseTable(text, place.at(`[${index}]`)),
  );

function parseColumns(value: unknown, place: Place): readonly RequestedTable[] {
  if (!isRecord(value)) return place.refuse('must be an object such as {"public.orders": ["id", "total"]}');
  return Object.entries(value).map(([text, given], index) => {
    // An error names a table by its number: the name is the caller's text, and could be anything.
    const own = place.at(`[${index}]`);
    const columns = strings(given, own, LIMITS.columns, LIMITS.nameCharacters);
    for (const [number, column] of columns.entries()) {
      const problem = nameProblem(column);
      if (problem !== undefined) own.at(`[${number}]`).refuse(problem);
    }
    return { ...parseTable(text, own), columns: columns.toSorted() };
  });
}

function parseTable(text: string, place: Place): TableName {
  const table = parseTableName(text);
  return "problem" in table ? place.refuse(table.problem) : table;
}
