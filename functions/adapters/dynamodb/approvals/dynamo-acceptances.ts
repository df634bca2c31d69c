import type { AgentId } from "../../../../contract/agent-id.ts";
import type { SignIn } from "../../../core/identity/sign-in.ts";
import type { JournalEvent } from "../../../core/journal/event.ts";
import { jsonFields } from "../../../core/text/json-fields.ts";
import { ACCEPTANCES_READ, type SealedAcceptance } from "../../../core/threat/acceptance.ts";
import type { GivenAcceptances } from "../../../core/threat/acceptances.ts";
import type { DeployedThreats } from "../../../core/threat/deployed-threats.ts";
import { TimedCache } from "../../memory/timed-cache.ts";
import { actWrites, signInRefusal } from "../identity/sign-in-items.ts";
import { recordOf } from "../table/dynamo-item.ts";
import { acceptancePartition, keys } from "../table/dynamo-keys.ts";
import type { DynamoTable } from "../table/dynamo-table.ts";
import type { Item } from "../table/raw-item.ts";
import { eventWrite } from "../tasks/task-change.ts";

const CACHE_MS = 60_000;

/** Acceptances of threat models in the one table: `ACCEPTANCE#agent`, sorted by their time. */
export class DynamoAcceptances implements GivenAcceptances {
  readonly deployed: DeployedThreats;
  readonly #table: DynamoTable;
  /** Cached lists, read or being read; undefined after a failed read, so that the list is read again. */
  readonly #lists: TimedCache<Promise<readonly SealedAcceptance[] | undefined>>;

  constructor(table: DynamoTable, deployed: DeployedThreats, nowMs: () => number) {
    this.#table = table;
    this.deployed = deployed;
    this.#lists = new TimedCache(CACHE_MS, 1_000, nowMs);
  }

  /** Begins to read an agent's list, beside the other reads of the agent. */
  begin(agent: AgentId): void {
    if (!this.#lists.find(agent))
      this.#lists.keep(
        agent,
        this.#list(agent).catch(() => undefined),
      );
  }

  async find(agent: AgentId): Promise<readonly SealedAcceptance[]> {
    return (await this.#lists.find(agent)) ?? (await this.read(agent));
  }

  async read(agent: AgentId): Promise<readonly SealedAcceptance[]> {
    const list = await this.#list(agent);
    this.#lists.keep(agent, Promise.resolve(list));
    return list;
  }

  async give({ seal, ...acceptance }: SealedAcceptance, signIn: SignIn, event: JournalEvent): Promise<void> {
    const failed = await this.#table.transact([
      this.#table.putWrite(
        "acceptance",
        keys.acceptance(acceptance),
        { acceptance: JSON.stringify(acceptance), seal },
        "absent",
      ),
      eventWrite(this.#table, event),
      ...actWrites(this.#table, signIn),
    ]);
    if (failed.length > 0) throw signInRefusal(failed);
  }

  async #list(agent: AgentId): Promise<readonly SealedAcceptance[]> {
    const range = { from: "0", to: "~", most: ACCEPTANCES_READ };
    const { value: page } = await this.#table.lastFirst(acceptancePartition(agent), range).next();
    const items: readonly Item[] = page ?? [];
    return items.map((item) => recordOf<SealedAcceptance>({ ...jsonFields(String(item.acceptance)), seal: item.seal }));
  }
}
