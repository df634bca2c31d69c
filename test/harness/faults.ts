import { Refusal } from "../../functions/core/refusal.ts";
import { FakeService } from "../fakes/world/service.ts";
import type { FakeWorld } from "../fakes/world/world.ts";
import { type Around, aroundCalls, type PortCall } from "./around-calls.ts";

/** An outage of one call, and perhaps of all that follow. Either the call is lost on its way, or its answer is. */
export interface Fault {
  /** Index of the call, from 0. */
  readonly at: number;
  readonly lost: "call" | "answer";
  readonly lasts: "once" | "until it is mended";
}

export interface FaultyService {
  readonly service: FakeService;
  /** Every call that was made, in order. */
  readonly calls: readonly PortCall[];
  /** Starts the fault, and counts calls from 0 again. */
  breakDown(fault: Fault): void;
  mend(): void;
}

/** Refusal that an adapter makes of its technology's outage. */
const OUTAGE = { tokens: "issuer_unreachable", sessions: "sts_unavailable" } as const;

export function faultyService(world: FakeWorld): FaultyService {
  const calls: PortCall[] = [];
  let fault: Fault | undefined;
  let count = 0;
  const around: Around = async (call, run) => {
    calls.push(call);
    const index = count;
    count += 1;
    const isDown = fault && (index === fault.at || (index > fault.at && fault.lasts !== "once"));
    if (!isDown) return run();
    if (fault?.lost === "answer") await run();
    throw new Refusal(call.port in OUTAGE ? OUTAGE[call.port as keyof typeof OUTAGE] : "store_unavailable");
  };
  return {
    service: new FakeService(world, aroundCalls(world.ports, around)),
    calls,
    breakDown: (given) => {
      fault = given;
      count = 0;
    },
    mend: () => {
      fault = undefined;
    },
  };
}
