import type { TaskPath } from "../../../core/task-path.ts";
import type { TokenUse } from "../../../core/tasks/tasks.ts";
import { keys } from "../table/dynamo-keys.ts";
import { type DynamoTable, MARGIN_SECONDS, type Write } from "../table/dynamo-table.ts";

/**
 * Makes the writes that count a use of each token of a request, in the transaction of that use. Records the task, so
 * that a retry with the same token is no replay.
 * @param replaced withdrawn task that the new one replaces.
 */
export const tokenUseWrites = (
  table: DynamoTable,
  use: TokenUse,
  path: TaskPath,
  replaced?: TaskPath,
): readonly Write[] =>
  [use, ...(use.beside ? [use.beside] : [])].map((each) => tokenUseWrite(table, each, path, replaced));

const tokenUseWrite = (
  table: DynamoTable,
  use: TokenUse,
  path: TaskPath,
  replaced: TaskPath | undefined = path,
): Write =>
  table.updateWrite("use", keys.tokenUse(use.issuer, use.id), {
    set: "SET #task = :task, #ttl = :ttl ADD #uses :one",
    where: "attribute_not_exists(#uses) OR #uses < :cap OR #task = :task OR #task = :replaced",
    names: { task: "task", ttl: "ttl", uses: "uses" },
    values: { task: path, replaced, ttl: use.expiresAt + MARGIN_SECONDS, one: 1, cap: use.cap },
  });
