import type { Operation } from "../operation.ts";
import type { Arrange } from "../recording/call.ts";

/** Arranges an otherwise acceptable call of a function that cannot load its deployment. */
export const whenBroken =
  ({ accepted }: Operation): Arrange =>
  async (world) => {
    const [one] = Object.values(accepted);
    if (!one) throw new Error("an operation without an example");
    return { ...(await one.arrange(world)), isBroken: true };
  };
