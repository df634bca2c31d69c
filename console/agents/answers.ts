import type * as agents from "../../contract/agents.ts";
import type * as offboarding from "../../contract/offboarding.ts";
import type { Read } from "../../contract/operation.ts";
import type { ShownTask } from "../../contract/tasks.ts";

export type AgentList = Read<agents.AgentList>;
export type ListedAgent = AgentList["agents"][number];
export type ShownAgent = Read<agents.ShownAgent>;
export type Binding = ShownAgent["bindings"][number];

/** Live task, as far as an agent's page shows it. */
export type LiveTask = Pick<Read<ShownTask>, "id" | "purpose" | "opened_at" | "expires_at">;

/** Shown fields of the answer of `GET /v1/agents/{agent}/offboarding`. */
export interface Offboarding extends Pick<Whole, "sha256"> {
  readonly report: Pick<Whole["report"], "as_of" | "complete" | "totals"> & { readonly steps: readonly Step[] };
  readonly signed_off?: Pick<NonNullable<Whole["signed_off"]>, "at" | "by">;
}

type Whole = Read<offboarding.Offboarding>;
type Step = Pick<Whole["report"]["steps"][number], "step" | "at" | "by">;

export type Fates = Whole["report"]["totals"]["tasks"];
