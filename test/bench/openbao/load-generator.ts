/**
 * Process whose clients request credentials of one server, each after its last answer. Standard input is a `Load`,
 * standard output a `Loaded`. The generator runs in its own process, so that its CPU time counts for no server.
 */
import { json } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { BareConnection } from "./bare-http.ts";

export interface Load {
  readonly server: "valetkey" | "openbao";
  readonly url: string;
  readonly clients: number;
  readonly seconds: number;
  /** Tokens of agents; each is used once. */
  readonly tokens: readonly string[];
  /** `authorization_details` of a vend. */
  readonly details: unknown;
}

export interface Loaded {
  /** Time of each vend; milliseconds. */
  readonly tookMs: readonly number[];
  readonly seconds: number;
  /** Number of answers with Retry-After. The client retried, and the wait is in the vend's time. */
  readonly refused: number;
}

type Vend = (connection: BareConnection, token: string) => Promise<void>;

const { server, url, clients, seconds, tokens, details } = (await json(process.stdin)) as Load;

let refused = 0;

/** Sends one request until it is not refused. @returns the body of a 200. */
async function answerOf(
  connection: BareConnection,
  path: string,
  headers: Readonly<Record<string, string>>,
  body?: string,
): Promise<string> {
  for (;;) {
    const answer = await connection.request(path, headers, body);
    if (answer.status === 200) return answer.body;
    const retryAfter = Number(answer.headers["retry-after"]);
    if (answer.status !== 503 || !(retryAfter > 0))
      throw new Error(`${path} was answered with ${answer.status}: ${answer.body}`);
    refused += 1;
    await sleep(retryAfter * 1_000);
  }
}

const VENDS: Readonly<Record<Load["server"], Vend>> = {
  valetkey: async (connection, token) => {
    const form = new URLSearchParams({
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      subject_token: token,
      subject_token_type: "urn:ietf:params:oauth:token-type:id_token",
      purpose: "summarise the weekly report",
      authorization_details: JSON.stringify(details),
    });
    const answer = await answerOf(
      connection,
      "/v1/token",
      { "content-type": "application/x-www-form-urlencoded" },
      `${form}`,
    );
    if (!answer.includes('"AccessKeyId"')) throw new Error(`a vend without credentials: ${answer}`);
  },
  openbao: async (connection, token) => {
    const login = JSON.stringify({ role: "agent", jwt: token });
    const entered = JSON.parse(
      await answerOf(connection, "/v1/auth/jwt/login", { "content-type": "application/json" }, login),
    ) as {
      readonly auth: { readonly client_token: string };
    };
    const answer = await answerOf(connection, "/v1/aws/creds/reports", { "x-vault-token": entered.auth.client_token });
    if (!answer.includes('"access_key"')) throw new Error(`a vend without credentials: ${answer}`);
  },
};

const tookMs: number[] = [];
const beganAtMs = performance.now();
const endsAtMs = beganAtMs + seconds * 1_000;
let next = 0;

async function client(): Promise<void> {
  const connection = new BareConnection(url);
  while (performance.now() < endsAtMs) {
    const token = tokens[next++];
    if (token === undefined) throw new Error(`the ${tokens.length} tokens did not last for ${seconds} s`);
    const askedAtMs = performance.now();
    await VENDS[server](connection, token);
    tookMs.push(performance.now() - askedAtMs);
  }
  connection.close();
}

await Promise.all(Array.from({ length: clients }, client));
const loaded: Loaded = { tookMs, refused, seconds: (performance.now() - beganAtMs) / 1_000 };
process.stdout.write(JSON.stringify(loaded));
