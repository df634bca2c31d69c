import type { Agent } from "../functions/core/identity/agent.ts";
import { Problem } from "../policy-tools/problem.ts";
import { jsonIn, readDeployed, registrationIn } from "./inputs.ts";
import { agentModel } from "./model.ts";
import { renderAgent } from "./render-agent.ts";

/** Forms of a model. */
export const FORMATS = ["md", "json"] as const;
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
  return format === "json" ? `${JSON.stringify(model, null, 2)}\n` : renderAgent(model);
}

/** Finds the agent in a file. */
function chosen(read: unknown, agent: string, file: string): unknown {
  const list = Array.isArray(read) ? read : [read];
  const found = list.find((each) => typeof each === "object" && each !== null && "id" in each && each.id === agent);
  if (found === undefined) throw new Problem(`${file} has no agent ${agent}`);
  return found;
}
