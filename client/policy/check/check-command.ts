import { existsSync } from "node:fs";
import { join } from "node:path";
import { counted } from "../../../contract/decision/counted.ts";
import { type Bundle, decidingWith, readBundle, unusableIn } from "../../../functions/policy/bundle.ts";
import { errorsIn } from "../../../functions/policy/clauses/errors-in.ts";
import { obligationProblems } from "../../../functions/policy/clauses/obligations.ts";
import { unreachable } from "../../../functions/policy/clauses/unreachable.ts";
import { wide } from "../../../functions/policy/clauses/wide.ts";
import { EXIT, Problem } from "../../../functions/policy/problem.ts";
import { unusedConditions } from "../../../functions/policy/read/condition-faults.ts";
import { FINDINGS, type Finding, LEVELS, type Level, lineOf } from "../../../functions/policy/read/finding.ts";
import { unusedLabels } from "../../../functions/policy/read/label-faults.ts";
import type { Options } from "../options.ts";
import { approvalProblems } from "./approvals.ts";
import { besides } from "./besides.ts";
import { beyond } from "./beyond.ts";
import { budgetProblems } from "./budgets.ts";
import { personProblems } from "./for-persons.ts";
import { type KnownAgent, knownAgents } from "./known-agents.ts";
import { nobodyHas } from "./nobody-has.ts";
import { pointless } from "./pointless.ts";
import { provenCases } from "./proven-cases.ts";
import { tagCase } from "./tag-case.ts";

interface Checked {
  readonly folder: string;
  readonly policies: number;
  /** Number of proven session policies of the folder's cases; absent where the cases cannot be read. */
  readonly proven?: number;
  readonly findings: readonly Finding[];
}

/**
 * Runs `valetkey policy check`. @returns 0 where there is no error (strict: and no warning), else 1.
 * @throws {Problem} after the findings were printed, where cases cannot be read and so nothing is proven of them.
 */
export async function checkCommand(
  { folders, withFiles, config, json, strict, agents, findings }: Options,
  print: (text: string) => void,
): Promise<number> {
  if (findings) {
    print(everyFinding(json));
    return EXIT.good;
  }
  const unread: Problem[] = [];
  const checked: Checked[] = [];
  for (const folder of folders) {
    const bundle = readBundle(folder, withFiles, config);
    const found = findingsIn(bundle, knownAgents(folder, agents));
    const deciding = unusableIn(bundle).length === 0 ? decidingWith(bundle) : undefined;
    const proofs = await provenCases(folder, deciding).catch((error) => void unread.push(asProblem(error)));
    checked.push({
      folder,
      policies: bundle.policies.length,
      ...(proofs ? { proven: proofs.proven } : {}),
      findings: sorted([...found, ...(proofs?.findings ?? [])]),
    });
  }
  const count = (level: Level) =>
    checked.flatMap(({ findings }) => findings).filter((each) => each.level === level).length;
  const [errors, warnings, notes] = LEVELS.map(count) as [number, number, number];
  print(
    json ? `${JSON.stringify({ errors, warnings, notes, folders: checked }, null, 2)}\n` : checked.map(text).join(""),
  );
  if (unread.length > 0) throw new Problem(unread.map(({ message }) => message).join("\n"));
  return errors > 0 || (strict && warnings > 0) ? EXIT.bad : EXIT.good;
}

/** Lists every finding that there is, with its level and its meaning. */
function everyFinding(json: boolean): string {
  const rows = Object.entries(FINDINGS).map(([code, [level, meaning]]) => ({ level, code, meaning }));
  if (json) return `${JSON.stringify(rows, null, 2)}\n`;
  const width = Math.max(...rows.map(({ code }) => code.length));
  return rows.map(({ level, code, meaning }) => `${level.padEnd(7)}  ${code.padEnd(width)}  ${meaning}\n`).join("");
}

function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  throw error;
}

/** Lists all findings in a bundle's policies. @param agents the known agents. */
function findingsIn(bundle: Bundle, agents: readonly KnownAgent[]): readonly Finding[] {
  const { policies, catalogue, folder } = bundle;
  // Leaves out policies of --with, which are about agents of other cases.
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
    ...budgetProblems(policies, catalogue),
    ...besides(policies),
    ...approvalProblems(own, bundle.people),
    ...personProblems(own, policies, bundle.people, catalogue),
    ...nobodyHas(own, agents),
    ...unusedConditions(policies, bundle),
    ...unusedLabels(policies, bundle),
  ];
  return [...errorsIn(bundle, catalogue, bundle), ...lesser];
}

/** Sorts errors first, and each level in the order of the files. */
const sorted = (found: readonly Finding[]): readonly Finding[] =>
  LEVELS.flatMap((level) => found.filter((each) => each.level === level).toSorted(byPlace));

const byPlace = (a: Finding, b: Finding): number =>
  a.file === b.file ? a.line - b.line || a.column - b.column : a.file < b.file ? -1 : 1;

function text({ folder, policies, proven = 0, findings }: Checked): string {
  const lines = findings.map((each) => `${lineOf(each)}\n`);
  const counts = LEVELS.map((level) => [level, findings.filter((each) => each.level === level).length] as const)
    .filter(([level, count]) => count > 0 || level !== "note")
    .map(([level, count]) => counted(count, level));
  const own = counted(policies, "policy", "policies");
  const shown = proven === 0 ? "" : `, ${counted(proven, "session policy", "session policies")} of its cases proven`;
  return `${lines.join("")}${folder}: ${own}, ${counts.join(", ")}${shown}\n`;
}
