import { DynamoRoleLoads } from "../../functions/adapters/dynamodb/dynamo-role-loads.ts";
import { DynamoTable } from "../../functions/adapters/dynamodb/dynamo-table.ts";
import { accountId } from "../../functions/core/deployment/account-id.ts";
import { hasRoom } from "../../functions/core/revocation/load.ts";
import { type Row, type Run, verdict } from "../row.ts";
import { median } from "../statistics.ts";
import { cpuMs } from "./cpu-time.ts";

/** Numbers of openings in one role, and of their agents. */
const OPENINGS = [10, 100, 400, 1_000] as const;
const AGENTS = 200;

const [ROUNDS, CALLS] = [100, 20] as const;

const ROLE = { account: accountId("111122223333"), role: "valetkey-task-0" };
const CHARACTERS = 19;

/** Highest allowed ratio to one bare pass over a role's openings, which adds up each agent's. */
const RATIO = 8;
/** Longest allowed time of 400 openings for a vend; milliseconds. */
const MOST_MS = 0.2;

/**
 * Measures the time of a vend's admission to a role with many openings, each of which adds one. Compares it, in turn,
 * with one bare pass over the openings.
 */
export async function loadedRoles({ say }: Run): Promise<readonly Row[]> {
  const curve: { readonly openings: number; readonly ms: number; readonly bareMs: number }[] = [];
  for (const openings of OPENINGS) {
    say(`admission to a role with ${openings} openings`);
    curve.push({ openings, ...(await costOf(openings)) });
  }
  const ratio = Math.max(...curve.slice(1).map(({ ms, bareMs }) => ms / bareMs));
  const at = (count: number): number => curve.find(({ openings }) => openings === count)?.ms ?? Number.NaN;
  return [
    {
      name: "admission to a role with openings of 200 agents",
      measured: curve.map(({ openings, ms }) => `${openings}: ${ms.toFixed(3)} ms`).join(", "),
      target: `400: <= ${MOST_MS} ms; <= ${RATIO} times a bare pass`,
      verdict: verdict(at(400) <= MOST_MS && ratio <= RATIO),
      notes: [
        `${curve.map(({ openings, ms, bareMs }) => `${openings} openings ${(ms / bareMs).toFixed(1)}`).join(", ")} times one pass that adds up the characters of each agent`,
        `1,000 openings cost ${(at(1_000) / at(100)).toFixed(1)} times as much as 100; the openings are kept as a running sum`,
        `medians of ${ROUNDS} rounds of ${CALLS} vends each, which add their own, in turn`,
      ],
      figures: {
        ratio,
        ...Object.fromEntries(curve.map(({ openings, ms }) => [`openings${openings}Ms`, ms])),
      },
    },
  ];
}

async function costOf(openings: number): Promise<{ readonly ms: number; readonly bareMs: number }> {
  const opened = Array.from({ length: openings }, (_, index) => ({
    agent: `agent-${index % AGENTS}`,
    characters: CHARACTERS,
  }));
  const bare = async (): Promise<boolean> => {
    const agents = new Map<string, number>();
    for (const { agent, characters } of opened) agents.set(agent, (agents.get(agent) ?? 0) + characters);
    return agents.size > 0;
  };
  const [ms, bareMs]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    const loads = new DynamoRoleLoads(new DynamoTable("valetkey", { send: async () => ({}) }), () => 1_000_000);
    for (const { agent, characters } of opened) loads.recordOpened(ROLE, agent, characters);
    let count = 0;
    const vend = async (): Promise<boolean> => {
      count += 1;
      const agent = `agent-${count % AGENTS}`;
      const isIn = hasRoom(await loads.read(ROLE), agent, CHARACTERS);
      loads.recordOpened(ROLE, agent, CHARACTERS);
      return isIn;
    };
    bareMs.push((await cpuMs(() => times(bare))) / CALLS);
    ms.push((await cpuMs(() => times(vend))) / CALLS);
  }
  return { ms: median(ms), bareMs: median(bareMs) };
}

async function times(work: () => Promise<unknown>): Promise<void> {
  for (let count = 0; count < CALLS; count += 1) await work();
}
