import type { Connector, Connectors } from "../core/connectors/connector.ts";
import type { ConnectorType } from "../core/deployment/connector-type.ts";
import {
  type ActionDefinition,
  type ConfiguredSections,
  type ConnectorDefinition,
  entriesOf,
} from "./connector-definition.ts";
import { GITHUB } from "./github/definition.ts";
import { OAUTH } from "./oauth/definition.ts";
import { POSTGRES } from "./postgres/definition.ts";
import { SECRET } from "./secret/definition.ts";

/**
 * All connectors, each with its definition and a loader of its code. Messages and documents name connectors in this
 * order. The code is loaded only where a deployment uses the connector, and not at every cold start. `aws` has its own
 * path, in which STS runs beside the record for speed.
 */
const CONNECTORS = {
  postgres: { ...POSTGRES, load: async () => (await import("./postgres/postgres-connector.ts")).postgresConnector },
  secret: { ...SECRET, load: async () => (await import("./secret/secret-connector.ts")).secretConnector },
  oauth: { ...OAUTH, load: async () => (await import("./oauth/oauth-connector.ts")).oauthConnector },
  github: { ...GITHUB, load: async () => (await import("./github/github-connector.ts")).githubConnector },
} as const satisfies {
  readonly [T in ConnectorType]: ConnectorDefinition<T> & { readonly load: () => Promise<(needs: never) => Connector> };
};

type NeedsOf<T extends ConnectorType> = Parameters<Awaited<ReturnType<(typeof CONNECTORS)[T]["load"]>>>[0];

/** Ports and settings of all connectors together. */
export type ConnectorNeeds = {
  [T in ConnectorType]: (needs: NeedsOf<T>) => void;
}[ConnectorType] extends (needs: infer All) => void
  ? All
  : never;

/** Definitions of all connectors, in order. */
export const DEFINITIONS: readonly ConnectorDefinition[] = Object.values(CONNECTORS);

/** Actions of all connectors, by name. The actions of AWS are not among them. */
export const CONNECTOR_ACTIONS: ReadonlyMap<string, ActionDefinition> = new Map(
  DEFINITIONS.flatMap(({ actions }) => Object.entries(actions)),
);

export const CONNECTOR_TYPES = DEFINITIONS.map(({ type }) => type);

/** Loads and makes the connectors that this deployment uses. */
export async function connectorsOf(ports: ConnectorNeeds): Promise<Connectors> {
  const used = DEFINITIONS.filter((definition) => isUsed(definition, ports.deployment));
  const make = await loadConnectors(used.map(({ type }) => type));
  return make(ports);
}

/** Returns true for a connector that needs no section of `valetkey.json`, or has entries in its section. */
export const isUsed = ({ section }: ConnectorDefinition, sections: ConfiguredSections): boolean =>
  section === null || entriesOf(section, sections).length > 0;

/**
 * Loads the code of these types' connectors, all by default, and returns a function that makes the connectors from
 * ports.
 */
export async function loadConnectors(types: readonly ConnectorType[] = CONNECTOR_TYPES) {
  const loaded = await Promise.all(types.map(async (type) => [type, await makerOf(type)] as const));
  return (ports: ConnectorNeeds): Connectors => Object.fromEntries(loaded.map(([type, make]) => [type, make(ports)]));
}

const makerOf = (type: ConnectorType): Promise<(ports: ConnectorNeeds) => Connector> => CONNECTORS[type].load();
