import type { TaskPath } from "../../functions/core/task-path.ts";
import type { Timer } from "../../functions/core/tasks/timers.ts";
import { type SweepPorts, sweep } from "../../functions/sweep/sweep.ts";
import { FakeLeaseRevocationQueue } from "../fakes/revocation/pending-revocations.ts";
import { FakeRevocationQueue } from "../fakes/revocation/revocation-queue.ts";
import { aTask, aUse } from "../fakes/samples/task.ts";
import { FakeService } from "../fakes/world/service.ts";
import { type FakeWorld, fakeWorld } from "../fakes/world/world.ts";

/** Ports of the sweep over a world. */
export const sweepingPorts = ({ ports }: FakeWorld, revocationQueue = new FakeRevocationQueue()): SweepPorts => ({
  ...ports,
  timers: ports.tasks,
  pendingRevocations: ports.tasks.pendingRevocations,
  leaseRevocationQueue: new FakeLeaseRevocationQueue(),
  revocationQueue,
});

/** The minute's sweep over the world of a service. */
export class Sweeping {
  readonly service = new FakeService(fakeWorld());
  readonly revocationQueue = new FakeRevocationQueue();
  readonly tasks = this.service.world.ports.tasks;
  /** Names of the record's methods called since the last sweep began. */
  calls: string[] = [];

  get ports(): SweepPorts {
    return sweepingPorts(this.service.world, this.revocationQueue);
  }

  sweep(ports: SweepPorts = this.ports) {
    this.calls = [];
    this.tasks.before = (method) => void this.calls.push(method);
    return sweep(ports);
  }

  /**
   * Opens tasks past the service, due in so many seconds, or overdue where negative. Their timers are at their
   * deadline.
   */
  async open(count: number, dueInSeconds: number): Promise<readonly TaskPath[]> {
    const expiresAt = this.service.world.nowSeconds() + dueInSeconds;
    const paths: TaskPath[] = [];
    for (let index = 0; index < count; index += 1) {
      const { task, event } = aTask({ expiresAt, openedAt: expiresAt, confirmed: true, leases: [] });
      await this.tasks.open(task, event, aUse(), undefined);
      paths.push(task.path);
    }
    return paths;
  }

  statusOf(path: string): string | undefined {
    return this.tasks.tasks.get(path)?.status;
  }

  /** Timers of all lists. */
  timers(): readonly Timer[] {
    return [...this.tasks.timers.values()].flatMap((list) => [...list.values()]);
  }

  count(method: string): number {
    return this.calls.filter((call) => call === method).length;
  }

  endings(): number {
    return this.tasks.events.filter(({ type }) => type === "task.ended").length;
  }

  lines(event: string) {
    return this.service.world.lines.filter((line) => line.event === event);
  }
}
