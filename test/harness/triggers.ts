import { marshall } from "@aws-sdk/util-dynamodb";
import type { JournalEvent } from "../../functions/core/journal/event.ts";
import { KINDS } from "../../functions/names.ts";
import { reconcileBatch } from "../../functions/reconcile/reconcile-batch.ts";
import type { StreamEvent } from "../../functions/relay/changes.ts";
import { relay } from "../../functions/relay/relay.ts";
import { sweep } from "../../functions/sweep/sweep.ts";
import { FakeBus } from "../fakes/observed/bus.ts";
import { FakeRevocationQueue } from "../fakes/revocation/revocation-queue.ts";
import { FakeRevocations } from "../fakes/revocation/revocations.ts";
import { FakeService, type Held } from "../fakes/world/service.ts";
import { ACCOUNT, fakeWorld } from "../fakes/world/world.ts";

/** The functions behind the triggers, over the world of a service. */
export class Triggers {
  readonly service = new FakeService(fakeWorld());
  readonly revocationQueue = new FakeRevocationQueue();
  readonly bus = new FakeBus();
  readonly revocations = new FakeRevocations();
  /** Postponed messages, with the seconds of each. */
  readonly held: { readonly message: string; readonly seconds: number }[] = [];
  postpone: (message: string, seconds: number) => void = (message, seconds) =>
    void this.held.push({ message, seconds });
  readonly policyWrites = this.service.world.ports.policyWrites;
  readonly #reconciled = new Map<string, number>();
  /** Events that the stream has delivered. */
  readonly #streamed = new Set<JournalEvent>();

  /** Relays the journal's events since the last call, as the table's stream delivers them. */
  async relay(): Promise<void> {
    const { tasks, agents, panics, setConditions } = this.service.world.ports;
    const all = [...tasks.events, ...agents.events, ...panics.events, ...setConditions.events].sort(
      (a, b) => a.at - b.at,
    );
    const events = all.filter((event) => !this.#streamed.has(event));
    for (const event of events) this.#streamed.add(event);
    await relay(
      { Records: events.map(recordOf) },
      { ...this.service.world.ports, revocationQueue: this.revocationQueue, bus: this.bus },
    );
  }

  /**
   * @param sentAtMs time at which the messages were sent, by the queue's clock. @param receives how often each message
   * was delivered.
   */
  reconcile(
    bodies: readonly string[] = this.revocationQueue.sent.splice(0).flat().map(bodyOf),
    sentAtMs?: number,
    receives = 1,
  ) {
    const { ports } = this.service.world;
    const sent = sentAtMs === undefined ? {} : { SentTimestamp: String(sentAtMs) };
    const attributes = { attributes: { ...sent, ApproximateReceiveCount: String(receives) } };
    return reconcileBatch(
      {
        Records: bodies.map((body, index) => ({
          ...{ messageId: `m${index}`, body, receiptHandle: `r${index}` },
          ...attributes,
        })),
      },
      {
        ...ports,
        roles: ports.tasks,
        halts: ports.agents.haltList,
        revocations: this.revocations,
        messages: { postpone: async (message, seconds) => this.postpone(message, seconds) },
        pause: async (ms) => this.service.world.pass(ms / 1_000),
        reconciled: this.#reconciled,
      },
    );
  }

  sweep() {
    const { ports } = this.service.world;
    return sweep({ ...ports, timers: ports.tasks, revocationQueue: this.revocationQueue });
  }

  roleOf({ id }: Held): string {
    return this.service.world.ports.tasks.tasks.get(id)?.leases[0]?.role ?? "none";
  }

  /** The revocation policy of the role of the task's session. */
  textFor(held: Held): string | undefined {
    return this.revocations.texts.get(`${ACCOUNT}/${this.roleOf(held)}`);
  }

  /** The last line of that name in the log. */
  line(event: string) {
    return this.service.world.lines.findLast((line) => line.event === event);
  }
}

/** The journal that the event is in, by its type: of a task, an agent, or the deployment. */
const journalOf = ({ type }: JournalEvent): string =>
  ({ agent: KINDS.agentJournal, panic: KINDS.panicJournal })[type.split(".")[0] ?? ""] ?? KINDS.journal;

export const recordOf = (event: JournalEvent, index: number): StreamEvent["Records"][number] => ({
  eventID: String(index),
  eventName: "INSERT",
  dynamodb: {
    Keys: { pk: { S: `${journalOf(event)}${event.of}` }, sk: { S: `${event.of}#EVENT#${event.n}` } },
    NewImage: marshall({ ...event, kind: "EVENT" }, { removeUndefinedValues: true }) as never,
  },
});
export const bodyOf = ({ account, role }: { readonly account: string; readonly role: string }): string =>
  JSON.stringify({ account, role });
