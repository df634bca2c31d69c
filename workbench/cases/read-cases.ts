import { readdirSync } from "node:fs";
import { join } from "node:path";
import { readText } from "../bundle.ts";
import { Place, parseJson } from "../decide/place.ts";
import { type Request, type RequestAgent, readAgent, readCircumstances, readMode } from "../decide/request.ts";
import { Problem } from "../problem.ts";
import { type Expected, readExpected } from "./expected.ts";

/** One request and what is to come of it. */
export interface Case extends Request {
  /** The file's name. */
  readonly file: string;
  readonly expected?: Expected;
}

const SUFFIX = ".cases.json";

/** The cases beside the policies of a folder, file by file. @throws {Problem} that names the file and the field. */
export const casesIn = (folder: string): readonly Case[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith(SUFFIX))
    .sort()
    .flatMap((name) => readCases(join(folder, name), name));

/** The cases of one file: `{"agents": {"ci": {...}}, "cases": [...]}`. */
export function readCases(file: string, name: string): readonly Case[] {
  const top = new Place(name);
  const {
    agents = {},
    cases,
    description,
  } = top.record(parseJson(readText(file), name), ["description", "agents", "cases"]);
  if (description !== undefined) top.at("description").text(description);
  const place = top.at("agents");
  const named = new Map(
    Object.entries(place.anyRecord(agents)).map(([key, value]) => [key, readAgent(value, place.at(key))]),
  );
  const read = top
    .at("cases")
    .list(cases)
    .map((value, index) => readCase(value, top.at("cases").at(index), named, name));
  const twice = read.find(({ title }, index) => read.findIndex((other) => other.title === title) !== index);
  if (twice) throw new Problem(`${name}: two cases have the title "${twice.title}"`);
  return read;
}

const FIELDS = ["title", "agent", "intent", "context", "mode", "expected"];

function readCase(value: unknown, place: Place, agents: ReadonlyMap<string, RequestAgent>, file: string): Case {
  const given = place.record(value, FIELDS);
  return {
    file,
    title: place.at("title").text(given.title),
    agent: agentOf(given.agent, place.at("agent"), agents),
    intent: place.at("intent").list(given.intent),
    ...readCircumstances(given.context, place.at("context")),
    mode: readMode(given.mode, place.at("mode")),
    ...(given.expected === undefined ? {} : { expected: readExpected(given.expected, place.at("expected")) }),
  };
}

/** Written out, or the name of one of the file's agents. */
function agentOf(value: unknown, place: Place, agents: ReadonlyMap<string, RequestAgent>): RequestAgent {
  if (typeof value !== "string") return readAgent(value, place);
  const agent = agents.get(value);
  if (agent) return agent;
  throw new Problem(`${place.path} names no agent of the file; there are ${[...agents.keys()].join(", ") || "none"}`);
}
