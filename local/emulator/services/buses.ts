import type { PolicyDocument } from "../policy-document.ts";

export interface BusSpec {
  readonly name: string;
  /** Policy of the bus. Without one, only the bus's own account may use it. */
  readonly policy?: PolicyDocument;
}

/** An event as a rule's target would get it. */
export interface BusEvent {
  /** Account of the sender, set by EventBridge and not by the sender. */
  readonly account: string;
  /** Account that owns the bus. */
  readonly busAccount: string;
  readonly bus: string;
  readonly id: string;
  /** ISO 8601 time, by the sender where its entry has one. */
  readonly time: string;
  readonly region: string;
  readonly source: string;
  readonly detailType: string;
  /** JSON text */
  readonly detail: string;
}

/**
 * Event buses and the events that were put on them. A bus that nobody created takes events of its own account, as
 * `default` does.
 */
export class Buses {
  readonly events: BusEvent[] = [];
  readonly #specs = new Map<string, BusSpec>();
  readonly #consumer: (event: BusEvent) => void;

  /** @param consumer gets every event after its put; in place of the rules. Must not throw. */
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
