import { RATE_LIMITS } from "../../../contract/limits.ts";
import { type Arrange, answerTo } from "../recording/call.ts";

/** Arranges a refused call of a caller that has used up its refusals of this minute. */
export const refusedOnceMore =
  (refused: Arrange): Arrange =>
  async (world) => {
    const call = await refused(world);
    await answerTo(call, world);
    for (const counted of ["refusal", "stale"] as const) world.ports.rateLimits.fill(counted, RATE_LIMITS[counted]);
    return call;
  };
