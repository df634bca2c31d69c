import type { MintingRule } from "./minting-rule.ts";

/** Actions that manage identities or accounts. */
export const administersIdentities: MintingRule = {
  why: "it administers identities or accounts",
  actions: [
    "iam:*", // users, keys, roles, policies; PassRole hands a role to a service that keeps it
    "sts:*", // every call but GetCallerIdentity makes a session, a token, or what identifies one
    "sso:*", // Identity Center: permission sets and assignments
    "sso-directory:*", // its users, passwords and SCIM tokens
    "sso-oauth:*", // its tokens
    "signin:*", // console sign-in and its OAuth tokens
    "identitystore:*", // its users and group memberships
    "organizations:*", // accounts, policies, delegated administrators
    "account:*", // regions, contacts, closing
    "controltower:*", // accounts and guardrails
    "rolesanywhere:*", // certificates that become roles
    "supportauthz:CreateSupportPermit", // lets AWS support in
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
