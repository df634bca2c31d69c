import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import { Problem } from "../../../functions/policy/problem.ts";
import { isNode } from "../../../functions/policy/read/policy-nodes.ts";
import { readText } from "../../../functions/policy/read/read-text.ts";
import { casesIn } from "../cases/read-cases.ts";

/** Agent that a file or a case names. */
export interface KnownAgent {
  readonly id: string;
  readonly team: string;
  readonly labels: readonly string[];
}

const FILE = "agents.yaml";

/**
 * Lists the agents of `agents.yaml` and of the cases beside the policies.
 * @param file the file of `valetkey apply`; by default the one beside the policies or in the folder above.
 * @throws {Problem} where the file is given and cannot be read.
 */
export function knownAgents(folder: string, file: string | undefined): readonly KnownAgent[] {
  const beside = [folder, dirname(resolve(folder))].map((each) => join(each, FILE)).find((each) => existsSync(each));
  const path = file ?? beside;
  return [...(path === undefined ? [] : agentsOf(path)), ...inCases(folder)];
}

function agentsOf(path: string): readonly KnownAgent[] {
  const read = yamlOf(path);
  const list = isNode(read) ? read.agents : read;
  if (!Array.isArray(list)) throw new Problem(`${path} must hold a list of agents, as \`valetkey apply\` takes it`);
  return list.flatMap((each: unknown) =>
    isNode(each) && typeof each.id === "string" && typeof each.team === "string"
      ? [{ id: each.id, team: each.team, labels: Array.isArray(each.labels) ? each.labels.map(String) : [] }]
      : [],
  );
}

function yamlOf(path: string): unknown {
  try {
    return parse(readText(path));
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem(`${path} is not YAML`);
  }
}

/** Lists the agents of the cases. Returns none where a file cannot be read; the proof of the cases reports that. */
function inCases(folder: string): readonly KnownAgent[] {
  try {
    return casesIn(folder).map(({ agent: { id, team, labels = [] } }) => ({ id, team, labels }));
  } catch (error) {
    if (error instanceof Problem) return [];
    throw error;
  }
}
