import type { Channel } from "../core/deployment/channel.ts";
import type { SectionName } from "../core/deployment/connector-type.ts";
import type { Deployment } from "../core/deployment/deployment.ts";
import { type ConfiguredSections, entriesOf, type SectionDefinition } from "./connector-definition.ts";
import { DEFINITIONS, isUsed } from "./connectors.ts";

/**
 * Lists the names of the deployment's own secrets: for the connectors' providers, for the management of OAuth clients,
 * and for approvals. No task gets these secrets.
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

/** Lists the names of the secrets by which connectors authenticate to their providers, in the connectors' order. */
export const providerSecrets = (sections: ConfiguredSections): readonly string[] =>
  secretsBySection(sections).flatMap(([, names]) => names);

/** Lists the same names by the section of `valetkey.json` that has them. */
export const secretsBySection = (sections: ConfiguredSections): readonly (readonly [string, readonly string[]])[] =>
  DEFINITIONS.flatMap(({ section }) =>
    section === null ? [] : [[section.name, secretsIn(section, sections)] as const],
  );

const secretsIn = <S extends SectionName>(section: SectionDefinition<S>, sections: ConfiguredSections) =>
  entriesOf(section, sections).flatMap((entry) => section.secretsOf(entry));

/** Returns true where a connector in use stores sealed tokens in its leases: functions then read the sealing key. */
export const keepsTokens = (sections: ConfiguredSections): boolean =>
  DEFINITIONS.some((definition) => definition.keepsTokens && isUsed(definition, sections));

/** Configured issuers and channels whose secrets serve approvals. */
interface Approving {
  readonly issuers?: readonly { readonly approvals?: { readonly secret?: string | undefined } | undefined }[];
  readonly notify?: Readonly<Record<string, Channel>> | undefined;
}

/**
 * Lists the names of the secrets for approvals: those of the issuers' clients, and those of the channels. No task gets
 * these secrets.
 */
export const approvalSecrets = ({ issuers = [], notify = {} }: Approving): readonly string[] => [
  ...new Set([...issuers.flatMap(({ approvals }) => approvals?.secret ?? []), ...channelSecrets({ notify })]),
];

/** Lists the names of the channels' secrets. Only the function `notify` reads these secrets. */
export const channelSecrets = ({ notify = {} }: Pick<Approving, "notify">): readonly string[] => [
  ...new Set(Object.values(notify).map(({ secret }) => secret)),
];
