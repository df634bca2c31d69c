import CONTROLS from "../controls.json" with { type: "json" };

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

/** Controls of `client/controls.json` that cover a part, and its layer. */
export interface Cover {
  readonly controls: readonly string[];
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
  readonly id: string;
  readonly title: string;
  readonly verdict: string;
}

/** Finds controls by their ids. @throws {Error} for an id that `client/controls.json` does not have. */
export function controlsNamed(ids: readonly string[]): readonly NamedControl[] {
  const all: readonly NamedControl[] = CONTROLS;
  return ids.map((id) => {
    const found = all.find((each) => each.id === id);
    if (!found) throw new Error(`client/controls.json has no control ${id}`);
    return { id, title: found.title, verdict: found.verdict };
  });
}
