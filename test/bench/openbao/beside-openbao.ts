import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { type OidcIssuer, startOidcIssuer } from "../../../local/issuer/oidc-issuer.ts";
import { URL_OF_HUB } from "../cloud/bench-config.ts";
import { THREE_PAIRS } from "../policies/bench-policies.ts";
import { type Row, type Run, verdict } from "../row.ts";
import { median, percentile, sum } from "../statistics.ts";
import { startBao } from "./bao-server.ts";
import type { Load, Loaded } from "./load-generator.ts";
import { end, type Server, startNode } from "./server.ts";
import { startValetkey } from "./valetkey-server.ts";

const CLIENTS = [1, 4, 16];
const ROUNDS = 3;
const SECONDS = 8;
const WARM_SECONDS = 4;
/** Highest expected rate of vends a second, for which tokens are made. */
const MOST_PER_SECOND = 400;
const TARGETS = { p50: 0.7, throughput: 1.4, server: 0.6, withStore: 1 };

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Measurement of one server with one number of clients. */
interface Slice {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly perSecond: number;
  /** CPU time of a vend; milliseconds. */
  readonly serverMs: number;
  readonly storeMs: number;
  /** Number of answers with Retry-After. */
  readonly refused: number;
}

/**
 * Measures vends of the exchange and of OpenBao, in turn. Both have the same issuer, the same STS of 20 ms, and a
 * record before each answer. One OpenBao has its store on the disk, the other in memory, as valetkey's table is.
 */
export async function besideOpenBao({ say, workDir, bao }: Run): Promise<readonly Row[]> {
  if (!bao) throw new Error("OpenBao is no package of npm: name its programs by --bao FILE and --bao-aws FILE");
  const issuer = await startOidcIssuer({ port: 0, issuerPath: "/agents", audience: URL_OF_HUB });
  const sts = await startNode(at("./slow-sts.ts"));
  const inMemory = mkdtempSync(join("/dev/shm", "valetkey-bench-"));
  const servers: Server[] = [];
  try {
    const agents = Array.from({ length: 500 }, (_, index) => `reporter-${index}`);
    say("starting valetkey and two of OpenBao");
    servers.push(await startValetkey({ workDir, issuer: issuer.issuer, stsUrl: sts.url, agents }));
    const stores = { "on disk": join(workDir, "raft"), "in memory": join(inMemory, "raft") };
    for (const [name, storeDir] of Object.entries(stores)) {
      const options = { ...bao, storeDir, jwksUri: issuer.jwksUri, audience: URL_OF_HUB, stsUrl: sts.url };
      servers.push(await startBao({ ...options, workDir: mkdtempSync(join(workDir, "bao-")), name }));
    }
    const tokens = new Tokens(issuer, agents);
    for (const server of servers) {
      say(`warming up ${server.name}`);
      await measure(server, 16, WARM_SECONDS, tokens);
    }
    const slices = new Map<string, Slice[]>();
    for (let round = 1; round <= ROUNDS; round += 1) {
      for (const clients of CLIENTS) {
        for (const server of servers) {
          const slice = await measure(server, clients, SECONDS, tokens);
          say(`round ${round}, ${clients} clients, ${server.name}: ${sliceInWords(slice)}`);
          const key = keyOf(server, clients);
          slices.set(key, [...(slices.get(key) ?? []), slice]);
        }
      }
    }
    const [ours, ...others] = servers;
    if (!ours) throw new Error("no server was started");
    return others.flatMap((other) =>
      CLIENTS.map((clients) =>
        rowOf(other.name, clients, slices.get(keyOf(ours, clients)) ?? [], slices.get(keyOf(other, clients)) ?? []),
      ),
    );
  } finally {
    for (const server of servers) await server.close();
    await Promise.all([end(sts.child), issuer.close()]);
    rmSync(inMemory, { recursive: true, force: true });
  }
}

const keyOf = ({ name }: Server, clients: number): string => `${name}|${clients}`;

/** Tokens of many agents in turn, signed with RS256. */
class Tokens {
  readonly #issuer: OidcIssuer;
  readonly #agents: readonly string[];
  #next = 0;

