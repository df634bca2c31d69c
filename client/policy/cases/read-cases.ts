import { join } from "node:path";
import { agentId } from "../../../contract/agent-id.ts";
import { defined } from "../../../functions/core/defined.ts";
import { JsonText } from "../../../functions/policy/decide/json-text.ts";
import { Place } from "../../../functions/policy/decide/place.ts";
import { readAll, readEach } from "../../../functions/policy/decide/read-all.ts";
import {
  type Request,
  type RequestAgent,
  readAgent,
  readCircumstances,
  readMode,
} from "../../../functions/policy/decide/request.ts";
import { filesIn } from "../../../functions/policy/read/files-in.ts";
import type { KnownConfig } from "../../../functions/policy/read/known-config.ts";
import { readText } from "../../../functions/policy/read/read-text.ts";
import { type Expected, readExpected } from "./expected.ts";

/** One request with its expectation. */
export interface Case extends Request {
  /** The file's name. */
  readonly file: string;
  /** Line at which it begins, counted from 1. */
  readonly line: number;
  readonly column: number;
  readonly expected?: Expected;
}

const SUFFIX = ".cases.json";

/**
 * Reads the cases beside the policies of a folder and of the teams' folders in it, file by file.
 * @param conditions conditions of `valetkey.json`, where they are known.
 * @throws {Problem} that names the file and the field.
 */
export const casesIn = (folder: string, conditions?: Conditions): readonly Case[] =>
  readEach(filesIn(folder, SUFFIX), (name) => readCases(join(folder, name), name, conditions)).flat();

type Conditions = KnownConfig["conditions"];

/** Reads the cases of one file: `{"agents": {"ci": {...}}, "cases": [...]}`. */
export function readCases(file: string, name: string, conditions?: Conditions): readonly Case[] {
  const text = new JsonText(file, readText(file));
  const top = new Place("", text);
  const { agents = {}, cases, description } = top.record(text.value, ["description", "agents", "cases"]);
  const given = readAll({
    description: () => (description === undefined ? undefined : top.at("description").text(description)),
    agents: () => Object.entries(top.at("agents").anyRecord(agents)),
    cases: () => top.at("cases").list(cases),
  });
  // A case may name an unreadable agent, whose own fault is reported. The case needs no second one.
  const known = new Map<string, RequestAgent | undefined>(given.agents.map(([key]) => [key, undefined]));
  const { read } = readAll({
    agents: () => readEach(given.agents, ([key, value]) => known.set(key, readAgent(value, top.at("agents").at(key)))),
    read: () =>
      readEach(given.cases, (value, index) => readCase(value, top.at("cases").at(index), { known, conditions }, name)),
  });
  const titles = read.map(({ title }) => title);
  readEach(titles, (title, index) => {
    if (titles.indexOf(title) < index) throw top.at("cases").at(index).problem(`has the title of another: "${title}"`);
  });
  return read;
}

const FIELDS = ["title", "agent", "intent", "context", "mode", "expected"];
type Agents = ReadonlyMap<string, RequestAgent | undefined>;

function readCase(
  value: unknown,
  place: Place,
  { known, conditions }: { readonly known: Agents; readonly conditions: Conditions },
  file: string,
): Case {
  const given = place.record(value, FIELDS);
  const { expected, circumstances, ...read } = readAll({
    title: () => place.at("title").text(given.title),
    agent: () => agentOf(given.agent, place.at("agent"), known),
    intent: () => place.at("intent").list(given.intent),
    circumstances: () => readCircumstances(given.context, place.at("context"), conditions),
    mode: () => readMode(given.mode, place.at("mode")),
    expected: () => (given.expected === undefined ? undefined : readExpected(given.expected, place.at("expected"))),
  });
  const { line, column } = place.spot;
  return { file, line, column, ...read, ...circumstances, ...defined({ expected }) };
}

/** Reads an agent that is written out, or finds the file's agent of that name. */
function agentOf(value: unknown, place: Place, agents: Agents): RequestAgent {
  if (typeof value !== "string") return readAgent(value, place);
  const agent = agents.get(value);
  if (agent) return agent;
  if (agents.has(value)) return NOBODY;
  throw place.problem(`names no agent of the file; there are ${[...agents.keys()].join(", ") || "none"}`);
}

/** Placeholder of an unreadable agent, whose own fault makes the file unusable. */
const NOBODY: RequestAgent = { id: agentId("nobody"), team: "", owner: "", labels: [], claims: {} };
