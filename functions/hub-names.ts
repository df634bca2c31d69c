import type { FunctionName } from "../contract/names.ts";

/** Prefix of the names of a hub's resources, unless `valetkey.json` configures another. */
export const DEFAULT_PREFIX = "valetkey";

/**
 * Hub whose names are built: its configuration, its deployment or its scope. Every prefix is `valetkey`, or begins with `valetkey-`. A policy that
 * denies tasks `valetkey*` therefore protects the resources of every hub (docs/decisions/0048).
 */
export interface Prefixed {
  readonly prefix?: string | undefined;
}

/** Returns the prefix of a hub's names. */
export const prefixOf = ({ prefix = DEFAULT_PREFIX }: Prefixed): string => prefix;

/** Makes the name of a resource of the hub. */
export const nameIn = (hub: Prefixed, name: string): string => `${prefixOf(hub)}-${name}`;

/** Returns the word by which the hub's prefix differs from other hubs'; undefined for the hub without one. */
export const hubWord = ({ prefix }: Prefixed): string | undefined =>
  prefix?.slice(DEFAULT_PREFIX.length + 1) || undefined;

/** Makes the name of a function, which is also the name of its IAM role in the hub account. */
export const functionRoleName = (name: FunctionName, hub: Prefixed): string => nameIn(hub, name);

/** Makes the name of a task role in the pool of a target account; `index` counts from 0. */
export const taskRoleName = (index: number, hub: Prefixed): string => `${taskRolesBegin(hub)}${index}`;

/** Makes the beginning of the names of all task roles of an account. */
export const taskRolesBegin = (hub: Prefixed): string => nameIn(hub, "task-");

/** Makes the IAM pattern of all task roles of an account. */
export const taskRolesPattern = (hub: Prefixed): string => `${taskRolesBegin(hub)}*`;

/** True for the name of a task role of the hub. */
export const isTaskRole = (name: string, hub: Prefixed): boolean =>
  name.startsWith(taskRolesBegin(hub)) && /^\d+$/.test(name.slice(taskRolesBegin(hub).length));

/** Lists the names of a pool of that many task roles. */
export const taskRoleNames = (taskRoles: number, hub: Prefixed): readonly string[] =>
  Array.from({ length: taskRoles }, (_, index) => taskRoleName(index, hub));

/** Makes the name of the one role in a target account that may write its task roles' revocation policies. */
export const revokerRole = (hub: Prefixed): string => nameIn(hub, "revoker");

/** Returns the value of the tag `valetkey:managed` on secrets that this hub may lease. The tag has one value, so a secret has one hub. */
export const managedMark = (hub: Prefixed): string => (hubWord(hub) === undefined ? "true" : prefixOf(hub));

/** Beginning of the names of all hubs' own secrets, which are leased to nobody, whatever tags they have. */
export const OWN_SECRETS = "valetkey/";

/** Last part of the names of the secrets that a hub's stack makes. */
const INTERNAL_SECRETS = ["sealing-key", "signet", "person-tags"] as const;

/** True for the name of a secret that the stack of this hub, or of another, makes for itself. */
export const isInternalSecret = (name: string): boolean =>
  name.startsWith(OWN_SECRETS) && INTERNAL_SECRETS.some((each) => name.endsWith(`/${each}`));

const ownSecret = (name: (typeof INTERNAL_SECRETS)[number], hub: Prefixed): string =>
  hubWord(hub) === undefined ? `${OWN_SECRETS}${name}` : `${OWN_SECRETS}${hubWord(hub)}/${name}`;

/** Makes the name of the key that seals tokens which are stored to be revoked: 32 bytes, as base64url text. */
export const sealingSecret = (hub: Prefixed): string => ownSecret("sealing-key", hub);

/** Makes the name of the secret from whose text the exchange's record key is made. Only the exchange reads it. */
export const recordKeySecret = (hub: Prefixed): string => ownSecret("signet", hub);

/** Makes the alias of the key of KMS that encrypts sessions which stay in the hub. */
export const sessionsKeyAlias = (hub: Prefixed): string => `alias/${nameIn(hub, "sessions")}`;

/**
 * Makes the name of the secret whose text is the key of people's pseudonyms in session tags. Only the exchange reads it. The record key changes, and this
 * one does not, so that a person has the same tag always.
 */
export const personTagSecret = (hub: Prefixed): string => ownSecret("person-tags", hub);
