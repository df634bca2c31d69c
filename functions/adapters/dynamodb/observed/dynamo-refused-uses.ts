import { createHash } from "node:crypto";
import type { AgentId } from "../../../../contract/agent-id.ts";
import { REFUSALS, type RefusedUses } from "../../../core/escalation/refused-uses.ts";
import type { Clock } from "../../../core/ports.ts";
import type { TokenUse } from "../../../core/tasks/tasks.ts";
import { keys, REFUSED_AT, refusedPartition } from "../table/dynamo-keys.ts";
import { type DynamoTable, MARGIN_SECONDS } from "../table/dynamo-table.ts";

/**
 * Refused requests, in a partition for each agent. Each token has one item, by which the token counts once. Each
 * refusal by policy has an item, sorted by its time. No item is a counter: of simultaneous refusals, the last reader
 * finds all.
 */
export class DynamoRefusedUses implements RefusedUses {
  readonly #table: DynamoTable;
  readonly #clock: Clock;

  constructor(table: DynamoTable, clock: Clock) {
    this.#table = table;
    this.#clock = clock;
  }

  async add(agent: AgentId, use: TokenUse, byPolicy: boolean): Promise<boolean> {
    const atMs = this.#clock.nowMs();
    const token = createHash("sha256").update(`${use.issuer} ${use.id}`).digest("base64url");
    const at = Math.floor(atMs / 1_000);
    const failed = await this.#table.transact([
      this.#table.checkWrite("use", keys.tokenUse(use.issuer, use.id), "absent"),
      // The token is refused by its own expiry once this item may be gone.
      this.#table.putWrite("token", keys.refusedToken(agent, token), { ttl: use.expiresAt + MARGIN_SECONDS }, "absent"),
      ...(byPolicy
        ? [
            this.#table.putWrite(
              "refusal",
              keys.refusedAt(agent, atMs, token),
              { at, ttl: at + REFUSALS.withinSeconds + MARGIN_SECONDS },
              "absent",
            ),
          ]
        : []),
    ]);
    return failed.length === 0;
  }

  async latest(agent: AgentId): Promise<readonly number[]> {
    const range = { from: REFUSED_AT, to: `${REFUSED_AT}~`, most: REFUSALS.most };
    const pages = this.#table.lastFirst(refusedPartition(agent), range);
    for await (const page of pages) return page.map(({ at }) => Number(at));
    return [];
  }
}
