import { escapedJson } from "../../contract/decision/escaped-json.ts";
import { plainLine } from "../../contract/decision/plain-line.ts";
import type { Unread } from "../../contract/operation.ts";
import type { RefusalAnswer } from "../../contract/refusal-answers.ts";
import type { Decision, OwnReach } from "../../contract/self.ts";
import { defined } from "../../functions/core/defined.ts";
import { EXIT_CODES } from "../exit-codes.ts";
import { readDelegation } from "../identity/find-delegation.ts";
import type { Reporter } from "../reporter.ts";
import { permittedIn } from "../task/covered.ts";
import { coveredLines, denialLines, denialOf } from "../task/denial-lines.ts";
import { taskForm } from "../task/exchange.ts";
import { recordOf } from "../task/fields.ts";
import { parseCaller, parseTask } from "../task/task-options.ts";
import { askService } from "./ask-service.ts";

/** Runs `valetkey can-i`: prints what policy would decide, or with `--list` all that it grants. Starts nothing. */
export async function canI(argv: readonly string[], env: NodeJS.ProcessEnv, report: Reporter): Promise<number> {
  const isJson = argv.includes("--json");
  const print = (answer: unknown, lines: readonly string[]): void => {
    const shown = isJson ? [escapedJson(JSON.stringify(answer))] : lines.map(plainLine);
    process.stdout.write(shown.map((line) => `${line}\n`).join(""));
  };
  if (argv.includes("--list")) {
    const { json: _, ...caller } = parseCaller(
      "can-i",
      argv.filter((word) => word !== "--list"),
      env,
    );
    const reach = await askService<OwnReach>(
      caller,
      { path: "/v1/self/reach", what: "asking what policy grants" },
      report,
    );
    print(reach, reachLines(reach));
    return 0;
  }
  const { task } = parseTask("can-i", withPurpose(argv), env, ["delegation-file"], true);
  const delegationToken = task.delegation && readDelegation(task.delegation);
  const form = (identity: string) => ({
    ...taskForm({ ...task, ...defined({ delegationToken }) }, identity),
    mode: "narrow",
  });
  const what = "asking what policy would decide";
  const decision = await askService<Decision>(task, { path: "/v1/decide", what, form }, report);
  print(decision, linesOf(decision));
  if (decision.decision === "refused" || listOf(decision.denials).length > 0) return EXIT_CODES.refused[0];
  return decision.decision === "approval" ? EXIT_CODES.later[0] : 0;
}

/** Writes a reach: each permit with its terms, then what is left out of all of them. */
function reachLines({ permits, except, uncounted }: Unread<OwnReach>): readonly string[] {
  const granted = listOf(permits).flatMap((each) => {
    const { policy, reach, needs } = recordOf<OwnReach["permits"][number]>(each);
    const terms = typeof needs === "string" && needs !== "" ? `, ${needs}` : "";
    return [`${policy}${terms}`, ...listOf(reach).map((entry) => `  ${entry}`)];
  });
  const left = listOf(except).flatMap((each) => {
    const { policy, reach } = recordOf<OwnReach["except"][number]>(each);
    return [`except, by ${policy}`, ...listOf(reach).map((entry) => `  ${entry}`)];
  });
  const open = listOf(uncounted).map((policy) => `except where ${policy} applies, which depends on the request`);
  return granted.length === 0 ? ["Policy grants this agent nothing."] : [...granted, ...left, ...open];
}

/** Adds a purpose to a command line without one, since policy may read it: `can-i`. */
const withPurpose = (argv: readonly string[]): readonly string[] =>
  argv.some((word) => word === "--purpose" || word.startsWith("--purpose=")) ? argv : ["--purpose", "can-i", ...argv];

function linesOf(decided: Unread<Decision>): readonly string[] {
  const { decision, denials, needed, refusal } = decided;
  const isPart = listOf(denials).length > 0;
  const votes = listOf(needed)
    .map((each) => recordOf<NonNullable<Decision["needed"]>[number]>(each))
    .map(({ group, count }) => `${group} (${count})`);
  const { error_description: because } = recordOf<RefusalAnswer>(refusal);
  const head =
    decision === "refused"
      ? `no: ${because}`
      : decision === "approval"
        ? `${isPart ? "in part" : "yes"}, once people approve it: ${votes.join(", ")}`
        : isPart
          ? "in part"
          : "yes";
  return [head, ...coveredLines(permittedIn(decided)), ...denialLines(listOf(denials).map(denialOf))];
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
