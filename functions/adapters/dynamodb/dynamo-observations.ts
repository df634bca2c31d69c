import type { Observation, Watched } from "../../core/revocation/observation.ts";
import type { ObservationIn, Observations } from "../../core/revocation/observations.ts";
import type { TaskPath } from "../../core/task-path.ts";
import { KINDS } from "../../names.ts";
import type { DynamoTable } from "./dynamo-table.ts";

/** Time for which observations are stored, the same as for policy writes; seconds. */
const KEPT_SECONDS = 7 * 86_400;

/** Upper bound on a task's roles. */
const ROLES = 100;

/** Observations, at `WRITES#OBSERVED#path` / `account#role`: under the prefix of policy writes, yet in no role's list, as no account is `OBSERVED`. */
export class DynamoObservations implements Observations {
  readonly #table: DynamoTable;

  constructor(table: DynamoTable) {
    this.#table = table;
  }

  async record({ path, account, role, endedAtMs }: Watched, observation: Observation): Promise<void> {
    const ttl = Math.floor(endedAtMs / 1_000) + KEPT_SECONDS;
    const key = { pk: observationsPartition(path), sk: `${account}#${role}` };
    await this.#table.insert(key, { account, role, observation, ttl });
  }

  async of(path: TaskPath): Promise<readonly ObservationIn[]> {
    const items = await this.#table.page(observationsPartition(path), undefined, ROLES);
    return items.map(({ account, role, observation }) => ({
      role: { account: String(account), role: String(role) },
      observation: observation as Observation,
    }));
  }
}

const observationsPartition = (path: TaskPath): string => `${KINDS.writes}OBSERVED#${path}`;
