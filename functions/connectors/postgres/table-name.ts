/** Name of a table or a view: its schema and its own name, exactly as in the catalog. */
export interface TableName {
  readonly schema: string;
  readonly name: string;
}

/** Longest name; bytes (NAMEDATALEN - 1). PostgreSQL would truncate a longer name, which then names another table. */
const NAME_BYTES = 63;

/**
 * One part of a name, with or without quotes around it. PostgreSQL folds unquoted names to lower case, so an unquoted
 * name with capitals does not match.
 */
const PART = /^(?:"(?<quoted>(?:[^"]|"")+)"|(?<plain>[a-z_][a-z0-9_$]*))/;

/** Parses `public.orders` or `public."Order Lines"`. Returns the two names, or the fault of the text. */
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
  'must be a schema and a table, such as public.orders; write a name with other characters than a-z, 0-9 and _ in double quotes, such as public."Order Lines"';

const plainOf = ({ groups }: RegExpExecArray): string => groups?.plain ?? (groups?.quoted ?? "").replaceAll('""', '"');

/** Returns the reason why no object of a database can have the name; undefined for a possible name. */
export function nameProblem(name: string): string | undefined {
  if (name === "") return "must not be empty";
  // Half of a surrogate pair would reach the server as another character.
  if (name.includes("\0") || !name.isWellFormed()) return "must be a name in Unicode";
  return Buffer.byteLength(name) > NAME_BYTES ? `must have ${NAME_BYTES} bytes at most` : undefined;
}

/** Quotes a name for SQL, whatever characters it has (PostgreSQL's manual, 4.1.1). */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

export const quotedTable = ({ schema, name }: TableName): string => `${quoted(schema)}.${quoted(name)}`;

/** Writes a table's name in its one spelling: `public.orders`. */
export const tableText = ({ schema, name }: TableName): string => `${shortName(schema)}.${shortName(name)}`;

/** Quotes a name only where SQL requires it. */
export const shortName = (name: string): string => (/^[a-z_][a-z0-9_$]*$/.test(name) ? name : quoted(name));
