import { existsSync } from "node:fs";
import { defined } from "../../../functions/core/defined.ts";
import { type Deciding, decidingBundle } from "../../../functions/policy/bundle.ts";
import { JsonText } from "../../../functions/policy/decide/json-text.ts";
import { Place } from "../../../functions/policy/decide/place.ts";
import { type Request, readAgent, readCircumstances, readMode } from "../../../functions/policy/decide/request.ts";
import { explain } from "../../../functions/policy/explain/explain.ts";
import { EXIT, Problem } from "../../../functions/policy/problem.ts";
import { isProven } from "../../../functions/policy/prove-sessions.ts";
import { readText } from "../../../functions/policy/read/read-text.ts";
import { ownCommand } from "../../own-command.ts";
import { shellWord } from "../../shell-quoting.ts";
import { type Case, casesIn } from "../cases/read-cases.ts";
import type { Options } from "../options.ts";
import { explainText } from "./explain-text.ts";

/** Runs `valetkey policy explain`. @returns 0 where the request is granted, and with `--prove` each session policy proven; else 1. */
export async function explainCommand(options: Options, print: (text: string) => void): Promise<number> {
  const [folder = "policies", ...others] = options.folders;
  if (others.length > 0) throw new Problem("explain takes one folder");
  const bundle = decidingBundle(folder, options.withFiles, options.config);
  const explanation = await explain(requestOf(options, folder, bundle), bundle, options.prove);
  print(options.json ? `${JSON.stringify(explanation, null, 2)}\n` : explainText(explanation));
  const { answer, proofs = [] } = explanation;
  return answer.answer === "allowed" && proofs.every(isProven) ? EXIT.good : EXIT.bad;
}

/** Returns the case that the options name, or the request that they write out. The options' conditions replace those of a case. */
function requestOf(options: Options, folder: string, { conditions: known }: Pick<Deciding, "conditions">): Request {
  const { agent, intent, purpose, ttl, sourceIp, at, mode, onBehalfOf: person } = options;
  const conditions = options.conditions?.split(",").map((name) => name.trim());
  const place = new Place("the command line");
  if (options.case !== undefined) {
    const named = namedCase(casesIn(folder, known), options.case);
    return conditions === undefined
      ? named
      : { ...named, ...defined({ conditions: readCircumstances({ conditions }, place, known).conditions }) };
  }
  if (agent === undefined || intent === undefined)
    throw new Problem(`give --agent and --intent, or --case; ${ownCommand()} policy explain --help shows examples`);
  const onBehalfOf = person === undefined ? undefined : inlineOrFile(person, "--on-behalf-of");
  const context = { purpose, ttl, sourceIp, at, onBehalfOf, conditions };
  return {
    title: "command line",
    agent: readAgent(inlineOrFile(agent, "--agent"), new Place("--agent")),
    intent: new Place("--intent").list(inlineOrFile(intent, "--intent")),
    ...readCircumstances(context, place, known),
    mode: readMode(mode, new Place("--mode")),
  };
}

function inlineOrFile(value: string, flag: keyof typeof EXAMPLES): unknown {
  if (/^\s*[[{]/.test(value)) return new JsonText(flag, value).value;
  if (!existsSync(value))
    throw new Problem(
      `${flag} takes JSON or a file of it, such as ${shellWord(EXAMPLES[flag])}; there is no file ${value}`,
    );
  return new JsonText(value, readText(value)).value;
}

const EXAMPLES = {
  "--agent": '{"id": "demo", "team": "demo"}',
  "--intent":
    '[{"type": "aws", "account": "111122223333", "actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::acme-data/*"]}]',
  "--on-behalf-of": '{"issuer": "staff", "person": "pat"}',
} as const;

function namedCase(cases: readonly Case[], title: string): Case {
  const found = cases.filter((each) => each.title === title);
  const [one, ...more] = found.length > 0 ? found : cases.filter((each) => each.title.includes(title));
  if (one && more.length === 0) return one;
  const titles = cases.map((each) => `\n  ${each.title}`).join("");
  throw new Problem(
    `${one ? "several cases have" : "no case has"} "${title}" in the title; there are:${titles || " none"}`,
  );
}
