import type { ConnectorLease } from "../../functions/core/connector.ts";
import type { ReleaseQueue, Releases } from "../../functions/core/ports.ts";
import type { LeaseRef, Release } from "../../functions/core/tasks/release.ts";

/** What is to be taken back, in memory. The record of tasks (`FakeTasks`) writes here, as the table's transactions do. */
export class FakeReleases implements Releases {
  readonly known = new Map<string, Release>();
  before: (method: string) => void | Promise<void> = () => undefined;

  async read(lease: LeaseRef): Promise<Release | undefined> {
    await this.before("read");
    return this.known.get(keyOf(lease));
  }

  async list(): Promise<readonly Release[]> {
    await this.before("list");
    return [...this.known.values()];
  }

  async forget(lease: LeaseRef): Promise<void> {
    await this.before("forget");
    this.known.delete(keyOf(lease));
  }

  planned(lease: ConnectorLease): void {
    this.known.set(keyOf(lease), { lease, confirmed: this.known.get(keyOf(lease))?.confirmed ?? false });
  }

  /** Whether what stands there is this very issue, in this state. */
  isStill(lease: ConnectorLease, state: ConnectorLease["state"]): boolean {
    const own = this.known.get(keyOf(lease))?.lease;
    return own?.startedAt === lease.startedAt && own.state === state;
  }

  confirmed(lease: ConnectorLease): void {
    this.known.set(keyOf(lease), { lease, confirmed: true });
  }

  gone(lease: LeaseRef): void {
    this.known.delete(keyOf(lease));
  }
}

const keyOf = ({ path, name }: LeaseRef): string => `${path}#${name}`;

/** The queue in memory. */
export class FakeReleaseQueue implements ReleaseQueue {
  readonly sent: LeaseRef[] = [];

  async send(leases: readonly LeaseRef[]): Promise<void> {
    this.sent.push(...leases);
  }
}
