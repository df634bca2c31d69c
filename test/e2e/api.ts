/** An answer of the deployed API. */
export interface Answer {
  readonly status: number;
  readonly body: Json;
}
export type Json = Readonly<Record<string, unknown>>;

/** The deployed API behind the emulator's API Gateway, addressed by path so that no name has to resolve. */
export class Api {
  /** Address before a path. */
  readonly base: string;

  /** @param output the stack's endpoint: `http://<api id>.execute-api...` */
  constructor(emulator: string, output: string) {
    const [id] = new URL(output).hostname.split(".");
    this.base = `${emulator}/_aws/execute-api/${id}/$default`;
  }

  get(path: string, bearer?: string): Promise<Answer> {
    return this.#send(path, { method: "GET", headers: authorization(bearer) });
  }

  postJson(path: string, body: Json, bearer?: string): Promise<Answer> {
    const headers = { "content-type": "application/json", ...authorization(bearer) };
    return this.#send(path, { method: "POST", headers, body: JSON.stringify(body) });
  }

  postForm(path: string, fields: Readonly<Record<string, string>>): Promise<Answer> {
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    return this.#send(path, { method: "POST", headers, body: String(new URLSearchParams(fields)) });
  }

  async #send(path: string, init: RequestInit): Promise<Answer> {
    const response = await fetch(this.base + path, { ...init, signal: AbortSignal.timeout(30_000) });
    const text = await response.text();
    return { status: response.status, body: text === "" ? {} : (JSON.parse(text) as Json) };
  }
}

/** @throws {Error} with the answer, where its status is another. */
export function expectStatus(answer: Answer, status: number): Json {
  if (answer.status !== status)
    throw new Error(`${answer.status} instead of ${status}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

const authorization = (bearer: string | undefined): Record<string, string> =>
  bearer === undefined ? {} : { authorization: `Bearer ${bearer}` };
