import { type ConnectorNeeds, loadConnectors } from "../../functions/connectors/connectors.ts";
import { sampleSections } from "../../functions/connectors/sections.ts";
import type { Connectors } from "../../functions/core/connectors/connector.ts";
import { isRecord } from "../../functions/core/intent/place.ts";

const connectorsBy = await loadConnectors();

/**
 * The connectors, to parse and to describe details: no provider is needed to decide, so none can be asked.
 * @param intent the databases, providers and owners that it names are taken for granted: which there are is the matter of valetkey.json.
 */
export function connectorsFor(intent: readonly unknown[]): Connectors {
  const own: Partial<ConnectorNeeds> = { deployment: sampleSections(intent.filter(isRecord)), ownSecrets: [] };
  const needs = new Proxy(own, {
    get: (known, name) => (name in known ? Reflect.get(known, name) : noProvider()),
  });
  return connectorsBy(needs as ConnectorNeeds);
}

function noProvider(): never {
  throw new Error("a decision asks no provider");
}
