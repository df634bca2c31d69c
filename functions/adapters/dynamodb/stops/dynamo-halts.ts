import { isAgentId } from "../../../../contract/agent-id.ts";
import type { HaltedAgent, Halts } from "../../../core/revocation/halt.ts";
import { HALTS } from "../table/dynamo-keys.ts";
import type { DynamoTable } from "../table/dynamo-table.ts";

/** List of halted agents, written in the same transactions as the agents themselves. */
export class DynamoHalts implements Halts {
  readonly #table: DynamoTable;

  constructor(table: DynamoTable) {
    this.#table = table;
  }

  async list(): Promise<readonly HaltedAgent[]> {
    const items = await this.#table.query(HALTS, "");
    return items.flatMap(({ sk, at, by }) => (isAgentId(sk) ? [{ agent: sk, at: Number(at), by: String(by) }] : []));
  }
}
