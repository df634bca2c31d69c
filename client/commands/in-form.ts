import { parseArgs } from "node:util";
import { escapedJson } from "../../contract/decision/escaped-json.ts";
import { defined } from "../../functions/core/defined.ts";
import { ClientError } from "../exit-codes.ts";
import { outputForm } from "../operate/print/print.ts";

/** Functions that receive the output of a tool. */
interface Screen {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

const TERMINAL: Screen = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
};

/**
 * Runs a tool that knows only `--json`, and prints in the form that `-o` names. `wide` is the tool's text, which is never cut. YAML is made of the
 * tool's JSON.
 * @param isList true where the tool's JSON is one document a line, of which YAML makes a list.
 * @throws {ClientError} usage
 */
export async function inForm(
  argv: readonly string[],
  isList: boolean,
  run: (argv: readonly string[], screen: Screen) => Promise<number>,
  screen: Screen = TERMINAL,
): Promise<number> {
  const { rest, json, output } = withoutOutput(argv);
  const form = outputForm({ json, ...defined({ output }) });
  if (form === "table" || form === "wide") return run(rest, screen);
  const withJson = json ? rest : [...rest, "--json"];
  if (form === "json") return run(withJson, { ...screen, out: (text) => screen.out(escapedJson(text)) });
  const { yamlOf } = await import("../operate/print/print-yaml.ts");
  const texts: string[] = [];
  const code = await run(withJson, { ...screen, out: (text) => void texts.push(text) });
  const text = texts.join("");
  if (isList) screen.out(yamlOf(text.split("\n").filter(Boolean).map(parsed)));
  else if (text !== "") screen.out(yamlOf(parsed(text)));
  return code;
}

/** Takes `-o` out of a command line, whose other options the tool itself parses. */
function withoutOutput(argv: readonly string[]) {
  const options = { output: { type: "string", short: "o" }, json: { type: "boolean" } } as const;
  const { tokens } = parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true });
  const taken = new Set<number>();
  let [json, output]: [boolean, string | undefined] = [false, undefined];
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    if (token.name === "json") json = true;
    if (token.name !== "output") continue;
    if (token.value === undefined) throw new ClientError("usage", "usage", "-o takes table, wide, json, yaml");
    output = token.value;
    taken.add(token.index);
    if (!token.inlineValue) taken.add(token.index + 1);
  }
  return { rest: argv.filter((_, at) => !taken.has(at)), json, output };
}

const parsed = (text: string): unknown => JSON.parse(text);
