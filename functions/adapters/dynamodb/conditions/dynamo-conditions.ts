import { isConditionScope } from "../../../../contract/condition-scope.ts";
import type { ConditionKind } from "../../../../contract/names.ts";
import { CONDITION_NAME } from "../../../../contract/names.ts";
import type { ConditionStore } from "../../../core/conditions/conditions.ts";
import type { HeldCondition } from "../../../core/conditions/held-condition.ts";
import type { SignIn } from "../../../core/identity/sign-in.ts";
import type { JournalEvent } from "../../../core/journal/event.ts";
import { actWrites, signInRefusal } from "../identity/sign-in-items.ts";
import { afterTime, CONDITION_LISTS, keys } from "../table/dynamo-keys.ts";
import type { DynamoTable } from "../table/dynamo-table.ts";
import type { Item } from "../table/raw-item.ts";
import { eventWrite } from "../tasks/task-change.ts";

/**
 * Conditions that somebody set: one item each, in one partition for each kind. The sort key has the end, the name and the place, so no later put
 * shortens a condition: it makes an item of its own. The end comes first, so a list reads no condition that is over.
 */
export class DynamoConditions implements ConditionStore {
  readonly #table: DynamoTable;

  constructor(table: DynamoTable) {
    this.#table = table;
  }

  async list(kind: ConditionKind, nowSeconds: number): Promise<readonly HeldCondition[]> {
    return (await this.#table.queryAfter(CONDITION_LISTS[kind], afterTime(nowSeconds))).flatMap(heldOf);
  }

  async set(kind: ConditionKind, held: HeldCondition, event: JournalEvent, signIn?: SignIn): Promise<void> {
    const { at, by, reason } = held;
    const put = this.#table.putWrite("condition", keys.condition(kind, held), { at, by, reason }, "whatever");
    const failed = await this.#table.transact([put, eventWrite(this.#table, event), ...actWrites(this.#table, signIn)]);
    if (failed.some((name) => name !== "event")) throw signInRefusal(failed);
  }

  async remove(
    kind: ConditionKind,
    held: readonly HeldCondition[],
    event: JournalEvent,
    signIn?: SignIn,
  ): Promise<void> {
    const removed = held.map((each, index) =>
      this.#table.deleteWrite(`condition ${index}`, keys.condition(kind, each)),
    );
    const failed = await this.#table.transact([
      ...removed,
      eventWrite(this.#table, event),
      ...actWrites(this.#table, signIn),
    ]);
    if (failed.length > 0) throw signInRefusal(failed);
  }
}

/** Sort key of a condition: its end, its name and its place. */
const PLACE = /^(\d{10})#([^#]+)#(.+)$/s;

/** Reads a condition. Its name, place and end are those of the sort key, whatever the item's fields have. */
function heldOf({ sk, at, by, reason }: Item): readonly HeldCondition[] {
  const [, until = "", name = "", scope = ""] = PLACE.exec(String(sk)) ?? [];
  if (!CONDITION_NAME.test(name) || !isConditionScope(scope)) return [];
  return [
    {
      name,
      scope,
      until: Number(until),
      at: Number.isSafeInteger(at) ? Number(at) : 0,
      by: String(by),
      reason: String(reason),
    },
  ];
}
