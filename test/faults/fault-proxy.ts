import { once } from "node:events";
import { type IncomingMessage, request as send } from "node:http";
import { buffer } from "node:stream/consumers";
import { wireNames } from "../bench/cloud/wire-tap.ts";
import { listen } from "../loopback-server.ts";

/** One request of an AWS SDK on its way to AWS. */
export interface FaultyCall {
  /** `iam` */
  readonly service: string;
  /** `PutRolePolicy`. Method and path where the protocol has no operation (S3). */
  readonly operation: string;
  /** Access key id that signed the call. */
  readonly accessKeyId: string;
  readonly body: string;
}

/** Outcome of a call. Times are real milliseconds. */
export type Fault =
  /** The connection is cut; AWS never sees the call. */
  | { readonly is: "cut before" }
  /** AWS executes the call; the connection is cut instead of answered. */
  | { readonly is: "cut after" }
  /** The connection is cut at once. AWS still gets the call, once the promise resolves. */
  | { readonly is: "late"; readonly once: () => Promise<unknown> }
  /** No call arrives and no answer is sent, until the caller or `close` gives up. */
  | { readonly is: "silent" }
  /** AWS gets the call this much later, and its answer is passed on. */
  | { readonly is: "delayed"; readonly ms: number }
  /** AWS gets the call twice, one after the other; the second answer is passed on. */
  | { readonly is: "doubled" }
  /** The proxy answers in place of AWS, which never sees the call. */
  | { readonly is: "answered"; readonly status: number; readonly body?: string };

/** Selects the calls of a fault. Every given member has to match. */
export interface Which {
  readonly service?: string;
  readonly operation?: string;
  readonly where?: (call: FaultyCall) => boolean;
  /** Matching calls that pass before the first fault. 0 unless given. */
  readonly after?: number;
  /** Number of faults. Every call from the first on unless given. */
  readonly times?: number;
}

/** An ordered fault, with the number of calls that it met. */
export interface Ordered {
  readonly met: number;
}

/**
 * Proxy between AWS's SDK and the embedded AWS on loopback. Bytes and the signed Host header are passed on unchanged.
 */
export interface FaultProxy {
  /** `http://127.0.0.1:port`: for AWS_ENDPOINT_URL. */
  readonly endpoint: string;
  /** Every call so far, in order of arrival, including those that met a fault. */
  readonly calls: readonly FaultyCall[];
  /** Bodies of the answers that were cut after AWS had executed the call. */
  readonly lost: readonly string[];
  /** Orders a fault from now on. The first order that matches a call decides. */
  order(which: Which, fault: Fault): Ordered;
  /** Forgets all orders. */
  mend(): void;
  /** Resolves when AWS has got every call that is late. */
  arrived(): Promise<void>;
  close(): Promise<void>;
}

/** @param upstream `http://127.0.0.1:port` of the embedded AWS. */
export async function startFaultProxy(upstream: string): Promise<FaultProxy> {
  const calls: FaultyCall[] = [];
  const lost: string[] = [];
  const late = new Set<Promise<unknown>>();
  let orders: { which: Which; fault: Fault; seen: number; met: number }[] = [];

  const faultOf = (call: FaultyCall): Fault | undefined => {
    for (const order of orders) {
      const { service = call.service, operation = call.operation, where = () => true, after = 0 } = order.which;
      if (service !== call.service || operation !== call.operation || !where(call)) continue;
      const index = order.seen;
      order.seen += 1;
      if (index < after || index >= after + (order.which.times ?? Number.POSITIVE_INFINITY)) continue;
      order.met += 1;
      return order.fault;
    }
    return undefined;
  };

  const server = await listen(async (incoming, outgoing) => {
    const body = await buffer(incoming).catch(() => undefined);
    if (body === undefined) return;
    const call = callOf(incoming, body);
    calls.push(call);
    const pass = () => passOn(upstream, incoming, body);
    const fault = faultOf(call);
    try {
      if (fault?.is === "silent") return;
      if (fault?.is === "answered") return void outgoing.writeHead(fault.status).end(fault.body ?? "");
      if (fault?.is === "cut before" || fault?.is === "late") outgoing.destroy();
      if (fault?.is === "cut before") return;
      if (fault?.is === "late") return hold(late, fault.once().then(pass));
      if (fault?.is === "delayed") await sleep(fault.ms);
      if (fault?.is === "doubled") await pass();
      const answer = await pass();
      if (fault?.is === "cut after") {
        lost.push(answer.body.toString("utf8"));
        return void outgoing.destroy();
      }
      outgoing.writeHead(answer.status, answer.headers).end(answer.body);
    } catch {
      outgoing.destroy();
    }
  });
  return {
    endpoint: server.url,
    calls,
    lost,
    order: (which, fault) => {
      const order = { which, fault, seen: 0, met: 0 };
      orders.push(order);
      return order;
    },
    mend: () => {
      orders = [];
    },
    arrived: async () => {
      await Promise.all(late);
    },
    close: server.close,
  };
}

function callOf({ method = "GET", url = "/", headers }: IncomingMessage, body: Buffer): FaultyCall {
  const text = body.toString("utf8");
  const names = wireNames(headers, text);
  return { ...names, operation: names.operation || `${method} ${url}`, body: text };
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

/**
 * Passes the host on as it was sent, since it is signed. Opens a connection for each call, so that none is reused that
 * the far side just closed.
 */
async function passOn(upstream: string, incoming: IncomingMessage, body: Buffer): Promise<Answer> {
  const { method = "GET", url = "/", headers } = incoming;
  const passed = send(`${upstream}${url}`, { method, headers, agent: false });
  passed.end(body);
  const [answered] = (await once(passed, "response")) as [IncomingMessage];
  return { status: answered.statusCode ?? 502, headers: answered.headers, body: await buffer(answered) };
}

/** A late call may find its server gone. The call then counts as arrived, so that nothing waits for it. */
function hold(late: Set<Promise<unknown>>, arrival: Promise<unknown>): void {
  const held: Promise<unknown> = arrival.catch(() => undefined).finally(() => late.delete(held));
  late.add(held);
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
