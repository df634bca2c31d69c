import { readdirSync } from "node:fs";
import { join } from "node:path";
import { readText } from "../bundle.ts";
import { JsonText } from "../decide/json-text.ts";
import { Place } from "../decide/place.ts";
import { type Request, type RequestAgent, readAgent, readCircumstances, readMode } from "../decide/request.ts";
import { type Expected, readExpected } from "./expected.ts";

/** One request and what is to come of it. */
export interface Case extends Request {
  /** The file's name. */
  readonly file: string;
  /** Where it begins, counted from 1. */
  readonly line: number;
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
  const text = new JsonText(file, readText(file));
  const top = new Place("", text);
  const { agents = {}, cases, description } = top.record(text.value, ["description", "agents", "cases"]);
  if (description !== undefined) top.at("description").text(description);
  const place = top.at("agents");
  const named = new Map(
    Object.entries(place.anyRecord(agents)).map(([key, value]) => [key, readAgent(value, place.at(key))]),
  );
  const read = top
    .at("cases")
    .list(cases)
    .map((value, index) => readCase(value, top.at("cases").at(index), named, name));
  const twice = read.findIndex(({ title }, index) => read.findIndex((other) => other.title === title) !== index);
  if (twice >= 0) throw top.at("cases").at(twice).problem(`has the title of another: "${read[twice]?.title}"`);
  return read;
}

const FIELDS = ["title", "agent", "intent", "context", "mode", "expected"];

function readCase(value: unknown, place: Place, agents: ReadonlyMap<string, RequestAgent>, file: string): Case {
  const given = place.record(value, FIELDS);
  return {
    file,
    line: place.line,
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
  throw place.problem(`names no agent of the file; there are ${[...agents.keys()].join(", ") || "none"}`);
}
