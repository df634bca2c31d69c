import type { AgentId } from "../../../../contract/agent-id.ts";
import { COOL_DOWN_SECONDS, type CoolDown, type CoolDowns, cooledUntil } from "../../../core/escalation/cool-down.ts";
import type { Clock } from "../../../core/ports.ts";
import { TimedCache } from "../../memory/timed-cache.ts";
import { keys } from "../table/dynamo-keys.ts";
import { type DynamoTable, MARGIN_SECONDS } from "../table/dynamo-table.ts";

/**
 * Cool-downs of agents, one item each. A process remembers a cool-down until its end, since nobody can end it earlier.
 */
export class DynamoCoolDowns implements CoolDowns {
  readonly #table: DynamoTable;
  readonly #clock: Clock;
  readonly #known: TimedCache<number>;

  constructor(table: DynamoTable, clock: Clock) {
    this.#table = table;
    this.#clock = clock;
    this.#known = new TimedCache(COOL_DOWN_SECONDS * 1_000, 1_000, () => clock.nowMs());
  }

  async until(agent: AgentId): Promise<number | undefined> {
    const item = await this.#table.get(keys.coolDown(agent));
    const until = cooledUntil(item && { at: Number(item.at) }, this.#nowSeconds());
    if (until !== undefined) this.#known.keep(agent, until);
    return until;
  }

  knownUntil(agent: AgentId): number | undefined {
    const until = this.#known.find(agent);
    return until !== undefined && this.#nowSeconds() < until ? until : undefined;
  }

  async begin({ agent, at, by }: CoolDown): Promise<void> {
    const ttl = at + COOL_DOWN_SECONDS + MARGIN_SECONDS;
    await this.#table.update(keys.coolDown(agent), {
      set: "SET #at = :at, #by = :by, #ttl = :ttl",
      where: "attribute_not_exists(#at) OR #at <= :before",
      names: { at: "at", by: "by", ttl: "ttl" },
      values: { at, by, ttl, before: at - COOL_DOWN_SECONDS },
    });
  }

  #nowSeconds(): number {
    return this.#clock.nowMs() / 1_000;
  }
}
