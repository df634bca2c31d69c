import { existsSync } from "node:fs";
import { join } from "node:path";
import { counted } from "../../../contract/decision/counted.ts";
import { isEnforced } from "../../../functions/core/policy/enforced.ts";
import { decidingBundle } from "../../../functions/policy/bundle.ts";
import type { Answer } from "../../../functions/policy/decide/answer.ts";
import { readEach } from "../../../functions/policy/decide/read-all.ts";
import { EXIT, Problem } from "../../../functions/policy/problem.ts";
import { isProven, type ProvenSession } from "../../../functions/policy/prove-sessions.ts";
import { ownCommand } from "../../own-command.ts";
import type { Options } from "../options.ts";
import { proofText } from "../prove/proof-text.ts";
import { type Difference, differences } from "./compare.ts";
import { proveCase } from "./prove-case.ts";
import { type Case, casesIn } from "./read-cases.ts";

interface Result {
  readonly folder: string;
  readonly file: string;
  readonly line: number;
  readonly title: string;
  readonly passed: boolean;
  readonly differences: readonly Difference[];
  /** Number of AWS sessions of the intent; 0 for a denial. */
  readonly sessions: number;
}

interface Tested {
  readonly folder: string;
  readonly results: readonly Result[];
  /** Enforced policies on agents that decided no case. */
  readonly undecided: readonly string[];
  /** Number of proven session policies of the cases. */
  readonly proven: number;
}

/** Runs `valetkey policy test`. @returns 0 where every case came out as expected, 1 where one did not. */
export async function testCommand(
  { folders, withFiles, config, json }: Options,
  print: (text: string) => void,
): Promise<number> {
  const tested: Tested[] = [];
  for (const folder of folders) tested.push(await testFolder(folder, withFiles, config));
  const results = tested.flatMap((each) => each.results);
  const failed = results.filter(({ passed }) => !passed);
  print(json ? `${JSON.stringify(report(tested, failed.length), null, 2)}\n` : text(tested, failed));
  return failed.length > 0 ? EXIT.bad : EXIT.good;
}

async function testFolder(folder: string, withFiles: readonly string[], config: string | undefined): Promise<Tested> {
  const bundle = decidingBundle(folder, withFiles, config);
  const cases = casesIn(folder, bundle.conditions);
  if (cases.length === 0)
    throw new Problem(
      `${folder} holds no cases; write some into <name>.cases.json beside the policies (${ownCommand()} policy test --help)`,
    );
  const deciding = new Set<string>();
  const results: Result[] = [];
  let proven = 0;
  for (const { expected, ...request } of readEach(cases, (each) => ({ ...each, expected: expectedOf(each) }))) {
    const { answer, proofs } = await proveCase(request, bundle);
    proven += proofs.filter(isProven).length;
    for (const id of decidersOf(answer)) deciding.add(id);
    const found = [...differences(expected, answer), ...proofs.flatMap(unproven)];
    const { file, line, title } = request;
    results.push({
      folder,
      file,
      line,
      title,
      passed: found.length === 0,
      differences: found,
      sessions: sessionsOf(answer),
    });
  }
  // Leaves out policies on people's operations, which cases do not decide, and files of --with, which their own folder tests.
  const own = bundle.policies.filter(({ policy, json, file }) => {
    const isOfPeople = json.principal.op === "is" && json.principal.entity_type === "User";
    return !isOfPeople && isEnforced(policy) && existsSync(join(folder, file));
  });
  return { folder, results, proven, undecided: own.map(({ policy }) => policy.id).filter((id) => !deciding.has(id)) };
}

function expectedOf({ expected, file, line, title }: Case) {
  if (expected === undefined) throw new Problem(`${file}:${line}: "${title}" has no expectation; give it "expected"`);
  return expected;
}

const sessionsOf = (answer: Answer): number => (answer.answer === "allowed" ? answer.sessions.length : 0);

const decidersOf = (answer: Answer): readonly string[] => [
  ...(answer.answer === "allowed" ? answer.policies : []),
  ...answer.denials.flatMap(({ policy }) => policy ?? []),
];

const report = (tested: readonly Tested[], failed: number) => ({
  cases: tested.reduce((sum, { results }) => sum + results.length, 0),
  failed,
  folders: tested.map(({ folder, results, undecided, proven }) => ({
    folder,
    undecided,
    proven,
    cases: results.map(({ folder: _folder, ...result }) => result),
  })),
});

function text(tested: readonly Tested[], failed: readonly Result[]): string {
  const lines = tested.map(({ folder, results, undecided, proven }) => {
    const bad = results.filter(({ passed }) => !passed).length;
    const open = undecided.length === 0 ? "" : `; no case is decided by ${undecided.join(", ")}`;
    return `${folder}: ${counted(results.length, "case")}, ${bad === 0 ? "all as expected" : `${bad} not as expected`}, ${counted(proven, "session policy", "session policies")} proven${open}\n`;
  });
  return [...failed.map(failure), ...tested.flatMap(({ results }) => divided(results)), ...lines].join("");
}

/** Lists the cases whose intent needs several sessions, of which a program uses only one. */
const divided = (results: readonly Result[]): readonly string[] =>
  results
    .filter(({ sessions }) => sessions > 1)
    .map(
      ({ folder, file, line, title, sessions }) =>
        `${folder}/${file}:${line}: "${title}" comes to ${sessions} sessions\n`,
    );

function failure({ folder, file, line, title, differences: found }: Result): string {
  const width = Math.max(...found.map(({ what }) => what.length));
  const rows = found.map(
    ({ what, expected, got }) =>
      `  ${what.padEnd(width)}  expected  ${show(expected)}\n  ${" ".repeat(width)}  got       ${show(got)}\n`,
  );
  return `${folder}/${file}:${line}: ${title}\n${rows.join("")}\n`;
}

const show = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/** Returns the difference of an unproven session policy, which fails its case: the exchange would not issue such a session. */
const unproven = (session: ProvenSession): readonly Difference[] =>
  isProven(session) ? [] : [{ what: "proof", expected: "proven", got: proofText(session) }];
