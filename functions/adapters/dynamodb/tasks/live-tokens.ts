import { isAgentId } from "../../../../contract/agent-id.ts";
import type { Delegation } from "../../../core/delegation/delegation.ts";
import type { TaskPath } from "../../../core/task-path.ts";
import type { Presentation } from "../../../core/tasks/task.ts";
import type { DelegationUse, LiveToken } from "../../../core/tasks/tasks.ts";
import { keys } from "../table/dynamo-keys.ts";
import { type DynamoTable, MARGIN_SECONDS, type Write } from "../table/dynamo-table.ts";

/** Token that is about to be recorded, with what its entry in the list needs. */
type ListedToken = Pick<Presentation, "hash" | "expiresAt" | "listed"> &
  (Pick<Presentation, "server"> | Pick<Delegation, "agent">);

/** Lists a token that lives (`Tasks.findToken`), in the transaction that records it. Writes nothing for one that is not `listed`. */
export const listingWrites = (table: DynamoTable, path: TaskPath, token: ListedToken): readonly Write[] =>
  token.listed
    ? [
        table.putWrite(
          "token",
          keys.liveToken(path, token.hash),
          { ...forOf(token), ttl: token.expiresAt + MARGIN_SECONDS },
          "absent",
        ),
      ]
    : [];

/** Removes a token from the list for good: only the exchange adds one, and each only once. */
export const unlistingWrite = (table: DynamoTable, path: TaskPath, hash: string): Write =>
  table.deleteWrite("token", keys.liveToken(path, hash));

/** Makes the condition that a delegation is still in the list. */
export const listedCheck = (table: DynamoTable, { parent, hash, listed }: DelegationUse): readonly Write[] =>
  listed
    ? [
        table.checkWrite("delegation", keys.liveToken(parent, hash), {
          where: "attribute_exists(#pk)",
          names: { pk: "pk" },
          values: {},
        }),
      ]
    : [];

export async function findToken(table: DynamoTable, path: TaskPath, hash: string): Promise<LiveToken | undefined> {
  const item = await table.get(keys.liveToken(path, hash));
  if (isAgentId(item?.server)) return { server: item.server };
  return isAgentId(item?.agent) ? { agent: item.agent } : undefined;
}

const forOf = (token: ListedToken): LiveToken =>
  "server" in token ? { server: token.server } : { agent: token.agent };
