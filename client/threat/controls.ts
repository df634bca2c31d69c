import type { Verdict } from "../audit/controls/control.ts";
import { CONTROLS } from "../audit/controls/controls.ts";
import type { ControlId } from "../audit/controls/frameworks.ts";

/** Layer of CSA MAESTRO. */
export type Layer = "L1" | "L2" | "L3" | "L4" | "L5" | "L6" | "L7";

/** Parts of a model, each with the controls that cover it. */
export type Topic =
  | "reach"
  | "bindings"
  | "delegation"
  | "on_behalf"
  | "oidc_token"
  | "task_token"
  | "delegation_token"
  | "presentation_token"
  | "aws_session"
  | "connectors"
  | "secrets"
  | "approvals"
  | "revocation";

/** Controls that cover a part of a model, and its layer. */
export interface Cover {
  readonly controls: readonly ControlId[];
  readonly layer: Layer;
}

export const COVERS: Readonly<Record<Topic, Cover>> = {
  reach: { controls: ["NHI5", "NHI8", "ASI02"], layer: "L6" },
  bindings: { controls: ["NHI4", "NHI9"], layer: "L7" },
  delegation: { controls: ["ASI03", "ASI07", "ASI08"], layer: "L7" },
  on_behalf: { controls: ["ASI03", "NHI10"], layer: "L7" },
  oidc_token: { controls: ["NHI4", "NHI2"], layer: "L4" },
  task_token: { controls: ["NHI2", "NHI7"], layer: "L3" },
  delegation_token: { controls: ["ASI03", "ASI07"], layer: "L7" },
  presentation_token: { controls: ["NHI3", "ASI02"], layer: "L7" },
  aws_session: { controls: ["NHI5", "NHI7", "ASI10"], layer: "L4" },
  connectors: { controls: ["NHI7", "ASI08"], layer: "L2" },
  secrets: { controls: ["NHI7", "NHI1"], layer: "L2" },
  approvals: { controls: ["ASI09"], layer: "L6" },
  revocation: { controls: ["NHI1", "ASI10"], layer: "L6" },
};

/** Control of a model. */
export interface NamedControl {
  readonly id: ControlId;
  readonly title: string;
  readonly verdict: Verdict;
}

/** Returns the controls with these ids, in their order. */
export const controlsNamed = (ids: readonly ControlId[]): readonly NamedControl[] =>
  ids.flatMap((id) => CONTROLS.filter((each) => each.id === id).map(({ title, verdict }) => ({ id, title, verdict })));
