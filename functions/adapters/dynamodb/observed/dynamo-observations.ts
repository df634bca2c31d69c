import { isAccountId } from "../../../core/deployment/account-id.ts";
import type { Observation, ObservationIn, Observations, Watched } from "../../../core/revocation/observation.ts";
import type { TaskPath } from "../../../core/task-path.ts";
import { keys, observationsPartition } from "../table/dynamo-keys.ts";
import type { DynamoTable } from "../table/dynamo-table.ts";

/** Time for which observations are stored; seconds. */
const KEPT_SECONDS = 7 * 86_400;

/** Upper bound on a task's roles. */
const ROLES = 100;

/** Observations of probes, one item for each task and role. */
export class DynamoObservations implements Observations {
  readonly #table: DynamoTable;

  constructor(table: DynamoTable) {
    this.#table = table;
  }

  async record({ path, account, role, endedAtMs }: Watched, observation: Observation): Promise<void> {
    const ttl = Math.floor(endedAtMs / 1_000) + KEPT_SECONDS;
    await this.#table.insert(keys.observation(path, { account, role }), { account, role, observation, ttl });
  }

  async of(path: TaskPath): Promise<readonly ObservationIn[]> {
    const items = await this.#table.page(observationsPartition(path), undefined, ROLES);
    return items.flatMap(({ account, role, observation }) =>
      isAccountId(account) ? [{ role: { account, role: String(role) }, observation: observation as Observation }] : [],
    );
  }
}
