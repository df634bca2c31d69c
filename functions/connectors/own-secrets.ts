import type { Channel } from "../core/deployment/channel.ts";
import type { SectionName } from "../core/deployment/connector-type.ts";
import type { Deployment } from "../core/deployment/deployment.ts";
import { type ConfiguredSections, entriesOf, type SectionDefinition } from "./connector-definition.ts";
import { DEFINITIONS, isUsed } from "./connectors.ts";

/**
 * Names of the secrets by which this deployment itself shows who it is: to the connectors' providers, where it manages clients, and where
 * it asks people for approvals.
 * Tasks are never leased them.
 */
export const ownSecrets = ({
  oauthClients = [],
  issuers = [],
  notify = {},
  ...sections
}: ConfiguredSections & Partial<Pick<Deployment, "oauthClients" | "issuers" | "notify">>): readonly string[] => [
  ...providerSecrets(sections),
  ...oauthClients.map(({ registrationToken }) => registrationToken),
  ...approvalSecrets({ issuers, notify }),
];

/** Names of the secrets by which connectors show their providers who they are, in the connectors' order. */
export const providerSecrets = (sections: ConfiguredSections): readonly string[] =>
  DEFINITIONS.flatMap(({ section }) => (section === null ? [] : secretsIn(section, sections)));

const secretsIn = <S extends SectionName>(section: SectionDefinition<S>, sections: ConfiguredSections) =>
  entriesOf(section, sections).flatMap((entry) => section.secretsOf(entry));

/** True where a connector in use keeps sealed tokens in its leases: functions then read the sealing key. */
export const keepsTokens = (sections: ConfiguredSections): boolean =>
  DEFINITIONS.some((definition) => definition.keepsTokens && isUsed(definition, sections));

/** Issuers and channels whose secrets serve approvals, as configured. */
interface Approving {
  readonly issuers?: readonly { readonly approvals?: { readonly secret?: string | undefined } | undefined }[];
  readonly notify?: Readonly<Record<string, Channel>> | undefined;
}

/** Names of the secrets by which approvals are collected and announced: clients' secrets and channels'. Tasks are never leased them. */
export const approvalSecrets = ({ issuers = [], notify = {} }: Approving): readonly string[] => [
  ...new Set([...issuers.flatMap(({ approvals }) => approvals?.secret ?? []), ...channelSecrets({ notify })]),
];

/** Names of the secrets of channels, which `notify` alone reads. */
export const channelSecrets = ({ notify = {} }: Pick<Approving, "notify">): readonly string[] => [
  ...new Set(Object.values(notify).map(({ secret }) => secret)),
];
