import { probeBatch } from "../../functions/probe/probe-batch.ts";
import { FakeProbeSessions } from "../fakes/observed/probes.ts";
import type { Held } from "../fakes/world/service.ts";
import { Triggers } from "./triggers.ts";

/** A task that an operator ended, and an AWS that enforces a policy some time after it was written. */
export class Watching {
  readonly triggers = new Triggers();
  readonly probeSessions = new FakeProbeSessions();
  readonly world = this.triggers.service.world;
  readonly ports = this.world.ports;
  /** Time from which AWS enforces IAM's policy. */
  actsAtMs = Number.POSITIVE_INFINITY;

  constructor() {
    this.probeSessions.outcome = ({ path }) =>
      this.ports.clock.nowMs() >= this.actsAtMs && this.ports.probeQueue.sent.some((each) => each.path === path)
        ? "refused"
        : "answered";
  }

  async ended(): Promise<Held> {
    const held = await this.triggers.service.start();
    await this.triggers.service.endTask(held.id);
    await this.triggers.relay();
    return held;
  }

  probe(bodies: readonly string[] = this.ports.probeQueue.sent.map((each) => JSON.stringify(each))) {
    return probeBatch(
      { Records: bodies.map((body) => ({ body })) },
      { ...this.ports, probeSessions: this.probeSessions, pause: async (ms: number) => this.world.pass(ms / 1_000) },
    );
  }

  async receipt({ id }: Held) {
    const { body } = await this.triggers.service.operate("GET /v1/tasks/{task}/receipt", { parameters: { task: id } });
    return body as { readonly leases: readonly { readonly observed?: unknown }[]; readonly complete: boolean };
  }
}
