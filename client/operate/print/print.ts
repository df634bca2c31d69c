import { escapedJson } from "../../../contract/decision/escaped-json.ts";
import { withoutRunnerCommands } from "../../../contract/decision/runner-commands.ts";
import { ClientError } from "../../exit-codes.ts";
import { nearest } from "../../nearest.ts";
import type { Shown } from "./shown.ts";
import { wholeTables } from "./table.ts";

/** Forms of a command's output. */
export const OUTPUT_FORMS = ["table", "wide", "json", "yaml"] as const;
export type OutputForm = (typeof OUTPUT_FORMS)[number];

/** Prints JSON or YAML for machines or text for people, on stdout. */
export type Print = (value: unknown, text: (isWide: boolean) => Shown) => void;

/** Reads `--json` and `-o`. @throws {ClientError} usage */
export function outputForm({ json, output }: { readonly json?: boolean; readonly output?: string }): OutputForm {
  if (output === undefined) return json ? "json" : "table";
  if (json && output !== "json") throw usage("give --json or -o, not both");
  const form = OUTPUT_FORMS.find((each) => each === output);
  if (form) return form;
  const meant = nearest(output, OUTPUT_FORMS);
  throw usage(`-o takes ${OUTPUT_FORMS.join(", ")}${meant === undefined ? "" : `; did you mean ${meant}?`}`);
}

/** Makes the printer of a form. Loads the writer of YAML first, so that a missing one fails before any request to the service. */
export async function loadPrinter({ form }: { readonly form: OutputForm }): Promise<Print> {
  if (form === "json") return (value) => write(`${safeJson(value)}\n`);
  if (form === "wide") return (_, text) => write(unobeyed(wholeTables(() => text(true)).toString()));
  if (form === "table") return (_, text) => write(unobeyed(text(false).toString()));
  const { yamlOf } = await import("./print-yaml.ts");
  return (value) => write(yamlOf(value));
}

const write = (text: string): void => void process.stdout.write(text);

/**
 * Replaces each character that a terminal would obey, except line feeds and this program's own colours, and breaks commands to CI runners. Parts of
 * every text come from the service.
 */
const unobeyed = (text: string): string =>
  withoutRunnerCommands(text.replace(OBEYED, (_, colour: string | undefined) => colour ?? " "));

const ESCAPE = "\u001b";
const OBEYED = new RegExp(`(${ESCAPE}\\[(?:2|22|31|32|33|39)m)|(?!\\n)\\p{C}`, "gu");

/** Writes JSON. Escapes characters that a terminal would obey, or that change how a line looks. */
export const safeJson = (value: unknown): string => escapedJson(JSON.stringify(value));

const usage = (sentence: string): ClientError => new ClientError("usage", "usage", sentence);
