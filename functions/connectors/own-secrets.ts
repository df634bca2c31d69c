import type { SectionName } from "../core/connectors/connector-type.ts";
import type { Deployment } from "../core/deployment/deployment.ts";
import { type ConfiguredSections, entriesOf, type SectionDefinition } from "./connector-definition.ts";
import { DEFINITIONS, isUsed } from "./connectors.ts";

/**
 * Names of the secrets by which this deployment itself shows who it is: to the connectors' providers, and where it manages clients.
 * Tasks are never leased them.
 */
export const ownSecrets = ({
  oauthClients = [],
  ...sections
}: ConfiguredSections & Pick<Deployment, "oauthClients">): readonly string[] => [
  ...providerSecrets(sections),
  ...oauthClients.map(({ registrationToken }) => registrationToken),
];

/** Names of the secrets by which connectors show their providers who they are, in the connectors' order. */
export const providerSecrets = (sections: ConfiguredSections): readonly string[] =>
  DEFINITIONS.flatMap(({ section }) => (section === null ? [] : secretsIn(section, sections)));

const secretsIn = <S extends SectionName>(section: SectionDefinition<S>, sections: ConfiguredSections) =>
  entriesOf(section, sections).flatMap((entry) => section.secretsOf(entry));

/** True where a connector in use keeps sealed tokens in its leases: functions then read the sealing key. */
export const keepsTokens = (sections: ConfiguredSections): boolean =>
  DEFINITIONS.some((definition) => definition.keepsTokens && isUsed(definition, sections));
