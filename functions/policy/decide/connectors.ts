import { type ConnectorNeeds, DEFINITIONS, isUsed, loadConnectors } from "../../connectors/connectors.ts";
import { ownSecrets } from "../../connectors/own-secrets.ts";
import { sampleSections } from "../../connectors/sections.ts";
import type { Connectors } from "../../core/connectors/connector.ts";
import type { Deployment } from "../../core/deployment/deployment.ts";
import { isRecord } from "../../core/intent/place.ts";

const connectorsBy = await loadConnectors();

/**
 * Makes the connectors, to parse and to describe details. A decision needs no provider, so each call of one fails.
 * @param intent without a deployment, every database, provider and owner that the intent names counts as configured.
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
