import { escapedJson } from "../../contract/decision/escaped-json.ts";
import { plainLine } from "../../contract/decision/plain-line.ts";
import type { Unread } from "../../contract/operation.ts";
import type { RefusalAnswer } from "../../contract/refusal-answers.ts";
import type { Decision } from "../../contract/self.ts";
import { defined } from "../../functions/core/defined.ts";
import { type Covered, EXIT_CODES } from "../exit-codes.ts";
import { readDelegation } from "../identity/find-delegation.ts";
import { identityToken } from "../identity/identity-token.ts";
import type { Reporter } from "../reporter.ts";
import { coveredLines, denialLines } from "../task/denial-lines.ts";
import { denialOf, refusalOf, taskForm } from "../task/exchange.ts";
import { recordOf } from "../task/fields.ts";
import { type Answer, callService } from "../task/service.ts";
import { parseTask } from "../task/task-options.ts";

/** Longest wait for an answer: a cold start with a slow issuer takes seconds. */
const TIMEOUT_MS = 15_000;

/** Runs `valetkey can-i`: prints what policy would decide, and starts nothing. */
export async function canI(argv: readonly string[], env: NodeJS.ProcessEnv, report: Reporter): Promise<number> {
  const { task } = parseTask("can-i", asFlags(argv), env, ["delegation-file"]);
  const token = await report.patiently("getting the identity token", identityToken(task.identity, task.audience));
  const delegationToken = task.delegation && readDelegation(task.delegation);
  const form = { ...taskForm({ ...task, ...defined({ delegationToken }) }, token), mode: "narrow" };
  const asked = callService<Decision | RefusalAnswer>({
    url: `${task.url}/v1/decide`,
    method: "POST",
    timeoutMs: TIMEOUT_MS,
    form,
  });
  const answer = await report.patiently("asking what policy would decide", asked);
  if (answer?.status !== 200)
    throw refusalOf(answer as Answer<RefusalAnswer> | undefined, task.url, { identity: token });
  const decision = recordOf<Decision>(answer.body);
  const lines = argv.includes("--json") ? [escapedJson(JSON.stringify(decision))] : linesOf(decision).map(plainLine);
  process.stdout.write(lines.map((line) => `${line}\n`).join(""));
  if (decision.decision === "refused" || listOf(decision.denials).length > 0) return EXIT_CODES.refused[0];
  return decision.decision === "approval" ? EXIT_CODES.later[0] : 0;
}

/** Makes flags of a command line: its first words are intents, and a purpose that policy may read is `can-i` unless given. */
function asFlags(argv: readonly string[]): readonly string[] {
  const end = argv.findIndex((word) => word.startsWith("-"));
  const words = end < 0 ? argv : argv.slice(0, end);
  const rest = end < 0 ? [] : argv.slice(end);
  const hasPurpose = rest.some((word) => word === "--purpose" || word.startsWith("--purpose="));
  return [...words.flatMap((word) => ["--allow", word]), ...rest, ...(hasPurpose ? [] : ["--purpose", "can-i"])];
}

function linesOf({ decision, denials, needed, refusal, ...answer }: Unread<Decision>): readonly string[] {
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
  const covered = listOf(answer.authorization_details).map((each) => recordOf<Covered>(each) as Covered);
  return [head, ...coveredLines(covered), ...denialLines(listOf(denials).map(denialOf))];
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
