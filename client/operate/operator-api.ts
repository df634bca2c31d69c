import { addressOf } from "../../contract/address.ts";
import type { CallOf, OperationKey, ReadAnswer } from "../../contract/operations.ts";
import { ClientError, type ExitReason } from "../exit-codes.ts";
import { ownCommand } from "../own-command.ts";
import { callService, withSeconds } from "../task/service.ts";

const TIMEOUT_MS = 30_000;

/** Parts of any call. */
interface Loose {
  readonly parameters?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
}

type Body = Readonly<Record<string, unknown>>;

/** Entry of a list in an operation's answer. */
type ItemOf<K extends OperationKey, N extends keyof ReadAnswer<K>> = ReadAnswer<K>[N] extends
  | readonly (infer T)[]
  | undefined
  ? T
  : never;

/** Client of valetkey's operator routes, with one operator's token. */
export class OperatorApi {
  /** Address of the hub, which signed records name. */
  readonly url: string;
  readonly #token: string;
  readonly #beforeActing: () => void;
  #hasActed = false;

  /** @param beforeActing called once, before the first request that changes something. */
  constructor(url: string, token: string, beforeActing: () => void = () => undefined) {
    this.url = url;
    this.#token = token;
    this.#beforeActing = beforeActing;
  }

  /** Calls an operation of the contract. */
  call<K extends OperationKey>(route: K, { parameters, query, body }: CallOf<K> & Loose): Promise<ReadAnswer<K>> {
    const path = addressOf(route, parameters, query);
    return (route.startsWith("GET ") ? this.get(path) : this.post(path, body)) as Promise<ReadAnswer<K>>;
  }

  get(path: string): Promise<Body> {
    return this.#call("GET", path, undefined);
  }

  post(path: string, json: unknown = {}): Promise<Body> {
    if (!this.#hasActed) this.#beforeActing();
    this.#hasActed = true;
    return this.#call("POST", path, json);
  }

  /** Calls a POST of the contract that changes nothing. */
  ask<K extends OperationKey>(route: K, { parameters, body }: CallOf<K> & Loose): Promise<ReadAnswer<K>> {
    return this.#call("POST", addressOf(route, parameters), body) as Promise<ReadAnswer<K>>;
  }

  /** Reads a whole list of an operation of the contract, page by page. */
  list<K extends OperationKey, N extends keyof ReadAnswer<K> & string>(
    route: K,
    name: N,
    { parameters, query }: CallOf<K> & Loose,
  ): Promise<readonly ItemOf<K, N>[]> {
    return this.all(addressOf(route, parameters, query), name) as Promise<readonly unknown[]> as Promise<
      readonly ItemOf<K, N>[]
    >;
  }

  /** Reads a whole list, page by page. */
  async all(path: string, name: string): Promise<readonly Body[]> {
    const items: Body[] = [];
    let after: unknown;
    do {
      const query =
        after === undefined ? "" : `${path.includes("?") ? "&" : "?"}after=${encodeURIComponent(String(after))}`;
      const page = await this.get(path + query);
      items.push(...((page[name] as readonly Body[] | undefined) ?? []));
      after = page.next;
    } while (after !== undefined);
    return items;
  }

  async #call(method: "GET" | "POST", path: string, json: unknown): Promise<Body> {
    const answer = await callService({
      url: `${this.url}${path}`,
      method,
      timeoutMs: TIMEOUT_MS,
      bearer: this.#token,
      ...(method === "POST" ? { json } : {}),
    });
    if (answer === undefined)
      throw new ClientError("unavailable", "unreachable", `${new URL(this.url).host} cannot be reached`);
    if (answer.status < 300) return answer.body;
    const { error_description: sentence, code } = answer.body;
    const why =
      typeof sentence === "string"
        ? withSeconds(sentence, answer.retryAfterSeconds)
        : `the service answered ${answer.status} without saying why`;
    // A hub that was started anew does not know the keys of an earlier login.
    const next = code === "operator_token_invalid" ? ` Log in again: ${ownCommand()} login --url ${this.url}` : "";
    throw new ClientError(
      reasonOf(answer.status),
      typeof code === "string" ? code : `http_${answer.status}`,
      `${why}${next}`,
    );
  }
}

function reasonOf(status: number): ExitReason {
  if (status >= 500) return "unavailable";
  if (status === 429) return "later";
  return status === 400 || status === 404 || status === 409 ? "intent" : "refused";
}
