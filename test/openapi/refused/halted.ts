import { agentId } from "../../../contract/agent-id.ts";
import { FakeService } from "../../fakes/world/service.ts";
import { ACCOUNT } from "../../fakes/world/world.ts";
import type { Arrange } from "../recording/call.ts";

/** Arranges the call after a rule of escalation has halted the account. */
export const afterAccountHalt =
  (arrange: Arrange): Arrange =>
  async (world) => {
    const call = await arrange(world);
    await world.ports.accountHalts.halt({ account: ACCOUNT, at: world.nowSeconds(), by: "escalation:E3:fK2w" });
    return call;
  };

/** Arranges the call while the agent cools down, after too many refusals by policy. */
export const whileCooling =
  (arrange: Arrange): Arrange =>
  async (world) => {
    const call = await arrange(world);
    await world.ports.coolDowns.begin({ agent: agentId("demo"), at: world.nowSeconds(), by: "escalation:E8:fK2w" });
    return call;
  };

/** Arranges the call while a rule of escalation has paused the agent for the person. */
export const whilePaused =
  (arrange: Arrange, party = "staff|pat"): Arrange =>
  async (world) => {
    const call = await arrange(world);
    const pause = { agent: agentId("demo"), party, at: world.nowSeconds(), by: "escalation:E6:fK2w" };
    await world.ports.pauses.begin(pause);
    return call;
  };

/** Arranges the call after the operators have halted everything. */
export const afterPanic =
  (arrange: Arrange): Arrange =>
  async (world) => {
    const call = await arrange(world);
    await new FakeService(world).panic();
    return call;
  };
