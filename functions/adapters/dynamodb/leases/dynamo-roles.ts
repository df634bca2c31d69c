import { type EndedEntry, MAY_LIVE_SECONDS, type RoleEntry } from "../../../core/revocation/role-entry.ts";
import { isEnough, LATEST, type RoleRef, type RoleSnapshot, type Roles } from "../../../core/revocation/roles.ts";
import type { TaskPath } from "../../../core/task-path.ts";
import { TABLE_KEYS } from "../../../names.ts";
import { endedFrom, endedPartition, keys, rolePartition } from "../table/dynamo-keys.ts";
import type { DynamoTable } from "../table/dynamo-table.ts";
import { endedEntriesOf, entriesOf } from "./role-items.ts";

const ENTRY = [TABLE_KEYS.sort, "agent", "openedAt", "startedAt", "fenceAt", "expiresAt"];

/** Entries of the tasks that have sessions in a role, alive and ended, for the reconciler. */
export class DynamoRoles implements Roles {
  readonly #table: DynamoTable;

  constructor(table: DynamoTable) {
    this.#table = table;
  }

  async snapshot(role: RoleRef, nowSeconds: number): Promise<RoleSnapshot> {
    const since = nowSeconds - MAY_LIVE_SECONDS;
    const [living, above, latest] = await Promise.all([
      this.living(role),
      this.#ended(role, true, since),
      this.#ended(role, false, since, (ended) => isEnough(ended, nowSeconds)),
    ]);
    return { entries: onceEach([...above.entries, ...latest.entries, ...living]), isWhole: latest.isWhole };
  }

  async issued(role: RoleRef, atSeconds: number): Promise<readonly RoleEntry[]> {
    const since = atSeconds - MAY_LIVE_SECONDS;
    // Reads the living entries first. An entry moves from the living to the ended and never back, so no task that ends
    // meanwhile is missed.
    const living = await this.living(role);
    const [above, alone] = await Promise.all([this.#ended(role, true, since), this.#ended(role, false, since)]);
    return onceEach([...above.entries, ...alone.entries, ...living]);
  }

  async living(role: RoleRef): Promise<readonly RoleEntry[]> {
    return (await this.#table.query(rolePartition(role), "", ENTRY)).flatMap(entriesOf);
  }

  forget(role: RoleRef, path: TaskPath): Promise<void> {
    return this.#table.delete(keys.role(role, path));
  }

  /** Reads tasks that ended since a moment, the latest first, up to a number. */
  async #ended(
    role: RoleRef,
    hasDelegated: boolean,
    since: number,
    isDone: (ended: readonly EndedEntry[]) => boolean = () => false,
  ): Promise<RoleSnapshot> {
    const entries: EndedEntry[] = [];
    const range = { from: endedFrom(hasDelegated, since), to: endedFrom(hasDelegated, LAST), most: LATEST.most };
    for await (const page of this.#table.lastFirst(endedPartition(role), range)) {
      entries.push(...page.flatMap(endedEntriesOf));
      if (isDone(entries)) return { entries, isWhole: false };
    }
    return { entries, isWhole: true };
  }
}

/** Drops the living entry of a task that ended during the read, so that only its ended entry remains. */
const onceEach = (endedFirst: readonly RoleEntry[]): readonly RoleEntry[] => [
  ...new Map(endedFirst.toReversed().map((entry) => [entry.path, entry])).values(),
];

/** Moment after every end; epoch seconds. */
const LAST = 9_999_999_999;
