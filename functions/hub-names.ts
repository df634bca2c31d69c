import type { FunctionName } from "./names.ts";

/** Prefix of the names of a hub's resources, unless `valetkey.json` says another. */
export const DEFAULT_PREFIX = "valetkey";

/**
 * Hub whose names are built: its configuration, its deployment or its scope. Every prefix is `valetkey`, or begins with `valetkey-`: what denies tasks
 * `valetkey*` in one hub so denies them every hub's (docs/decisions/0048).
 */
export interface Prefixed {
  readonly prefix?: string | undefined;
}

/** Prefix of a hub's names. */
export const prefixOf = ({ prefix = DEFAULT_PREFIX }: Prefixed): string => prefix;

/** Name of a resource of the hub. */
export const nameIn = (hub: Prefixed, name: string): string => `${prefixOf(hub)}-${name}`;

/** The word that tells the hub apart; undefined for the hub without one. */
export const hubWord = ({ prefix }: Prefixed): string | undefined =>
  prefix?.slice(DEFAULT_PREFIX.length + 1) || undefined;

/** The IAM role of a function in the hub account; also the function's name. */
export const functionRoleName = (name: FunctionName, hub: Prefixed): string => nameIn(hub, name);

/** The pool of task roles in a target account; `index` counts from 0. */
export const taskRoleName = (index: number, hub: Prefixed): string => `${taskRolesBegin(hub)}${index}`;

/** Beginning of the names of all task roles of an account. */
export const taskRolesBegin = (hub: Prefixed): string => nameIn(hub, "task-");

/** All task roles of an account, as an IAM pattern. */
export const taskRolesPattern = (hub: Prefixed): string => `${taskRolesBegin(hub)}*`;

/** True for the name of a task role of the hub. */
export const isTaskRole = (name: string, hub: Prefixed): boolean =>
  name.startsWith(taskRolesBegin(hub)) && /^\d+$/.test(name.slice(taskRolesBegin(hub).length));

/** All of a pool of so many. */
export const taskRoleNames = (taskRoles: number, hub: Prefixed): readonly string[] =>
  Array.from({ length: taskRoles }, (_, index) => taskRoleName(index, hub));

/** The one role in a target account that may write the revocation policy of its task roles. */
export const revokerRole = (hub: Prefixed): string => nameIn(hub, "revoker");

/** Value of the tag `valetkey:managed` by which a secret is this hub's to lease: a secret has one value, and so one hub. */
export const managedMark = (hub: Prefixed): string => (hubWord(hub) === undefined ? "true" : prefixOf(hub));

/** Begin of the names of all hubs' own secrets, which are leased to nobody whatever their tags say. */
export const OWN_SECRETS = "valetkey/";

const ownSecret = (name: string, hub: Prefixed): string =>
  hubWord(hub) === undefined ? `${OWN_SECRETS}${name}` : `${OWN_SECRETS}${hubWord(hub)}/${name}`;

/** The key that seals what must be kept to revoke: 32 bytes, as base64url text. */
export const sealingSecret = (hub: Prefixed): string => ownSecret("sealing-key", hub);

/** The secret whose text the exchange's sealing key is made from: read by the exchange alone. */
export const signetSecret = (hub: Prefixed): string => ownSecret("signet", hub);

/** Secret whose text is the key of people's pseudonyms in session tags: read by the exchange alone. Apart from the signet's, which changes, so that a person keeps one tag. */
export const personTagSecret = (hub: Prefixed): string => ownSecret("person-tags", hub);
