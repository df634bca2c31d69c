import { writeFileSync } from "node:fs";
import type { Agent } from "../../functions/core/identity/agent.ts";
import { type ModelHashes, modelHashes } from "../../functions/core/threat/model-hashes.ts";
import { Problem } from "../../functions/policy/problem.ts";
import { baselineFile, readBaseline, withAccepted } from "../../functions/policy/reach/baseline.ts";
import { deployedThreats } from "../../functions/policy/reach/reach-parts.ts";
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
  /** Registration, or its file. The file has one agent, or a list of agents as for `valetkey apply`. */
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

/** Model of an agent from a checkout, with its hashes. */
export interface LocalModel {
  /** Threat model, as Markdown. */
  readonly text: string;
  readonly hashes: ModelHashes;
}

/** Makes the model of a registered agent from a checkout, with the hashes that a build of it would deploy. @throws {Problem} */
export function localModel({ agent, given, policies, config }: LocalWanted): LocalModel {
  const deployed = readDeployed(config, policies);
  const read = registrationIn(given, deployed.deployment);
  if (read.id !== agent) throw new Problem(`the registration is of the agent ${read.id}, and not of ${agent}`);
  return {
    text: renderAgent(agentModel(read, deployed)),
    hashes: modelHashes(read, deployedThreats(deployed.parts)),
  };
}

/** Request for a model to compare with the deployed one. */
export interface LocalWanted extends Pick<Wanted, "agent" | "policies" | "config"> {
  /** Registration as the service answers it. */
  readonly given: unknown;
}

/** Accepted hashes, and the checkout whose accepted parts go into the baseline. */
export interface AcceptedParts extends Pick<Wanted, "policies" | "config"> {
  readonly accepted: ReadonlySet<string>;
}

/**
 * Writes the accepted parts of a checkout's reach into its baseline.
 * @returns the file, and the names of its new parts.
 * @throws {Problem}
 */
export function keepAccepted({ accepted, policies, config }: AcceptedParts) {
  const file = baselineFile(config);
  const { parts } = readDeployed(config, policies).parts;
  try {
    const { baseline, names } = withAccepted(readBaseline(file), parts, accepted);
    if (names.length > 0) writeFileSync(file, `${JSON.stringify(baseline, null, 2)}\n`);
    return { file, parts: names };
  } catch (error) {
    throw new Problem(error instanceof Error ? error.message : String(error));
  }
}

/** Kinds of paths of the product that have models. */
const PATHS = {
  connector: { names: CONNECTOR_PATHS, modelOf: connectorModel },
  delegation: { names: DELEGATION_PATHS, modelOf: delegationModel },
} as const;
export type PathKind = keyof typeof PATHS;

/**
 * Writes the threat model of a path of the product: a connector, or a way to delegate.
 * @throws {Problem} for an unknown name.
 */
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
