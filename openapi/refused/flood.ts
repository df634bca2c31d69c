import { RATE_LIMITS } from "../../functions/core/rate-limit.ts";
import { type Arrange, answerTo } from "../recording/call.ts";

/** Arranges a refused call of a caller that has already had its refusals of this minute. */
export const refusedOnceMore =
  (refused: Arrange): Arrange =>
  async (world) => {
    const call = await refused(world);
    for (let count = 0; count < RATE_LIMITS.refusal; count += 1) await answerTo(call, world);
    return call;
  };
