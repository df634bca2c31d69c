import type { Operation } from "../operation.ts";
import type { Arrange } from "../recording/call.ts";

/** A call that would be accepted, of a function that could not load what was deployed with it. */
export const whenBroken =
  ({ accepted }: Operation): Arrange =>
  async (world) => {
    const [one] = Object.values(accepted);
    if (!one) throw new Error("an operation without an example");
    return { ...(await one.arrange(world)), isBroken: true };
  };
