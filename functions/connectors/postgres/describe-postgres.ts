import { defined } from "../../core/defined.ts";
import type { Question } from "../../core/intent/question.ts";
import { POSTGRES } from "./definition.ts";
import { type PostgresDetail, type Privilege, type RequestedTable, tablesOf, textOf } from "./postgres-detail.ts";
import { shortName, tableText } from "./table-name.ts";

const ACTIONS = {
  SELECT: "postgres:Select",
  INSERT: "postgres:Insert",
  UPDATE: "postgres:Update",
  DELETE: "postgres:Delete",
} as const satisfies Record<Privilege, keyof typeof POSTGRES.actions>;

/** Lists a question for each privilege on each table. */
export const describePostgres = (detail: PostgresDetail): readonly Question[] =>
  detail.privileges.flatMap((privilege) => tablesOf(detail).map((table) => questionOf(detail, privilege, table)));

/**
 * Makes the details that state what was permitted. Privileges that were permitted on different tables get separate
 * details, since a detail grants each privilege on each table.
 */
export function narrowPostgres(detail: PostgresDetail, permitted: readonly Question[]): readonly PostgresDetail[] {
  const alike = new Map<string, { readonly privileges: Privilege[]; readonly tables: readonly RequestedTable[] }>();
  for (const privilege of detail.privileges) {
    const tables = tablesOf(detail).filter((table) => {
      const { action, target } = questionOf(detail, privilege, table);
      return permitted.some((each) => each.action === action && each.target === target);
    });
    if (tables.length === 0) continue;
    const known = alike.get(JSON.stringify(tables));
    if (known) known.privileges.push(privilege);
    else alike.set(JSON.stringify(tables), { privileges: [privilege], tables });
  }
  return [...alike.values()].map(({ privileges, tables }) => ({
    type: detail.type,
    database: detail.database,
    privileges,
    ...textOf(tables),
  }));
}

/**
 * Makes the question about one privilege on one table. Without `columns` the question is about the whole table, so a
 * policy on columns must cover that case (`resource has columns`).
 */
function questionOf(detail: PostgresDetail, privilege: Privilege, table: RequestedTable): Question {
  const { schema, name, columns } = table;
  const action = ACTIONS[privilege];
  const id = `${detail.database}/${tableText(table)}`;
  return {
    action,
    groups: POSTGRES.actions[action].groups,
    target: columns === undefined ? id : `${id}(${columns.map(shortName).join(", ")})`,
    resource: {
      uid: { type: "Table", id },
      attrs: { database: detail.database, schema, name, ...defined({ columns }) },
      parents: [{ type: "Database", id: detail.database }],
    },
  };
}
