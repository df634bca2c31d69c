import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Bundle, readBundle } from "../bundle.ts";
import type { Options } from "../options.ts";
import { EXIT } from "../problem.ts";
import { type Finding, LEVELS, type Level, lineOf } from "../read/finding.ts";
import { approvalProblems } from "./approvals.ts";
import { besides } from "./besides.ts";
import { beyond } from "./beyond.ts";
import { errorsIn } from "./errors-in.ts";
import { personProblems } from "./for-persons.ts";
import { type KnownAgent, knownAgents } from "./known-agents.ts";
import { nobodyHas } from "./nobody-has.ts";
import { obligationProblems } from "./obligations.ts";
import { pointless } from "./pointless.ts";
import { tagCase } from "./tag-case.ts";
import { unreachable } from "./unreachable.ts";
import { wide } from "./wide.ts";

interface Checked {
  readonly folder: string;
  readonly policies: number;
  readonly findings: readonly Finding[];
}

/** `valetkey policy check`: 0 where there is no error (strict: and no warning), else 1. */
export function checkCommand(
  { folders, withFiles, config, json, strict, agents }: Options,
  print: (text: string) => void,
): number {
  const checked = folders.map((folder): Checked => {
    const bundle = readBundle(folder, withFiles, config);
    return { folder, policies: bundle.policies.length, findings: findingsIn(bundle, knownAgents(folder, agents)) };
  });
  const count = (level: Level) =>
    checked.flatMap(({ findings }) => findings).filter((each) => each.level === level).length;
  const [errors, warnings, notes] = LEVELS.map(count) as [number, number, number];
  print(
    json ? `${JSON.stringify({ errors, warnings, notes, folders: checked }, null, 2)}\n` : checked.map(text).join(""),
  );
  return errors > 0 || (strict && warnings > 0) ? EXIT.bad : EXIT.good;
}

/** Everything worth a look in a bundle: errors first, and each level in the order of the files. @param agents those that there are. */
export function findingsIn(bundle: Bundle, agents: readonly KnownAgent[] = []): readonly Finding[] {
  const { policies, catalogue, folder } = bundle;
  // What comes along with --with is about agents of other cases.
  const own = policies.filter(({ file }) => existsSync(join(folder, file)));
  const lesser = [
    ...policies.flatMap((each) => [
      ...unreachable(each, catalogue).filter(({ level }) => level !== "error"),
      ...wide(each, catalogue),
      ...beyond(each, catalogue, bundle.accounts),
      ...obligationProblems(each),
      ...tagCase(each),
    ]),
    ...pointless(policies, catalogue),
    ...besides(policies),
    ...approvalProblems(own, bundle.people),
    ...personProblems(own, policies, bundle.people, catalogue),
    ...nobodyHas(own, agents),
  ];
  const found = [...errorsIn(bundle, catalogue), ...lesser];
  return LEVELS.flatMap((level) => found.filter((each) => each.level === level).toSorted(byPlace));
}

const byPlace = (a: Finding, b: Finding): number =>
  a.file === b.file ? a.line - b.line || a.column - b.column : a.file < b.file ? -1 : 1;

function text({ folder, policies, findings }: Checked): string {
  const lines = findings.map((each) => `${lineOf(each)}\n`);
  const counts = LEVELS.map((level) => [level, findings.filter((each) => each.level === level).length] as const)
    .filter(([level, count]) => count > 0 || level !== "note")
    .map(([level, count]) => `${count} ${level}${count === 1 ? "" : "s"}`);
  return `${lines.join("")}${folder}: ${policies} ${policies === 1 ? "policy" : "policies"}, ${counts.join(", ")}\n`;
}
