import { setTimeout as sleep } from "node:timers/promises";
import type { EarlierRequests } from "../../contract/approvals.ts";
import { actHash, glassNonce, recordHash, reviewNonce } from "../../contract/decision/record-hash.ts";
import { signIn } from "./sign-in-client.ts";
import { CLIENTS } from "./sign-in-provider.ts";

/** Page of the requests that wait. */
interface WaitingPage {
  readonly approvals: readonly { readonly id: string }[];
  readonly next?: string;
}

interface ShownApproval {
  readonly record: { readonly id: string };
  readonly hash: string;
  readonly review?: { readonly use: unknown };
}

/** Votes of people, as by the console's page: a person signs in to read, and again for each vote. */
export class Voting {
  readonly #api: string;
  readonly #issuer: string;
  readonly #redirectUri: string;
  readonly #operate: string;
  readonly #tokens = new Map<string, Promise<string>>();
  /**
   * Time of each person's latest vote, by issuer and person; epoch seconds. Two sign-ins in one second would count as
   * one.
   */
  static readonly #votedAt = new Map<string, number>();

  /** @param operate `aud` of tokens that operate; by default that of the API's own address. */
  constructor(api: string, issuer: string, consoleUrl: string, operate = `${api}/operate`) {
    this.#api = api;
    this.#issuer = issuer;
    this.#redirectUri = `${consoleUrl}/callback`;
    this.#operate = operate;
  }

  async approve(person: string, id: string): Promise<string> {
    return this.decide(person, id, await this.voteFor(person, id));
  }

  /** Signs in for the request's hash, which is computed from its record. */
  async voteFor(person: string, id: string): Promise<string> {
    return this.#sign(person, await recordHash((await this.read(person, id)).record));
  }

  /** Approves alone, in an emergency. */
  async breakGlass(person: string, id: string): Promise<string> {
    const nonce = await glassNonce(await recordHash((await this.read(person, id)).record));
    return this.#post(person, `${id}/decide`, { decision: "break_glass", vote: await this.#sign(person, nonce) });
  }

  /** Reviews a broken glass. */
  async review(person: string, id: string): Promise<string> {
    const { review } = await this.read(person, id);
    return this.#post(person, `${id}/review`, { vote: await this.#sign(person, await reviewNonce(review?.use)) });
  }

  /**
   * Performs an operator's act with a vote for exactly this act, as the console's page does.
   * @param path path of the act's route.
   */
  async perform(person: string, path: string, body: object = {}): Promise<Response> {
    return this.send(person, path, { ...body, step_up: await this.voteForAct(person, path, body) });
  }

  /** Votes for an operator's act. @returns the vote as it is in the act's body. */
  async voteForAct(person: string, path: string, body: object = {}): Promise<object> {
    const numbers = { nonce: crypto.randomUUID().replaceAll("-", ""), created_at: Math.floor(Date.now() / 1_000) };
    const hub = this.#operate.replace(/\/operate$/, "");
    const record = { version: 1, hub, act: { method: "POST", path, body }, ...numbers };
    return { vote: await this.#sign(person, await actHash(record)), ...numbers };
  }

  /** Sends an operator's request, with the person's token for reading. */
  async send(person: string, path: string, body: object): Promise<Response> {
    return fetch(`${this.#api}${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${await this.#token(person)}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  }

  /**
   * Signs in again, by which the person's issuer signs the nonce. A person can vote once a second: the time of a
   * sign-in is in seconds and counts for one vote.
   */
  async #sign(person: string, nonce: string): Promise<string> {
    const who = `${this.#issuer} ${person}`;
    const free = ((Voting.#votedAt.get(who) ?? 0) + 1) * 1_000;
    await sleep(Math.max(0, free - Date.now()));
    Voting.#votedAt.set(who, Math.floor(Date.now() / 1_000));
    const { redeem } = await signIn(this.#issuer, {
      clientId: CLIENTS.approvals,
      redirectUri: this.#redirectUri,
      person,
      nonce,
      parameters: { prompt: "login", max_age: "0" },
    });
    const { id_token: vote = "" } = await redeem();
    Voting.#votedAt.set(who, Math.floor(Date.now() / 1_000));
    return vote;
  }

  /** Sends a vote. @returns the status with the request's state, or with the answer's code. */
  decide(person: string, id: string, vote: string): Promise<string> {
    return this.#post(person, `${id}/decide`, { decision: "approve", vote });
  }

  deny(person: string, id: string, reason: string): Promise<string> {
    return this.#post(person, `${id}/decide`, { decision: "deny", reason });
  }

  withdraw(person: string, id: string): Promise<string> {
    return this.#post(person, `${id}/withdraw`, {});
  }

  /** Number of requests that wait for the person. */
  async inboxOf(person: string): Promise<number> {
    return (await this.waitingFor(person)).length;
  }

  /** Ids of the requests that wait for the person, of all pages. */
  async waitingFor(person: string): Promise<readonly string[]> {
    const ids: string[] = [];
    let next: string | undefined;
    do {
      const after = next === undefined ? "" : `&after=${encodeURIComponent(next)}`;
      const answer = await fetch(`${this.#api}/v1/approvals?status=pending${after}`, {
        headers: { authorization: `Bearer ${await this.#token(person)}` },
      });
      if (answer.status !== 200) throw new Error(`listing requests: ${answer.status} ${await answer.text()}`);
      const page = (await answer.json()) as WaitingPage;
      ids.push(...page.approvals.map(({ id }) => id));
      next = page.next;
    } while (next !== undefined);
    return ids;
  }

  async #post(person: string, path: string, body: object): Promise<string> {
    const answer = await this.send(person, `/v1/approvals/${path}`, body);
    const { status, code } = (await answer.json()) as { readonly status?: string; readonly code?: string };
    return `${answer.status} ${status ?? code}`;
  }

  /** Reads a request with its record and hash. */
  read(person: string, id: string): Promise<ShownApproval> {
    return this.#get(person, id);
  }

  /** Reads the earlier requests for the same. */
  earlier(person: string, id: string): Promise<EarlierRequests> {
    return this.#get(person, `${id}/earlier`);
  }

  async #get<T>(person: string, path: string): Promise<T> {
    const answer = await fetch(`${this.#api}/v1/approvals/${path}`, {
      headers: { authorization: `Bearer ${await this.#token(person)}` },
    });
    if (answer.status !== 200) throw new Error(`reading a request: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  /** Signs a person in to read and to decide, once. A vote needs its own sign-in. */
  #token(person: string): Promise<string> {
    const token = this.#tokens.get(person) ?? this.#signIn(person);
    this.#tokens.set(person, token);
    return token;
  }

  async #signIn(person: string): Promise<string> {
    const { redeem } = await signIn(this.#issuer, {
      clientId: CLIENTS.reading,
      redirectUri: this.#redirectUri,
      person,
      nonce: crypto.randomUUID(),
      parameters: { resource: this.#operate },
    });
    return (await redeem()).access_token;
  }
}
