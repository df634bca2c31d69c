import { type ConnectorNeeds, DEFINITIONS, isUsed, loadConnectors } from "../../functions/connectors/connectors.ts";
import { ownSecrets } from "../../functions/connectors/own-secrets.ts";
import { sampleSections } from "../../functions/connectors/sections.ts";
import type { Connectors } from "../../functions/core/connectors/connector.ts";
import type { Deployment } from "../../functions/core/deployment/deployment.ts";
import { isRecord } from "../../functions/core/intent/place.ts";

const connectorsBy = await loadConnectors();

/**
 * The connectors, to parse and to describe details: no provider is needed to decide, so none can be asked.
 * @param intent the databases, providers and owners that it names are taken for granted, without a deployment: which there are is the matter of valetkey.json.
 */
export function connectorsFor(intent: readonly unknown[], deployment?: Deployment): Connectors {
  const own: Partial<ConnectorNeeds> = {
    deployment: deployment ?? sampleSections(intent.filter(isRecord)),
    ownSecrets: deployment ? ownSecrets(deployment) : [],
  };
  const needs = new Proxy(own, {
    get: (known, name) => (name in known ? Reflect.get(known, name) : noProvider()),
  });
  const connectors = connectorsBy(needs as ConnectorNeeds);
  return Object.fromEntries(
    DEFINITIONS.filter((each) => !deployment || isUsed(each, deployment)).map(({ type }) => [type, connectors[type]]),
  );
}

function noProvider(): never {
  throw new Error("a decision asks no provider");
}
