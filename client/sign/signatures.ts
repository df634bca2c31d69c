import type { KeptSession } from "../../contract/credentials.ts";
import type { CredentialsRefusal, RefusalAnswer } from "../../contract/refusal-answers.ts";
import type { SignBody, SignedAnswer } from "../../contract/signing.ts";
import type { SignedSession, Task } from "../task/held-task.ts";
import { callService } from "../task/service.ts";

/** Signature of one request, or the answer that its caller gets instead. */
export type Signature =
  | { readonly headers: SignedAnswer["headers"] }
  | { readonly status: number; readonly code: string; readonly sentence: string };

/** Request that is to be signed. */
export type SignatureRequest = Omit<SignBody, "lease">;

const TIMEOUT_MS = 10_000;

/** Time before the fence from which the session is renewed beside a request, so that the next one does not wait; milliseconds. */
const AHEAD_MS = 30_000;

/** Shortest time between two renewals: the hub makes one STS call for a lease in this time; milliseconds. */
const PAUSE_MS = 10_000;

/** Signatures of one session that stays in the hub. Renews the session before its fence; no answer has its key. */
export class Signatures {
  readonly #url: string;
  readonly #task: Task;
  readonly #session: SignedSession;
  #fenceMs: number;
  #renewedAtMs = Date.now();
  #renewing: Promise<Signature | undefined> | undefined;

  constructor(url: string, task: Task, session: SignedSession) {
    this.#url = url;
    this.#task = task;
    this.#session = session;
    this.#fenceMs = session.expiresAtMs;
  }

  /** Gets the signature of a request; renews the session first where the hub asks for that. */
  async of(request: SignatureRequest): Promise<Signature> {
    if (Date.now() > this.#fenceMs - AHEAD_MS && Date.now() > this.#renewedAtMs + PAUSE_MS) void this.#renew();
    const signature = await this.#ask(request);
    if (!("code" in signature) || signature.code !== "renew_needed") return signature;
    return (await this.#renew()) ?? this.#ask(request);
  }

  async #ask(request: SignatureRequest): Promise<Signature> {
    const answer = await callService<SignedAnswer & RefusalAnswer>({
      url: `${this.#url}/v1/tasks/${this.#task.id}/sign`,
      method: "POST",
      timeoutMs: TIMEOUT_MS,
      bearer: this.#task.token,
      json: { lease: this.#session.name, ...request },
    });
    if (answer?.status === 200 && Array.isArray(answer.body.headers))
      return { headers: answer.body.headers as SignedAnswer["headers"] };
    return refused(answer);
  }

  /** Renews the session, once for all who wait. Returns the refusal; undefined where it is renewed. */
  #renew(): Promise<Signature | undefined> {
    this.#renewing ??= this.#renewOnce().finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  async #renewOnce(): Promise<Signature | undefined> {
    this.#renewedAtMs = Date.now();
    const answer = await callService<KeptSession & CredentialsRefusal>({
      url: `${this.#url}/v1/tasks/${this.#task.id}/credentials/${this.#session.name}`,
      method: "GET",
      timeoutMs: TIMEOUT_MS,
      bearer: this.#task.token,
      renews: true,
    });
    const endMs = Date.parse(String(answer?.body.Expiration));
    if (answer?.status !== 200 || Number.isNaN(endMs)) return refused(answer);
    this.#fenceMs = endMs + (answer.aheadMs ?? 0);
    return undefined;
  }
}

function refused(answer: Awaited<ReturnType<typeof callService<RefusalAnswer>>>): Signature {
  const code = typeof answer?.body.code === "string" ? answer.body.code : "unreachable";
  const said = answer?.body.error_description;
  const sentence = typeof said === "string" ? said : "valetkey cannot be reached; try again.";
  // SDKs try a 503 again, and no other refusal. A spent budget is 429, and no retry of seconds helps.
  const isPaced = answer?.status === 429 && code !== "budget_spent";
  const isOutage = answer === undefined || answer.status >= 500 || isPaced || code === "renew_needed";
  return { status: isOutage ? 503 : 403, code, sentence };
}
