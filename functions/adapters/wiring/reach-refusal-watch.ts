import type { RefusalWatch } from "../../core/escalation/refused-uses.ts";
import type { DynamoTable } from "../dynamodb/table/dynamo-table.ts";

/**
 * Makes the port that finds escalations in refusals. The code is loaded at the first refusal, since most agents are
 * never refused.
 */
export function reachRefusalWatch(table: DynamoTable, bus: string, nowMs: () => number): () => Promise<RefusalWatch> {
  let loading: Promise<RefusalWatch> | undefined;
  const load = async (): Promise<RefusalWatch> => {
    const [{ DynamoRefusedUses }, { BusEscalations }, { EventBridgeBus }] = await Promise.all([
      import("../dynamodb/observed/dynamo-refused-uses.ts"),
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
