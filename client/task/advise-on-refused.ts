import type { Unread } from "../../contract/operation.ts";
import type { RefusalAnswer } from "../../contract/refusal-answers.ts";
import type { Decision } from "../../contract/self.ts";
import { identityToken, isRepeatable } from "../identity/identity-token.ts";
import type { Reporter } from "../reporter.ts";
import { shellQuoted } from "../shell-quoting.ts";
import { decisionOn } from "./covered.ts";
import type { Detail } from "./detail.ts";
import { taskForm } from "./exchange.ts";
import { recordOf } from "./fields.ts";
import type { Task } from "./held-task.ts";
import { matches } from "./instead.ts";
import { intentOf } from "./intent.ts";
import { holdsSecret, type RefusedCall, refusedCalls } from "./refused-calls.ts";
import type { TaskOptions } from "./task-options.ts";

/** Longest waits for the identity token, and for the decisions after it; milliseconds. The command has ended: nobody should wait long for a hint. */
const [TOKEN_MS, DECISION_MS] = [2_000, 2_500];

/** Options of a task that its opener requested, and the person for whom it is. */
type Asked = Omit<TaskOptions, "personToken" | "delegationToken"> & { readonly person?: unknown };

/**
 * True where the identity that opened the task can ask again without a person or a used token: a token by value has been used, a delegation opens one task, and
 * for a person the agent alone would ask another question.
 */
export const canAskAgain = ({ identity, person, delegation }: Pick<Asked, "identity" | "person" | "delegation">) =>
  person === undefined && delegation === undefined && isRepeatable(identity);

/** Ended task of a command, with what its command printed. */
interface Ended {
  readonly task: Pick<Task, "id" | "credentials">;
  /** End of the command's stderr, which may hold anything. */
  readonly output: string;
  /** Secrets that go into no question and no message. */
  readonly secrets: Iterable<string>;
}

/**
 * Reports for each call that AWS refused the ended task's command the flag that covers it, where policy permits that. Policy is asked as `can-i` asks it.
 * Takes some seconds at most, and is silent where the question fails.
 */
export async function adviseOnRefused(
  options: Asked,
  { task, output, secrets }: Ended,
  report: Reporter,
): Promise<void> {
  const own = { name: task.id, accounts: task.credentials.map(({ account }) => account) };
  const known = [...secrets];
  const questions = refusedCalls(output, own)
    .filter((call) => !holdsSecret(call, known) && !isRequested(call, options.details))
    .flatMap(questionOn);
  if (questions.length === 0) return;
  try {
    const token = await identityToken(options.identity, options.audience, TOKEN_MS);
    const decide = async ({ call, flag, details }: Question) => {
      const form = taskForm({ ...options, details, standing: undefined, mode: "narrow" }, token);
      return adviceOf(call, flag, await decisionOn(options.url, form, DECISION_MS));
    };
    for (const advice of await Promise.all(questions.map(decide)))
      if (advice) report.note("call_refused", advice.sentence, advice.fields);
  } catch {
    // The hint is an extra: the command's output and exit code are complete without it.
  }
}

interface Question {
  readonly call: RefusedCall;
  /** Value of `--allow` that covers the call. */
  readonly flag: string;
  readonly details: readonly Detail[];
}

/** Makes the question whether the flag would be permitted: none where the flag means more than the call. */
function questionOn(call: RefusedCall): readonly Question[] {
  const flag = `${call.action}=${call.resource}`;
  try {
    const details = intentOf({ allow: [flag], tool: [], account: call.account });
    const exact = { type: "aws", account: call.account, actions: [call.action], resources: [call.resource] };
    return JSON.stringify(details) === JSON.stringify([exact]) ? [{ call, flag, details }] : [];
  } catch {
    return [];
  }
}

/** True where the task requested the call: then another flag mends nothing. */
function isRequested({ account, action, resource }: RefusedCall, details: readonly Detail[]): boolean {
  const textsOf = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);
  return details
    .filter((detail) => detail.type === "aws" && detail.account === account)
    .flatMap((detail): readonly unknown[] => (Array.isArray(detail.statements) ? detail.statements : [detail]))
    .map((statement) => recordOf(statement))
    .some(
      ({ actions, resources }) =>
        textsOf(actions).some((each) => matches(each, action)) &&
        textsOf(resources).some((each) => matches(each, resource, "")),
    );
}

/** Words a decision, as `can-i` does; undefined where it is none about this call, for example since the agent is suspended. */
function adviceOf({ action, resource }: RefusedCall, allow: string, decided: Unread<Decision> | undefined) {
  if (!decided) return undefined;
  const { decision, denials, refusal } = decided;
  const refused = `the command reports that AWS refused ${action} on ${resource}, which the task did not request`;
  const about = { action, resource };
  const isDenied =
    decision === "refused"
      ? recordOf<RefusalAnswer>(refusal).code === "policy_denied"
      : Array.isArray(denials) && denials.length > 0;
  if (isDenied)
    return { sentence: `${refused}; policy does not permit it either`, fields: { ...about, decision: "refused" } };
  if (decision !== "permitted" && decision !== "approval") return undefined;
  const when = decision === "approval" ? " once people approve it" : "";
  return {
    sentence: `${refused}; policy permits it${when}: --allow ${shellQuoted(allow)}`,
    fields: { ...about, decision, allow },
  };
}
