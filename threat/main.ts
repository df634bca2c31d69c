import type { Agent } from "../functions/core/identity/agent.ts";
import { Problem } from "../policy-tools/problem.ts";
import { DELEGATION_PATHS, delegationModel } from "./delegation-paths.ts";
import { jsonIn, readDeployed, registrationIn } from "./inputs.ts";
import { edgesOf, mermaidOf } from "./mermaid.ts";
import { agentModel } from "./model.ts";
import { CONNECTOR_PATHS, connectorModel } from "./path-model.ts";
import { renderAgent } from "./render-agent.ts";
import { renderPath } from "./render-path.ts";

/** Forms of a model. */
export const FORMATS = ["md", "json", "mermaid"] as const;
export type Format = (typeof FORMATS)[number];
export const isFormat = (text: string): text is Format => FORMATS.some((each) => each === text);
export { Problem };

/** Request for the threat model of an agent. */
export interface Wanted {
  readonly agent: string;
  /** Registration, or the file that holds it: one agent, or a list of them as `valetkey apply` takes it. */
  readonly registration: { readonly file: string } | { readonly given: unknown };
  readonly policies: string;
  readonly config: string;
  readonly format: Format;
}

/** Writes the threat model of an agent. @throws {Problem} where a file cannot be used, or the agent is not in it. */
export function threatModel({ agent, registration, policies, config, format }: Wanted): string {
  const deployed = readDeployed(config, policies);
  const given =
    "file" in registration ? chosen(jsonIn(registration.file), agent, registration.file) : registration.given;
  const read: Agent = registrationIn(given, deployed.deployment);
  if (read.id !== agent) throw new Problem(`the registration is of the agent ${read.id}, and not of ${agent}`);
  const model = agentModel(read, deployed);
  if (format === "mermaid") return mermaidOf(edgesOf(model));
  return format === "json" ? jsonOf(model) : renderAgent(model);
}

/** Kinds of the product's own paths. */
const PATHS = {
  connector: { names: CONNECTOR_PATHS, modelOf: connectorModel },
  delegation: { names: DELEGATION_PATHS, modelOf: delegationModel },
} as const;
export type PathKind = keyof typeof PATHS;

/** Writes the threat model of a path of the product: a connector, or a way to delegate. @throws {Problem} where there is none of this name. */
export function pathThreats(kind: PathKind, name: string, format: Format): string {
  const { names, modelOf } = PATHS[kind];
  const model = modelOf(name);
  if (!model) throw new Problem(`--${kind} takes ${names.join(", ")}`);
  if (format === "mermaid") return mermaidOf(model.edges);
  return format === "json" ? jsonOf(model) : renderPath(model);
}

const jsonOf = (model: object): string => `${JSON.stringify(model, null, 2)}\n`;

/** Finds the agent in a file. */
function chosen(read: unknown, agent: string, file: string): unknown {
  const list = Array.isArray(read) ? read : [read];
  const found = list.find((each) => typeof each === "object" && each !== null && "id" in each && each.id === agent);
  if (found === undefined) throw new Problem(`${file} has no agent ${agent}`);
  return found;
}
