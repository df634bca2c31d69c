import { type Glob, globFromIam, matches } from "../../text/glob.ts";
import type { AccessLevel } from "../access-level.ts";
import { issuesCredentials } from "./issues-credentials.ts";
import { keepsActing } from "./keeps-acting.ts";
import type { MintingRule } from "./minting-rule.ts";
import { opensResources } from "./opens-resources.ts";
import { registersLogins } from "./registers-logins.ts";
import { runsCode } from "./runs-code.ts";

/** Actions that manage identities or accounts. */
const administersIdentities: MintingRule = {
  why: "it administers identities or accounts",
  source: "Service Authorization Reference: the actions of IAM, STS, Identity Center, Organizations and their like",
  ifWrong: "a permit on a group of actions makes identities, or gives them rights",
  actions: [
    "iam:*", // users, keys, roles, policies; PassRole hands a role to a service that keeps it
    "sts:*", // every call makes a session, a token or, by its signature, a proof of identity
    "sso:*", // Identity Center: permission sets and assignments
    "sso-directory:*", // users, passwords and SCIM tokens of Identity Center
    "sso-oauth:*", // tokens of Identity Center
    "signin:*", // console sign-in and its OAuth tokens
    "identitystore:*", // users and group memberships of Identity Center
    "organizations:*", // accounts, policies, delegated administrators
    "account:*", // regions, contacts, closing
    "controltower:*", // accounts and guardrails
    "rolesanywhere:*", // certificates that become roles
    "supportauthz:CreateSupportPermit", // admits AWS support
    "supportauthz:RegisterKey",
    "ram:Accept*", // resource shares take effect across accounts
    "ram:Associate*",
    "ram:Create*",
    "ram:Promote*",
    "ram:Replace*",
    "ram:Set*",
    "ram:Update*",
  ],
};

/** Access levels of which every action mints. */
const BY_LEVEL: Readonly<Partial<Record<AccessLevel, string>>> = {
  "Permissions management": "it changes who may do what, and the change stays when the session has ended",
  Tagging: "tags decide access wherever policies look at them, and stay when the session has ended",
};

/**
 * Actions that mint although AWS files them under List, Read or Write.
 *
 * Some actions are left out on purpose:
 * - those that only read (`secretsmanager:GetSecretValue`, `kms:Decrypt`);
 * - those that use a resource as its owner intended (`lambda:InvokeFunction`, `states:StartExecution`);
 * - those that need `iam:PassRole`, which is listed, to reach another identity (`ec2:RunInstances`).
 */
export const MINTING: readonly MintingRule[] = [
  administersIdentities,
  issuesCredentials,
  registersLogins,
  opensResources,
  runsCode,
  keepsActing,
];

/** Globs on action names, by service prefix; those under `*` apply to every service. */
const BY_SERVICE = Map.groupBy(
  MINTING.flatMap(({ why, actions }) => actions.map((action) => ({ why, ...split(action) }))),
  ({ service }) => service,
);

function split(action: string): { readonly service: string; readonly glob: Glob } {
  const colon = action.indexOf(":");
  return { service: action.slice(0, colon), glob: globFromIam(action.slice(colon + 1)) };
}

/**
 * `mintingReason(service: string, name: string, levels: readonly AccessLevel[]): string | undefined`
 *
 * Returns the reason why an action mints; undefined for other actions. An action mints where it makes something that
 * outlives or escapes the session: a token, a permission, code that runs as another identity.
 * @param name in AWS's own case, without the prefix.
 */
export function mintingReason(service: string, name: string, levels: readonly AccessLevel[]): string | undefined {
  const level = levels.find((each) => each in BY_LEVEL);
  if (level !== undefined) return BY_LEVEL[level];
  return [service, "*"].flatMap((each) => BY_SERVICE.get(each) ?? []).find(({ glob }) => matches(glob, name))?.why;
}

/** Services whose every action that mints returns a session or a token, beside what `issuesCredentials` lists. */
const OF_SESSIONS = new Set(["sts", "sso-oauth", "signin"]);

/** Call of such a service that returns a name alone. Its signature proves to others who calls, so it mints all the same. */
const NO_SESSION = new Set(["sts:GetCallerIdentity"]);

const CREDENTIALS = issuesCredentials.actions.map(split);

/**
 * True for an action that mints and whose call returns credentials.
 * @param action name with its prefix, in AWS's own case: `s3:GetDataAccess`.
 */
export function handsOutCredentials(action: string): boolean {
  const colon = action.indexOf(":");
  const [service, name] = [action.slice(0, colon), action.slice(colon + 1)];
  const isListed = CREDENTIALS.some(({ service: of, glob }) => (of === service || of === "*") && matches(glob, name));
  return (OF_SESSIONS.has(service) && !NO_SESSION.has(action)) || isListed;
}
