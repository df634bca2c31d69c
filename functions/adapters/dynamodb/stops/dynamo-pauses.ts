import type { AgentId } from "../../../../contract/agent-id.ts";
import { PAUSE_SECONDS, type Pause, type Pauses } from "../../../core/escalation/pause.ts";
import { recordOf } from "../table/dynamo-item.ts";
import { keys, PAUSED_FOR } from "../table/dynamo-keys.ts";
import { type DynamoTable, MARGIN_SECONDS } from "../table/dynamo-table.ts";

/** Pauses of agents for parties, one item each beside the agent's cool-down. */
export class DynamoPauses implements Pauses {
  readonly #table: DynamoTable;

  constructor(table: DynamoTable) {
    this.#table = table;
  }

  async find(agent: AgentId, party: string): Promise<Pause | undefined> {
    const item = await this.#table.get(keys.pause(agent, party));
    return item && { ...recordOf<Pick<Pause, "at" | "by">>(item), agent, party };
  }

  async list(agent: AgentId): Promise<readonly Pause[]> {
    const items = await this.#table.query(keys.coolDown(agent).pk, PAUSED_FOR);
    return items.map((item) => ({
      ...recordOf<Pick<Pause, "at" | "by">>(item),
      agent,
      party: String(item.sk).slice(PAUSED_FOR.length),
    }));
  }

  async begin({ agent, party, at, by }: Pause): Promise<void> {
    await this.#table.update(keys.pause(agent, party), {
      set: "SET #at = :at, #by = :by, #ttl = :ttl",
      where: "attribute_not_exists(#at) OR #at < :at",
      names: { at: "at", by: "by", ttl: "ttl" },
      values: { at, by, ttl: at + PAUSE_SECONDS + MARGIN_SECONDS },
    });
  }
}
