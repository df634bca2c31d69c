import { RATE_LIMITS } from "../../functions/core/rate-limit.ts";
import { type Arrange, answerTo } from "../recording/call.ts";

/** The call that is refused, when the same caller was refused as often in this minute as it may be. */
export const refusedOnceMore =
  (refused: Arrange): Arrange =>
  async (world) => {
    const call = await refused(world);
    for (let count = 0; count < RATE_LIMITS.refusal; count += 1) await answerTo(call, world);
    return call;
  };
