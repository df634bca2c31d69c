/** A table, or a view, by its schema and its own name, exactly as the catalog has them. */
export interface TableName {
  readonly schema: string;
  readonly name: string;
}

/** PostgreSQL would cut a longer name short, and speak of another table; bytes (NAMEDATALEN - 1). */
const NAME_BYTES = 63;

/** One part, with the quotes around it or without. PostgreSQL folds an unquoted name to lower case, so one that it would change is none. */
const PART = /^(?:"(?<quoted>(?:[^"]|"")+)"|(?<plain>[a-z_][a-z0-9_$]*))/;

/** `public.orders`, `public."Order Lines"`: the two names, or what is wrong. */
export function parseTableName(text: string): TableName | { readonly problem: string } {
  const schema = PART.exec(text);
  const rest = text.slice(schema?.[0].length ?? 0);
  const name = schema && rest.startsWith(".") ? PART.exec(rest.slice(1)) : null;
  if (!schema || !name || rest.length !== name[0].length + 1) return { problem: FORM };
  const parts = { schema: plainOf(schema), name: plainOf(name) };
  const problem = nameProblem(parts.schema) ?? nameProblem(parts.name);
  if (problem !== undefined) return { problem };
  return /^pg_|^information_schema$/.test(parts.schema) ? { problem: "is in a schema of PostgreSQL itself" } : parts;
}

const FORM =
  'must be a schema and a table, such as public.orders; a name with other characters than a-z, 0-9 and _ stands in double quotes, such as public."Order Lines"';

const plainOf = ({ groups }: RegExpExecArray): string => groups?.plain ?? (groups?.quoted ?? "").replaceAll('""', '"');

/** Why nothing in a database can be named so, or nothing. */
export function nameProblem(name: string): string | undefined {
  if (name === "") return "must not be empty";
  // Half a surrogate pair would reach the server as another character.
  if (name.includes("\0") || !name.isWellFormed()) return "must be a name in Unicode";
  return Buffer.byteLength(name) > NAME_BYTES ? `must have ${NAME_BYTES} bytes at most` : undefined;
}

/** As SQL has it, whatever is in it (PostgreSQL's manual, 4.1.1). */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

export const quotedTable = ({ schema, name }: TableName): string => `${quoted(schema)}.${quoted(name)}`;

/** `public.orders`: one spelling for each table. */
export const tableText = ({ schema, name }: TableName): string => `${shortName(schema)}.${shortName(name)}`;

/** With quotes only where they are needed. */
export const shortName = (name: string): string => (/^[a-z_][a-z0-9_$]*$/.test(name) ? name : quoted(name));
