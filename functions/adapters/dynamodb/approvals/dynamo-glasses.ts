import { isAgentId } from "../../../../contract/agent-id.ts";
import { isApprovalId } from "../../../../contract/approval-id.ts";
import type { Glasses, UnreviewedGlass } from "../../../core/approvals/break-glass.ts";
import { GLASSES, padded } from "../table/dynamo-keys.ts";
import type { DynamoTable } from "../table/dynamo-table.ts";

/** Broken glasses in the one table: `GLASS#` / `due#approval`. */
export class DynamoGlasses implements Glasses {
  readonly #table: DynamoTable;

  constructor(table: DynamoTable) {
    this.#table = table;
  }

  async unreviewed(nowSeconds: number): Promise<readonly UnreviewedGlass[]> {
    const items = await this.#table.query(GLASSES, "");
    return items
      .filter(({ sk }) => String(sk).slice(0, 10) <= padded(nowSeconds))
      .flatMap(({ sk, agent, by }) => {
        if (!isAgentId(agent)) return [];
        const [dueAt, id] = String(sk).split("#");
        return {
          id: isApprovalId(id) ? id : ("" as const),
          agent,
          dueAt: Number(dueAt),
          ...(by ? { by: String(by) } : {}),
        };
      });
  }
}
