import type { AgentId } from "../../../../contract/agent-id.ts";
import type { ConsentRef, LiveConsent, SealedConsent } from "../../../core/consents/consent.ts";
import type { GivenConsents } from "../../../core/consents/consents.ts";
import type { Person } from "../../../core/identity/person.ts";
import type { SignIn } from "../../../core/identity/sign-in.ts";
import type { JournalEvent } from "../../../core/journal/event.ts";
import { Refusal } from "../../../core/refusal.ts";
import { jsonFields } from "../../../core/text/json-fields.ts";
import { actWrites, signInRefusal } from "../identity/sign-in-items.ts";
import { recordOf } from "../table/dynamo-item.ts";
import { keys, liveConsentPartition } from "../table/dynamo-keys.ts";
import { type DynamoTable, MARGIN_SECONDS, type Write } from "../table/dynamo-table.ts";
import type { Item } from "../table/raw-item.ts";
import { eventWrite } from "./task-change.ts";

/** Time for which a consent stays readable after its expiry; seconds. */
const READABLE_SECONDS = 90 * 86_400;

/** Consents in the one table: `CONSENT#id`, and `LIVECONSENT#issuer|person` / agent while the consent is live. */
export class DynamoConsents implements GivenConsents {
  readonly #table: DynamoTable;

  constructor(table: DynamoTable) {
    this.#table = table;
  }

  async read(id: string): Promise<SealedConsent | undefined> {
    const item = await this.#table.get(keys.consent(id));
    // The seal covers every field, so the seal of a text in another form does not verify.
    return item && recordOf<SealedConsent>({ ...jsonFields(String(item.consent)), seal: item.seal });
  }

  async find(person: Person, agent: AgentId): Promise<LiveConsent | undefined> {
    const item = await this.#table.get(keys.liveConsent(person, agent));
    return item && entryOf(item);
  }

  async list(person: Person): Promise<readonly LiveConsent[]> {
    return (await this.#table.query(liveConsentPartition(person), "")).map(entryOf);
  }

  async give({ seal, ...consent }: SealedConsent, signIn: SignIn, event: JournalEvent): Promise<void> {
    const { id, person, agent, createdAt, expiresAt } = consent;
    const live = { id, expiresAt, ttl: expiresAt + MARGIN_SECONDS };
    const failed = await this.#table.transact([
      this.#table.putWrite(
        "consent",
        keys.consent(id),
        { consent: JSON.stringify(consent), seal, ttl: expiresAt + READABLE_SECONDS },
        "absent",
      ),
      // DynamoDB removes expired items only some time after their expiry.
      this.#table.putWrite("live", keys.liveConsent(person, agent), live, {
        where: "attribute_not_exists(#id) OR #expiresAt <= :now",
        names: { id: "id", expiresAt: "expiresAt" },
        values: { now: createdAt },
      }),
      eventWrite(this.#table, event),
      ...actWrites(this.#table, signIn),
    ]);
    if (failed.includes("live")) throw new Refusal("consent_exists");
    if (failed.length > 0) throw signInRefusal(failed);
  }

  async withdraw({ id, person, agent }: ConsentRef, event: JournalEvent): Promise<boolean> {
    const failed = await this.#table.transact([
      this.#table.deleteWriteIf("live", keys.liveConsent(person, agent), isOf(id)),
      eventWrite(this.#table, event),
    ]);
    if (failed.includes("live")) return false;
    if (failed.length > 0) throw signInRefusal(failed);
    return true;
  }
}

/**
 * Records that a task is opened or prolonged under the consent, on the condition that the consent is live. Does not
 * restore a removed entry.
 */
export const consentUse = (table: DynamoTable, { id, person, agent }: ConsentRef, usedAt: number): Write =>
  table.updateWrite("consented", keys.liveConsent(person, agent), {
    set: "SET #usedAt = :usedAt",
    where: "#id = :id",
    names: { id: "id", usedAt: "usedAt" },
    values: { id, usedAt },
  });

const entryOf = ({ id, usedAt }: Item): LiveConsent => ({
  id: String(id),
  ...(usedAt === undefined ? {} : { usedAt: Number(usedAt) }),
});

const isOf = (id: string) => ({ where: "#id = :id", names: { id: "id" }, values: { id } });
