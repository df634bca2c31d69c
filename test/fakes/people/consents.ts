import type { ConsentRef, LiveConsent, SealedConsent } from "../../../functions/core/consents/consent.ts";
import type { GivenConsents } from "../../../functions/core/consents/consents.ts";
import { defined } from "../../../functions/core/defined.ts";
import { type Person, personId } from "../../../functions/core/identity/person.ts";
import type { SignIn } from "../../../functions/core/identity/sign-in.ts";
import type { JournalEvent } from "../../../functions/core/journal/event.ts";
import { Refusal } from "../../../functions/core/refusal.ts";
import type { FakeTasks } from "../tasks/tasks.ts";
import { plainCopy } from "../world/plain-copy.ts";

/** Fake record of consents, in memory, with the table's conditions. The contract suite compares it with the adapter. */
export class FakeConsents implements GivenConsents {
  /** Consents by id. */
  readonly consents = new Map<string, SealedConsent>();
  /** Times at which a task was last opened under a consent, by its id; epoch seconds. */
  readonly usedAt = new Map<string, number>();
  /** Ids of live consents, by person and agent. */
  readonly live = new Map<string, Map<string, string>>();
  readonly #tasks: FakeTasks;
  /** Uses a sign-in in the same transaction. */
  useSignIn: (signIn: SignIn | undefined) => void = () => undefined;
  /** Hook before each method. */
  before: (method: string) => void | Promise<void> = () => undefined;

  constructor(tasks: FakeTasks) {
    this.#tasks = tasks;
    tasks.isConsented = this.isLive;
    tasks.useConsent = ({ id }, usedAt) => this.usedAt.set(id, usedAt);
  }

  readonly isLive = ({ id, person, agent }: ConsentRef): boolean => this.live.get(personId(person))?.get(agent) === id;

  async read(id: string): Promise<SealedConsent | undefined> {
    await this.before("read");
    const consent = this.consents.get(id);
    return consent && plainCopy(consent);
  }

  async find(person: Person, agent: string): Promise<LiveConsent | undefined> {
    await this.before("find");
    const id = this.live.get(personId(person))?.get(agent);
    return id === undefined ? undefined : this.#entryOf(id);
  }

  async list(person: Person): Promise<readonly LiveConsent[]> {
    await this.before("list");
    return [...(this.live.get(personId(person))?.values() ?? [])].map((id) => this.#entryOf(id));
  }

  #entryOf(id: string): LiveConsent {
    const usedAt = this.usedAt.get(id);
    return { id, ...defined({ usedAt }) };
  }

  async give(consent: SealedConsent, signIn: SignIn, event: JournalEvent): Promise<void> {
    await this.before("give");
    const { id, person, agent, createdAt } = consent;
    const earlier = this.consents.get((await this.find(person, agent))?.id ?? "");
    if (earlier && earlier.expiresAt > createdAt) throw new Refusal("consent_exists");
    this.useSignIn(signIn);
    if (this.consents.has(id)) throw new Refusal("contended");
    this.consents.set(id, plainCopy(consent));
    const own = this.live.get(personId(person)) ?? new Map<string, string>();
    this.live.set(personId(person), own.set(agent, id));
    this.#tasks.events.push(event);
  }

  async withdraw(consent: ConsentRef, event: JournalEvent): Promise<boolean> {
    await this.before("withdraw");
    if (!this.isLive(consent)) return false;
    this.live.get(personId(consent.person))?.delete(consent.agent);
    this.#tasks.events.push(event);
    return true;
  }
}
