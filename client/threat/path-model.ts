import { TASK_SECONDS } from "../../contract/limits.ts";
import { AWS_THREAT } from "../../functions/connectors/aws/threat.ts";
import type { ConnectorThreat } from "../../functions/connectors/connector-definition.ts";
import { DEFINITIONS } from "../../functions/connectors/connectors.ts";
import { COVERS, controlsNamed, type Layer, type NamedControl, type Topic } from "./controls.ts";
import { FORMAT } from "./model.ts";
import { timeInWords } from "./time-in-words.ts";

/** Edge of a model: `who` gives `what` to `whom`. */
export interface Edge {
  readonly who: string;
  readonly what: string;
  readonly whom: string;
}

/** Attacker: somebody who turns, or a thief, with the powers that this gives. */
export interface Attacker {
  readonly who: string;
  readonly can: string;
  readonly cannot: string;
  /** Longest time; seconds. `null` where valetkey does not bound it. */
  readonly seconds: number | null;
}

/** Threat model of a path of the product: a connector, or a way to delegate. */
export interface PathModel {
  readonly format: typeof FORMAT;
  /** Name of its page: `connector-postgres`. */
  readonly path: string;
  readonly title: string;
  /** File that the model is made from. */
  readonly source: string;
  /** Page that describes the path. */
  readonly described: string;
  readonly edges: readonly Edge[];
  /** Questions that policy decides. */
  readonly decided: readonly string[];
  readonly attackers: readonly Attacker[];
  readonly ends: readonly string[];
  readonly controls: readonly NamedControl[];
  readonly layer: Layer;
  readonly residual: readonly string[];
}

/** Completes the model of a path with the controls that cover it. */
export const pathModel = (topic: Topic, parts: Omit<PathModel, "format" | "controls" | "layer">): PathModel => ({
  format: FORMAT,
  ...parts,
  controls: controlsNamed(COVERS[topic].controls),
  layer: COVERS[topic].layer,
});

/** Types of connectors that have a model. */
export const CONNECTOR_PATHS: readonly string[] = ["aws", ...DEFINITIONS.map(({ type }) => type)];

/** Makes the model of a connector; undefined for an unknown type. */
export function connectorModel(type: string): PathModel | undefined {
  if (type === "aws")
    return ofConnector({
      type,
      threat: AWS_THREAT,
      source: "functions/connectors/aws/threat.ts",
      described: "docs/architecture.md",
      decided: ["each action on each resource, a set of resources as a whole"],
      topic: "aws_session",
    });
  const found = DEFINITIONS.find((each) => each.type === type);
  if (!found) return undefined;
  const { threat, actions } = found;
  return ofConnector({
    type,
    threat,
    source: `functions/connectors/${type}/definition.ts`,
    described: `docs/connectors/${type}.md`,
    decided: Object.entries(actions).map(([name, { resource }]) => `${name} on each ${resource}`),
    topic: threat.endsWithTask ? "connectors" : "secrets",
  });
}

interface OfConnector extends Pick<PathModel, "source" | "described" | "decided"> {
  readonly type: string;
  readonly threat: ConnectorThreat;
  readonly topic: Topic;
}

function ofConnector({ type, threat, source, described, decided, topic }: OfConnector): PathModel {
  const { credential, thief, revoked, outlives, others, residual } = threat;
  return pathModel(topic, {
    path: `connector-${type}`,
    title: `the connector ${type}`,
    source,
    described,
    decided,
    edges: [
      { who: "agent", what: "identity and intent", whom: "exchange" },
      { who: "exchange", what: credential, whom: "agent" },
      { who: "agent", what: credential, whom: type === "aws" ? "AWS" : `provider of ${type}` },
    ],
    attackers: [
      {
        who: `a thief of the ${credential}`,
        can: thief,
        cannot: "Get another one, or one for longer: that takes the task token.",
        seconds: threat.longest === "task" ? TASK_SECONDS.most : threat.longest,
      },
    ],
    ends: [
      revoked,
      `If that fails: ${outlives}`,
      `Who else can use it: ${others}`,
      ...(threat.endsWithTask
        ? [`A task lives for ${timeInWords(TASK_SECONDS.most)} at most, by its agent's limits.`]
        : []),
    ],
    residual,
  });
}
