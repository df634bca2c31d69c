import { type ArchivePorts, integrate } from "./integrate.ts";

/** Time after which a run begins no further step; milliseconds. The time-out of the function leaves room for one more. */
const LAST_STEP_MS = 30_000;

/** Integrates what has come in, step by step, until nothing waits or the next minute's run is near. */
export async function archive(ports: ArchivePorts): Promise<void> {
  const begunAtMs = ports.clock.nowMs();
  while (ports.clock.nowMs() - begunAtMs < LAST_STEP_MS) {
    const { added } = await integrate(ports);
    if (added === 0) return;
  }
}
