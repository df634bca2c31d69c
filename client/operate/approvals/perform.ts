import { setTimeout as sleep } from "node:timers/promises";
import { actInWords, type OperatorAct } from "../../../contract/decision/act-in-words.ts";
import { actLink } from "../../../contract/decision/act-link.ts";
import { visibleText } from "../../../contract/decision/visible-text.ts";
import type { ReadAnswer } from "../../../contract/operations.ts";
import { ClientError } from "../../exit-codes.ts";
import type { Reporter } from "../../reporter.ts";
import { differentFields } from "../is-same.ts";
import type { OperatorApi } from "../operator-api.ts";
import { consoleOf } from "./console-page.ts";

type Body = Readonly<Record<string, unknown>>;
type Agent = ReadAnswer<"GET /v1/agents/{agent}">;

/** Longest wait for an act, and pause between two looks; milliseconds. A vote is good for five minutes. */
const WAIT = { mostMs: 300_000, pauseMs: 2_000 } as const;

/**
 * Performs an operator's act. Where the deployment requires a vote, prints the act and the console's page for it, and waits until a person has performed
 * it there. This command never signs in itself, since another program on the machine could use such a sign-in.
 * @param done reads the state that the act leads to; undefined while that state is not reached.
 * @throws {ClientError} later where nobody has performed the act in time.
 */
export async function perform<Answer extends object = Body>(
  { api, report, act }: { readonly api: OperatorApi; readonly report: Reporter; readonly act: OperatorAct },
  done: () => Promise<Answer | undefined>,
  { mostMs, pauseMs }: { readonly mostMs: number; readonly pauseMs: number } = WAIT,
): Promise<Answer> {
  try {
    return (await report.patiently("waiting for valetkey", api.post(act.path, act.body))) as Answer;
  } catch (error) {
    if (!(error instanceof ClientError && error.event === "step_up_required")) throw error;
  }
  const url = actLink(await consoleOf(api), act);
  const words = inWords(act);
  report.warn("step_up_required", `your vote is needed: ${words}`, { act, url });
  report.warn("page", `open this page, read it, and sign in there: ${url}`, { url });
  const untilMs = Date.now() + mostMs;
  while (Date.now() < untilMs) {
    await sleep(pauseMs);
    const found = await done();
    if (found) return found;
    report.progress(`waiting for you to sign in on the page, ${Math.ceil((untilMs - Date.now()) / 1_000)} s left`);
  }
  throw new ClientError(
    "later",
    "not_performed",
    `nobody has performed this act yet: ${words}. Open ${url}, or run the command again`,
  );
}

/** Describes an act in one line, with every value of it visible. */
function inWords(act: OperatorAct): string {
  const description = actInWords(act);
  if (!description) throw new ClientError("bug", "bug", "an act that this program cannot describe");
  const rows = description.rows.map(({ name, values }) => `${name}: ${values.map(({ text }) => text).join(", ")}`);
  return visibleText([description.title, ...rows].join("; "));
}

/** Makes a reader of an agent; the result is undefined until the agent exists and has the wanted fields. */
export const agentWith = (api: OperatorApi, agent: string, wanted: Body) => async (): Promise<Agent | undefined> => {
  const found = await findAgent(api, agent);
  return found && differentFields(wanted, found).length === 0 ? found : undefined;
};

/** Reads an agent; undefined where none has the id. */
export async function findAgent(api: OperatorApi, agent: string): Promise<Agent | undefined> {
  try {
    return await api.call("GET /v1/agents/{agent}", { parameters: { agent } });
  } catch (error) {
    if (error instanceof ClientError && error.event === "agent_not_found") return undefined;
    throw error;
  }
}
