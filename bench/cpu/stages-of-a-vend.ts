import { planLeases } from "../../functions/connectors/aws/plan-leases.ts";
import { EMPTY_CHAIN } from "../../functions/core/journal/event.ts";
import { rootPath } from "../../functions/core/tasks/path.ts";
import { parseTokenRequest } from "../../functions/exchange/request.ts";
import { authoriseIntent } from "../../functions/steps/authorise-intent.ts";
import { verifyIdentity } from "../../functions/steps/verify-identity.ts";
import { median } from "../statistics.ts";
import { cpuMs } from "./cpu-time.ts";
import type { VendInMemory } from "./vend-in-memory.ts";

export interface Stage {
  readonly name: string;
  /** Median CPU time. */
  readonly ms: number;
}

const SAMPLES = 500;

/** Where the CPU time of a vend goes. What is left of the whole is the record (hashing, its in-memory fake) and the answer. */
export async function stagesOfAVend({ world, token, event }: VendInMemory): Promise<readonly Stage[]> {
  const { ports } = world;
  const [parsing, verifying, deciding, compiling]: [number[], number[], number[], number[]] = [[], [], [], []];
  for (let index = 0; index < SAMPLES; index += 1) {
    const asked = event(await token());
    const request = parseTokenRequest(asked, ports.deployment.accounts);
    parsing.push(await cpuMs(() => parseTokenRequest(asked, ports.deployment.accounts)));

    const verify = () => verifyIdentity(request.subjectToken, ports.deployment.audiences.exchange, ports);
    const identity = await verify();
    verifying.push(await cpuMs(verify));

    const decide = () => authoriseIntent(identity.agent, { ...request, claims: identity.claims }, ports);
    const grants = await decide();
    deciding.push(await cpuMs(decide));

    const nowSeconds = ports.clock.nowMs() / 1_000;
    const task = { path: rootPath(ports.random.bytes(32)), expiresAt: nowSeconds + 900, chain: EMPTY_CHAIN };
    compiling.push(await cpuMs(() => planLeases(task, grants.spread, ports.deployment, nowSeconds)));
  }
  return [
    { name: "parse", ms: median(parsing) },
    { name: "verify", ms: median(verifying) },
    { name: "decide", ms: median(deciding) },
    { name: "compile", ms: median(compiling) },
  ];
}
