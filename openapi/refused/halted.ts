import { FakeService } from "../../fakes/fake-service.ts";
import type { Arrange } from "../recording/call.ts";

/** Arranges the call after the operators have halted everything. */
export const afterPanic =
  (arrange: Arrange): Arrange =>
  async (world) => {
    const call = await arrange(world);
    await new FakeService(world).panic();
    return call;
  };
