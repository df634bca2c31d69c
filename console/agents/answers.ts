import type * as agents from "../../contract/agents.ts";
import type { Read } from "../../contract/operation.ts";

export type AgentList = Read<agents.AgentList>;
export type ListedAgent = AgentList["agents"][number];
export type ShownAgent = Read<agents.ShownAgent>;
export type Binding = ShownAgent["bindings"][number];

/** Fields of a live task that an agent's page shows. */
export interface LiveTask {
  readonly id: string;
  readonly purpose: string;
  readonly opened_at: string;
  readonly expires_at: string;
}

/** Shown fields of the answer of `GET /v1/agents/{agent}/offboarding`. */
export interface Offboarding {
  readonly report: {
    readonly as_of: string;
    readonly complete: boolean;
    readonly steps: readonly { readonly step: string; readonly at: string; readonly by?: string }[];
    readonly totals: {
      readonly tasks: Fates;
      readonly leases: Fates;
      readonly bindings: Fates;
      readonly secrets: Readonly<Record<"rotated" | "pending_rotation" | "not_rotated", number>>;
    };
  };
  readonly sha256?: string;
  readonly signed_off?: { readonly at: string; readonly by: string };
}

export type Fates = Readonly<Record<"revoked" | "expired" | "failed" | "unknown", number>>;
