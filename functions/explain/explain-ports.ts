import type { PreparedPolicy } from "../core/policy/prepared-policy.ts";
import type { Ports } from "../core/ports.ts";

export interface ExplainPorts extends Ports {
  /** Policies as they are deployed, in their order. */
  readonly prepared: readonly PreparedPolicy[];
}
