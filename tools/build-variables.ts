/**
 * Writes the client's data about connectors. In an agent's image, the client has no code of the functions, so it has these data in a file of its own. Run it with
 * `npm run variables` after a change of a connector's definition. A test compares both.
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { DEFINITIONS } from "../functions/connectors/connectors.ts";
import { formatFile } from "./format-file.ts";

const ROOT = new URL("../", import.meta.url);
const FILE = fileURLToPath(new URL("client/credentials/connector-variables.ts", ROOT));

const json = (value: unknown): string => JSON.stringify(value, undefined, 2);
const variables = DEFINITIONS.flatMap(({ type, variables }) => (variables ? [[type, variables] as const] : []));
const inTheWay = DEFINITIONS.flatMap(({ type, variablesInTheWay }) =>
  variablesInTheWay ? [`${JSON.stringify(type)}: ${String(variablesInTheWay)}`] : [],
);

writeFileSync(
  FILE,
  `// Written by \`npm run variables\` from functions/connectors/<type>/definition.ts.

/** Kinds of credentials that connectors issue. */
export const CONNECTOR_TYPES: readonly string[] = ${json(DEFINITIONS.map(({ type }) => type))};

/** Variables in which programs look for a credential, by its kind and by the field that each of them holds. */
export const VARIABLES: Readonly<Record<string, Readonly<Record<string, string>>>> = ${json(Object.fromEntries(variables))};

/** Variables of the same programs that would lead them to another server, login or token. */
export const IN_THE_WAY: Readonly<Record<string, RegExp>> = { ${inTheWay.join(", ")} };
`,
);
formatFile(FILE, "check");
console.log(FILE);
