import type { RefusalWatch } from "../../core/escalation/refused-uses.ts";
import type { DynamoTable } from "../dynamodb/dynamo-table.ts";

/** Makes the port by which escalations in refusals are found. It is loaded at the first refusal: most agents are refused nothing. */
export function reachRefusalWatch(table: DynamoTable, bus: string, nowMs: () => number): () => Promise<RefusalWatch> {
  let loading: Promise<RefusalWatch> | undefined;
  const load = async (): Promise<RefusalWatch> => {
    const [{ DynamoRefusedUses }, { BusEscalations }, { EventBridgeBus }] = await Promise.all([
      import("../dynamodb/dynamo-refused-uses.ts"),
      import("../eventbridge/bus-escalations.ts"),
      import("../eventbridge/eventbridge-bus.ts"),
    ]);
    return {
      refusedUses: new DynamoRefusedUses(table, { nowMs }),
      escalations: new BusEscalations(new EventBridgeBus(bus), nowMs),
    };
  };
  return () => {
    loading ??= load();
    return loading;
  };
}
