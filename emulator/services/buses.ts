import type { PolicyDocument } from "../policy-document.ts";

export interface BusSpec {
  readonly name: string;
  /** The bus's own policy; without one it is the account's own alone. */
  readonly policy?: PolicyDocument;
}

/** An event as a rule's target would get it. */
export interface BusEvent {
  /** Account of the sender, set by EventBridge and not by the sender. */
  readonly account: string;
  /** Whose bus it was put to, and its name. */
  readonly busAccount: string;
  readonly bus: string;
  readonly id: string;
  /** ISO 8601: the sender's word, where it says one. */
  readonly time: string;
  readonly region: string;
  readonly source: string;
  readonly detailType: string;
  /** JSON text */
  readonly detail: string;
}

/** Event buses and everything that was put to them. A bus that nobody created takes what its own account puts, as `default` does. */
export class Buses {
  readonly events: BusEvent[] = [];
  readonly #specs = new Map<string, BusSpec>();
  readonly #consumer: (event: BusEvent) => void;

  /** @param consumer gets every event, once it was put; in place of the rules. Must not throw. */
  constructor(consumer: (event: BusEvent) => void = () => undefined) {
    this.#consumer = consumer;
  }

  create(account: string, spec: BusSpec): void {
    this.#specs.set(`${account}/${spec.name}`, spec);
  }

  has(account: string, name: string): boolean {
    return this.#specs.has(`${account}/${name}`);
  }

  remove(account: string, name: string): void {
    this.#specs.delete(`${account}/${name}`);
  }

  policyOf(account: string, name: string): PolicyDocument | undefined {
    return this.#specs.get(`${account}/${name}`)?.policy;
  }

  put(event: BusEvent): void {
    this.events.push(event);
    this.#consumer(event);
  }
}
