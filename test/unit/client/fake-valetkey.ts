import type { IncomingMessage, ServerResponse } from "node:http";
import { RENEWS_HEADER } from "../../../contract/names.ts";
import { type LoopbackServer, listen } from "../../loopback-server.ts";

/** Secrets that no output may ever hold. The identity has the shape of a JWT, the rest that of the real thing. */
export const CANARY = {
  identity: "eyCANARY0.eyCANARY1.CANARY2",
  taskToken: "vk_k7f3m2q9x4ab._CANARYtasktoken",
  secret: "CANARYsecretaccesskey",
  session: "CANARYsessiontoken",
  delegation: "vkd_k7f3m2q9x4ab._CANARYdelegationCANARYdelegationCANARYdeleg",
} as const;

export const TASK_ID = "k7f3m2q9x4ab.";

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly contentType: string | undefined;
  readonly body: string;
  /** True where the client says that it renews its sessions by itself. */
  readonly renews: boolean;
}

/** An answer to give; `undefined` hangs up without one. */
export type Reply =
  | { readonly status: number; readonly body: unknown; readonly headers?: Record<string, string> }
  | undefined;

export const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * 1_000).toISOString();

export function credential(serial: number, seconds: number) {
  return {
    AccessKeyId: `ASIA${serial}`,
    SecretAccessKey: CANARY.secret,
    Token: CANARY.session,
    Expiration: inSeconds(seconds),
  };
}

interface Pending {
  readonly have?: number;
  /** Seconds until nobody can approve any more. */
  readonly seconds?: number;
  /** Seconds between two polls. */
  readonly interval?: number;
}

/** A request that waits for two votes of one group. */
export const pending = ({ have = 0, seconds = 900 }: Pending) => ({
  id: "ap7f3m2q9x4abc1d",
  needed: [{ group: "sre", count: 2, have }],
  expires_at: inSeconds(seconds),
  url: "https://console.example.com/approvals/ap7f3m2q9x4abc1d",
});

/** The answer to a token request, with one AWS credential; change what the test is about. `pending`: people must approve first. */
export function opened(
  changes: { readonly task?: object; readonly credentials?: readonly object[]; readonly pending?: Pending } = {},
): Reply {
  if (changes.pending) {
    const task = { status: "pending_approval", approval: pending(changes.pending) };
    return withInterval(opened({ task, credentials: [] }), changes.pending.interval ?? 5);
  }
  const credentials = changes.credentials ?? [
    { type: "aws", name: "aws-0", account: "111122223333", region: "eu-west-1", ...credential(0, 900) },
  ];
  const task = { id: TASK_ID, status: "active", expires_at: inSeconds(3_600), ...changes.task };
  const token = {
    access_token: CANARY.taskToken,
    issued_token_type: "urn:valetkey:token-type:task",
    token_type: "Bearer",
    expires_in: 3_600,
  };
  return { status: 200, body: { ...token, authorization_details: [], task, credentials } };
}

const withInterval = (reply: Reply, interval: number): Reply =>
  reply && { ...reply, body: { ...Object(reply.body), interval } };

/** The answer to a request for a delegation. */
export const delegated = (seconds = 600): Reply => ({
  status: 200,
  body: {
    access_token: CANARY.delegation,
    issued_token_type: "urn:valetkey:token-type:delegation",
    token_type: "N_A",
    expires_in: seconds,
    authorization_details: [],
  },
});

/** valetkey as the client sees it, on loopback. The test sets its answers; `seen` records its requests. */
export class FakeValetkey {
  readonly seen: Seen[] = [];
  exchange: () => Reply | Promise<Reply> = () => opened();
  /** Answer to a request for a delegation. */
  delegation: () => Reply | Promise<Reply> = () => delegated();
  renewal: () => Reply | Promise<Reply> = () => ({ status: 200, body: credential(1, 900) });
  completion: () => Reply | Promise<Reply> = () => ({ status: 200, body: { status: "completed" } });
  /** Answers to anything else, for example of an issuer of identity tokens. */
  other: (seen: Seen) => Reply | Promise<Reply> = () => ({ status: 404, body: {} });
  #server: LoopbackServer | undefined;

  async start(): Promise<this> {
    this.#server = await listen((request, response) => void this.#answer(request, response));
    return this;
  }

  get url(): string {
    return this.#server?.url ?? "";
  }

  of(method: string, ending: string): Seen[] {
    return this.seen.filter((seen) => seen.method === method && seen.path.endsWith(ending));
  }

  async stop(): Promise<void> {
    await this.#server?.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = "";
    for await (const chunk of request) body += chunk;
    const { method = "", url: path = "", headers } = request;
    const renews = headers[RENEWS_HEADER] === "1";
    const seen = {
      method,
      path,
      authorization: headers.authorization,
      contentType: headers["content-type"],
      body,
      renews,
    };
    this.seen.push(seen);
    const reply = await this.#replyTo(seen);
    if (!reply) return void request.socket.destroy();
    response.writeHead(reply.status, { "content-type": "application/json", ...reply.headers });
    response.end(typeof reply.body === "string" ? reply.body : JSON.stringify(reply.body));
  }

  #replyTo(seen: Seen): Reply | Promise<Reply> {
    if (seen.path === "/v1/token") return isForDelegation(seen) ? this.delegation() : this.exchange();
    if (seen.path.startsWith(`/v1/tasks/${TASK_ID}/credentials/`)) return this.renewal();
    if (seen.path === `/v1/tasks/${TASK_ID}/complete`) return this.completion();
    return this.other(seen);
  }
}

const isForDelegation = ({ body }: Seen): boolean =>
  new URLSearchParams(body).get("requested_token_type") === "urn:valetkey:token-type:delegation";
