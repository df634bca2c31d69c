import type { Deployment } from "../../functions/core/deployment/deployment.ts";
import type { Escalation } from "../../functions/core/deployment/escalation-rules.ts";
import type { Policies } from "../../functions/core/policy/query.ts";
import { intake } from "../../functions/intake/intake.ts";
import { FakeService } from "../fakes/world/service.ts";
import { DEPLOYMENT, type FakeWorld, fakeWorld } from "../fakes/world/world.ts";

const HUB = "999900001111";

/** A service with responses to escalations, and the function `intake` that performs them. */
export class EscalationScene {
  readonly service: FakeService;

  constructor(escalation: Escalation = {}, policies?: Policies, changed: Partial<Deployment> = {}) {
    const deployment = { ...DEPLOYMENT, escalation, ...changed };
    this.service = new FakeService(fakeWorld({ deployment, ...(policies ? { policies } : {}) }));
  }

  get world(): FakeWorld {
    return this.service.world;
  }

  /** Hands `intake` valetkey's own event of an escalation. @param changed fields of the event itself. */
  async tellIntake(detail: object, changed: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const event = {
      ...{ version: "0", id: "event-1", "detail-type": "escalation.detected", source: "valetkey", account: HUB },
      time: new Date(this.world.nowSeconds() * 1_000).toISOString(),
      detail: { version: "1", requested_by: "valetkey", ...detail },
      ...changed,
    };
    await intake(event, this.world.ports);
  }

  status(path: string) {
    return this.world.ports.tasks.tasks.get(path)?.status;
  }

  records() {
    return this.world.ports.tasks.events.filter(({ type }) => type === "escalation.detected");
  }

  lines(name: string) {
    return this.world.lines.filter(({ event }) => event === name);
  }
}
