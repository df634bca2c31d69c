import type { Escalation } from "../../functions/core/deployment/escalation-rules.ts";
import type { Detection } from "../../functions/core/escalation/detection.ts";
import type { Held } from "../fakes/world/service.ts";
import { ACCOUNT } from "../fakes/world/world.ts";
import { EscalationScene } from "./escalation-scene.ts";

/** Request that the repository's policies deny. */
export const PAYROLL = {
  authorization_details: JSON.stringify([
    { type: "aws", account: ACCOUNT, actions: ["s3:GetObject"], resources: ["arn:aws:s3:::acme-payroll/*"] },
  ]),
};

/** The exchange and `intake`, with a bus between them. */
export class Watched extends EscalationScene {
  #told = 0;

  constructor(escalation: Escalation = { E7: "revoke_token", E8: "cool_down" }, agents: readonly string[] = []) {
    super(escalation);
    for (const id of agents) this.world.addAgent({ id });
  }

  get reported(): readonly Detection[] {
    return this.world.ports.escalations.reported;
  }

  /** Makes a new token of an agent. */
  token(agent = "demo", claims: Readonly<Record<string, unknown>> = {}): string {
    return this.world.agentToken({ sub: `agent:${agent}`, ...claims });
  }

  /** Makes so many requests that policy denies, each with a new token unless one is given. */
  async refused(times: number, agent = "demo", token?: string): Promise<readonly string[]> {
    const codes: string[] = [];
    for (let time = 0; time < times; time += 1) {
      const { body } = await this.service.exchange({ ...PAYROLL, subject_token: token ?? this.token(agent) });
      codes.push(String(body.code));
      await this.deliver();
    }
    return codes;
  }

  /** Delivers what was put on the bus since. */
  async deliver(from = this.#told): Promise<void> {
    const fresh = this.reported.slice(from);
    this.#told = this.reported.length;
    for (const detail of fresh) await this.tell(detail);
  }

  tell(detail: object): Promise<void> {
    return this.tellIntake(detail);
  }

  start(agent = "demo"): Promise<Held> {
    return this.service.start({ subject_token: this.token(agent) });
  }

  async opens(agent = "demo"): Promise<number> {
    return (await this.service.exchange({ subject_token: this.token(agent) })).status;
  }
}
