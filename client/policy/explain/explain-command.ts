import { decidingBundle } from "../../../functions/policy/bundle.ts";
import { JsonText } from "../../../functions/policy/decide/json-text.ts";
import { Place } from "../../../functions/policy/decide/place.ts";
import { type Request, readAgent, readCircumstances, readMode } from "../../../functions/policy/decide/request.ts";
import { explain } from "../../../functions/policy/explain/explain.ts";
import { EXIT, Problem } from "../../../functions/policy/problem.ts";
import { isProven } from "../../../functions/policy/prove-sessions.ts";
import { readText } from "../../../functions/policy/read/read-text.ts";
import { casesIn } from "../cases/read-cases.ts";
import type { Options } from "../options.ts";
import { explainText } from "./explain-text.ts";

/** Runs `valetkey policy explain`. @returns 0 where the request is granted, and with `--prove` each session policy proven; else 1. */
export async function explainCommand(options: Options, print: (text: string) => void): Promise<number> {
  const [folder = "policies", ...others] = options.folders;
  if (others.length > 0) throw new Problem("explain takes one folder");
  const request = options.case === undefined ? requestOf(options) : namedCase(folder, options.case);
  const explanation = await explain(request, decidingBundle(folder, options.withFiles, options.config), options.prove);
  print(options.json ? `${JSON.stringify(explanation, null, 2)}\n` : explainText(explanation));
  const { answer, proofs = [] } = explanation;
  return answer.answer === "allowed" && proofs.every(isProven) ? EXIT.good : EXIT.bad;
}

function requestOf({ agent, intent, purpose, ttl, sourceIp, at, mode, onBehalfOf: person }: Options): Request {
  if (agent === undefined || intent === undefined)
    throw new Problem("give --agent and --intent, or --case; valetkey policy explain --help shows examples");
  const onBehalfOf = person === undefined ? undefined : inlineOrFile(person, "--on-behalf-of");
  const context = { purpose, ttl, sourceIp, at, onBehalfOf };
  return {
    title: "command line",
    agent: readAgent(inlineOrFile(agent, "--agent"), new Place("--agent")),
    intent: new Place("--intent").list(inlineOrFile(intent, "--intent")),
    ...readCircumstances(context, new Place("the command line")),
    mode: readMode(mode, new Place("--mode")),
  };
}

function inlineOrFile(value: string, flag: string): unknown {
  return (/^\s*[[{]/.test(value) ? new JsonText(flag, value) : new JsonText(value, readText(value))).value;
}

function namedCase(folder: string, title: string): Request {
  const cases = casesIn(folder);
  const found = cases.filter((each) => each.title === title);
  const [one, ...more] = found.length > 0 ? found : cases.filter((each) => each.title.includes(title));
  if (one && more.length === 0) return one;
  const titles = cases.map((each) => `\n  ${each.title}`).join("");
  throw new Problem(
    `${one ? "several cases have" : "no case has"} "${title}" in the title; there are:${titles || " none"}`,
  );
}
