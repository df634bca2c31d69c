import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isAccountId } from "../../functions/core/deployment/account-id.ts";
import { policyFiles } from "../../functions/policy/read/files-in.ts";
import { readAgents, type SecondsIn } from "./agent-faults.ts";
import type { Fault } from "./fault.ts";
import { located, pathIn } from "./located.ts";
import { placeholdersIn, unfilledIn } from "./placeholders.ts";
import { checkConfig, deploymentOf } from "./read-config.ts";

/** Files that are checked together. */
export interface CheckedFiles {
  readonly configFile: string;
  /** Folder of the policies; skipped where it does not exist. */
  readonly policiesDir: string;
  /** Files of agents. */
  readonly agents: readonly string[];
}

/** Checks `valetkey.json` and files of agents, and finds placeholders in policies. Lists every fault, in the order of the files. */
export function checkFiles({ configFile, policiesDir, agents }: CheckedFiles, secondsIn: SecondsIn): readonly Fault[] {
  const text = textOf(configFile);
  if (typeof text !== "string") return [text];
  const { config, faults } = checkConfig(text, configFile);
  const document = located(text, configFile);
  const placeholders = placeholdersIn(config ?? Object(document.value)).map(({ place, value }) =>
    document.at(pathIn(place), `${place} is ${value}: write your own`, isAccountId(value) ? "warning" : "error"),
  );
  const policies = existsSync(policiesDir) ? policyFiles(policiesDir) : [];
  const unfilled = unfilledIn(new Map(policies.map((each) => [each.path, each.text]))).map(
    ({ value, ...at }): Fault => ({
      ...{
        ...at,
        level: "error",
        message: `${value} is the template's: write your own, or take the file out with its cases`,
      },
    }),
  );
  const hasTour = policies.some(({ name }) => name === TOUR);
  const tour: readonly Fault[] = hasTour
    ? [
        {
          file: join(policiesDir, TOUR),
          line: 1,
          column: 1,
          level: "warning",
          message: "policies of the guided tour: take them out before you deploy",
        },
      ]
    : [];
  const issuers = config && deploymentOf(config).issuers;
  const inAgents = agents.flatMap((file) => {
    const read = textOf(file);
    if (typeof read !== "string") return [read];
    const found = readAgents({ text: read, file }, issuers, secondsIn);
    return [...found.faults, ...found.agents.flatMap(({ lacks }) => lacks)];
  });
  return [...faults, ...placeholders, ...tour, ...unfilled, ...inAgents];
}

/** Policy file of the guided tour, whose agents a deployment does not have. */
const TOUR = "demo.cedar";

function textOf(file: string): string | Fault {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return {
      file,
      line: 1,
      column: 1,
      level: "error",
      message: "cannot be read; run this where the file is, or name it",
    };
  }
}
