import type { MintingRule } from "./minting-rule.ts";

/** What makes or registers keys, certificates, passwords and logins, or opens a connection that stays. */
export const registersLogins: MintingRule = {
  why: "it makes or registers keys, certificates, passwords or logins that outlive the session",
  actions: [
    "*:*Reset*Password",
    "*:Create*KeyPair",
    "*:Create*LoginProfile",
    "*:ImportKeyPair",
    "*:IssueCertificate",
    "acm:ExportCertificate", // with its private key
    "acm:GetAcmeExternalAccountBindingCredentials",
    "cognito-identity:CreateIdentityPool", // maps strangers to roles
    "cognito-identity:SetIdentityPoolRoles",
    "cognito-identity:SetPrincipalTagAttributeMap",
    "cognito-identity:UpdateIdentityPool",
    "cognito-idp:AddUserPoolClientSecret",
    "cognito-idp:AdminAddUserToGroup",
    "cognito-idp:AdminCreateUser",
    "cognito-idp:AdminInitiateAuth", // answers with tokens
    "cognito-idp:AdminRespondToAuthChallenge",
    "cognito-idp:AdminSetUserPassword",
    "cognito-idp:CreateIdentityProvider",
    "cognito-idp:CreateUserPoolClient",
    "cognito-idp:GetTokensFromRefreshToken",
    "cognito-idp:InitiateAuth",
    "cognito-idp:RespondToAuthChallenge",
    "cognito-idp:UpdateIdentityProvider",
    "drs:IssueAgentCertificateForDrs",
    "ds:CreateTrust", // another directory's users may sign in
    "ds:UpdateTrust",
    "dsql:DbConnect*", // a connection, once open, outlives its token
    "ec2:GetPasswordData",
    "elasticache:Connect",
    "elasticache:CreateUser",
    "elasticache:ModifyUser",
    "iot:AttachThingPrincipal",
    "iot:CreateCertificateFromCsr",
    "iot:CreateKeysAndCertificate",
    "iot:CreateProvisioningClaim",
    "iot:CreateRoleAlias", // certificates that become roles
    "iot:OpenTunnel",
    "iot:Register*Certificate*",
    "iot:RotateTunnelAccessToken",
    "iot:UpdateRoleAlias",
    "kafka:BatchAssociateScramSecret",
    "kms:CreateKey", // takes a key policy
    "kms:ReplicateKey", // takes a key policy
    "memorydb:Connect",
    "memorydb:CreateAcl",
    "memorydb:CreateUser",
    "memorydb:UpdateAcl",
    "memorydb:UpdateUser",
    "mgn:IssueClientCertificateForMgn",
    "mq:CreateUser",
    "mq:UpdateUser",
    "neptune-db:connect",
    "quicksight:RegisterUser",
    "rds:ModifyDBCluster", // sets the master password
    "rds:ModifyDBInstance",
    "redshift:ModifyCluster",
    "redshift-serverless:UpdateNamespace",
    "transfer:CreateAccess",
    "transfer:CreateUser",
    "transfer:ImportSshPublicKey",
    "transfer:UpdateAccess",
    "transfer:UpdateUser",
  ],
};
