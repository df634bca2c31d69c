import type { RefusalAnswer } from "../../contract/refusal-answers.ts";
import { identityToken } from "../identity/identity-token.ts";
import type { Reporter } from "../reporter.ts";
import { refusalOf } from "../task/exchange.ts";
import { type Answer, callService } from "../task/service.ts";
import type { TaskOptions } from "../task/task-options.ts";

/** Longest wait for an answer: a cold start with a slow issuer takes seconds. */
const TIMEOUT_MS = 15_000;

/** Question of an agent that opens nothing. */
interface Question {
  readonly path: string;
  /** Words for progress: "asking who you are". */
  readonly what: string;
  /** Makes the form of the question with the identity token; without it, the token is in the header. */
  readonly form?: (identity: string) => Readonly<Record<string, string>>;
}

/** Proves who asks, and returns the body of the answer. @throws {ClientError} */
export async function askService<T>(
  { url, audience, identity }: Pick<TaskOptions, "url" | "audience" | "identity">,
  { path, what, form }: Question,
  report: Reporter,
): Promise<Answer<T>["body"]> {
  const token = await report.patiently("getting the identity token", identityToken(identity, audience));
  const proven = form ? ({ method: "POST", form: form(token) } as const) : ({ method: "GET", bearer: token } as const);
  const asked = callService<T>({ url: `${url}${path}`, timeoutMs: TIMEOUT_MS, ...proven });
  const answer = await report.patiently(what, asked);
  if (answer?.status === 200) return answer.body;
  throw refusalOf(answer as Answer<RefusalAnswer> | undefined, url, { identity: token });
}
