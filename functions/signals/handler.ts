import { EventBridgeBus } from "../adapters/eventbridge/eventbridge-bus.ts";
import { readDeployment } from "../adapters/files/read-deployment.ts";
import { DeploymentBundle } from "../adapters/files/shipped-files.ts";
import { JoseTokens } from "../adapters/jose/jose-tokens.ts";
import { TimedCache } from "../adapters/memory/timed-cache.ts";
import { stdoutLog } from "../adapters/wiring/stdout-log.ts";
import { readEnv } from "../env.ts";
import type { HttpEvent } from "../http/event.ts";
import { receiveSignal } from "./receive-signal.ts";

/** Time for which a process puts the same token on the bus only once; milliseconds. A later repeat ends nothing new. */
const FORWARDED_MS = 600_000;

const env = readEnv("signals");
const nowMs = () => Date.now();
const forwarded: TimedCache<true> = new TimedCache(FORWARDED_MS, 1_000, nowMs);
const ports = {
  deployment: readDeployment(new DeploymentBundle(env.VALETKEY_DEPLOYMENT)),
  tokens: new JoseTokens(nowMs),
  bus: new EventBridgeBus(env.VALETKEY_BUS),
  forwarded,
  clock: { nowMs },
  log: stdoutLog,
};

export const handler = (event: HttpEvent) => receiveSignal(event, ports);