  constructor(issuer: OidcIssuer, agents: readonly string[]) {
    this.#issuer = issuer;
    this.#agents = agents;
  }

  async take(count: number): Promise<readonly string[]> {
    const tokens: string[] = [];
    for (; tokens.length < count; this.#next += 1) {
      const agent = this.#agents[this.#next % this.#agents.length];
      tokens.push(await this.#issuer.mint({ sub: `agent:${agent}` }, { alg: "RS256" }));
    }
    return tokens;
  }
}

async function measure(server: Server, clients: number, seconds: number, tokens: Tokens): Promise<Slice> {
  const most = seconds * Math.min(MOST_PER_SECOND, 60 * clients);
  const load: Load = {
    server: server.kind,
    url: server.url,
    clients,
    seconds,
    tokens: await tokens.take(most),
    details: THREE_PAIRS,
  };
  const child = spawn(process.execPath, [at("./load-generator.ts")], { stdio: ["pipe", "pipe", "inherit"] });
  const before = server.cpuMs();
  child.stdin.end(JSON.stringify(load));
  const [loaded, [code]] = await Promise.all([
    json(child.stdout).catch(() => undefined) as Promise<Loaded | undefined>,
    once(child, "close"),
  ]);
  const after = server.cpuMs();
  await server.forget?.();
  if (!loaded || code !== 0) throw new Error(`the load of ${server.name} with ${clients} clients ended with ${code}`);
  const count = loaded.tookMs.length;
  return {
    p50Ms: median(loaded.tookMs),
    p99Ms: percentile(loaded.tookMs, 0.99),
    perSecond: count / loaded.seconds,
    serverMs: (after.server - before.server) / count,
    storeMs: (after.store - before.store) / count,
    refused: loaded.refused,
  };
}

const sliceInWords = ({ p50Ms, p99Ms, perSecond, serverMs, storeMs, refused }: Slice): string =>
  `p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(0)} ms, ${perSecond.toFixed(0)}/s, CPU ${serverMs.toFixed(2)} ms, store ${storeMs.toFixed(2)} ms${refused > 0 ? `, ${refused.toFixed(0)} refused` : ""}`;

function rowOf(name: string, clients: number, ours: readonly Slice[], theirs: readonly Slice[]): Row {
  /** Computes the median of the rounds' ratios. */
  const ratioOf = (of: (slice: Slice) => number): number =>
    median(ours.map((slice, round) => of(slice) / of(theirs[round] ?? slice)));
  const p50 = ratioOf(({ p50Ms }) => p50Ms);
  const throughput = ratioOf(({ perSecond }) => perSecond);
  const server = ratioOf(({ serverMs }) => serverMs);
  const withStore = ratioOf(({ serverMs, storeMs }) => serverMs + storeMs);
  const isMet =
    p50 <= TARGETS.p50 &&
    throughput >= TARGETS.throughput &&
    server <= TARGETS.server &&
    withStore <= TARGETS.withStore;
  const mean = (slices: readonly Slice[], of: (slice: Slice) => number): number => sum(slices.map(of)) / slices.length;
  const side = (slices: readonly Slice[]): string =>
    sliceInWords({
      p50Ms: mean(slices, (slice) => slice.p50Ms),
      p99Ms: mean(slices, (slice) => slice.p99Ms),
      perSecond: mean(slices, (slice) => slice.perSecond),
      serverMs: mean(slices, (slice) => slice.serverMs),
      storeMs: mean(slices, (slice) => slice.storeMs),
      refused: sum(slices.map((slice) => slice.refused)),
    });
  return {
    name: `a vend beside ${name}, ${clients} at a time`,
    measured: `p50 ${p50.toFixed(2)}, throughput ${throughput.toFixed(2)}, CPU ${server.toFixed(2)}, with the table ${withStore.toFixed(2)}`,
    target: `<= ${TARGETS.p50}, >= ${TARGETS.throughput}, <= ${TARGETS.server}, <= ${TARGETS.withStore}`,
    verdict: verdict(isMet),
    notes: [`valetkey: ${side(ours)}`, `OpenBao: ${side(theirs)}; its store is in its own process`],
    figures: { p50, throughput, serverCpu: server, allCpu: withStore },
  };
}
