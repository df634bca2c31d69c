import type { MintingRule } from "./minting-rule.ts";

/** Actions that manage identities or accounts. */
export const administersIdentities: MintingRule = {
  why: "it administers identities or accounts",
  source: "Service Authorization Reference: the actions of IAM, STS, Identity Center, Organizations and their like",
  ifWrong: "a permit on a group of actions makes identities, or gives them rights",
  actions: [
    "iam:*", // users, keys, roles, policies; PassRole hands a role to a service that keeps it
    "sts:*", // every call but GetCallerIdentity makes a session, a token or an identifier of one
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
