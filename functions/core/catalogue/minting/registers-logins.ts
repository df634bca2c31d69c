import type { MintingRule } from "./minting-rule.ts";

/** Actions that make or register keys, certificates, passwords and logins, or open a lasting connection. */
export const registersLogins: MintingRule = {
  why: "it makes or registers keys, certificates, passwords or logins that outlive the session",
  source:
    "API references of these actions: the request sets a key, certificate, password or login, or opens a connection",
  ifWrong: "a permit on a group of actions leaves a login that works when the session has ended",
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
    "cognito-idp:AdminInitiateAuth", // returns tokens
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
    "appsync:UpdateApiKey", // prolongs a key
    "cognito-idp:AdminConfirmSignUp", // a user who may sign in from now on
    "cognito-idp:AdminEnableUser",
    "cognito-idp:AdminLinkProviderForUser", // another provider's user signs in as this one
    "cognito-idp:AdminUpdateUserAttributes", // changes the address that a new password is sent to
    "cognito-idp:ConfirmForgotPassword", // sets a password
    "cognito-idp:ConfirmSignUp",
    "cognito-idp:CreateUserImportJob", // users from a file
    "cognito-idp:SignUp",
    "cognito-idp:StartUserImportJob",
    "cognito-idp:UpdateUserPool", // who may sign in, and the functions that decide
    "cognito-idp:UpdateUserPoolClient",
    "docdb-elastic:CreateCluster", // takes an administrator's password
    "docdb-elastic:UpdateCluster",
    "ds-data:AddGroupMember", // a directory's groups decide access
    "ds-data:CreateUser",
    "ds-data:UpdateUser",
    "elasticache:CreateReplicationGroup", // sets a token, and the users who may connect
    "elasticache:CreateServerlessCache", // takes the users who may connect
    "elasticache:CreateUserGroup",
    "elasticache:ModifyCacheCluster", // sets the token
    "elasticache:ModifyReplicationGroup",
    "elasticache:ModifyServerlessCache",
    "elasticache:ModifyUserGroup",
    "iot:Connect", // a connection, once open, outlives the session
    "kafka-cluster:Connect", // a connection, once open, outlives the session
    "lightsail:CreateRelationalDatabase*", // takes the master password
    "lightsail:UpdateRelationalDatabase",
    "memorydb:CreateCluster", // takes the users who may connect
    "memorydb:UpdateCluster",
    "mq:CreateBroker", // takes users and passwords
    "rds:CreateDBCluster", // takes the master password
    "rds:CreateDBInstance",
    "rds:CreateDBInstanceReadReplica", // another copy under its own network and logins
    "rds:CreateDBShardGroup",
    "rds:RestoreDB*", // a copy of all data with a network and a master password of its own
    "redshift-serverless:CreateNamespace", // takes the administrator's password
    "redshift-serverless:RestoreFrom*",
    "redshift:CreateCluster", // takes the master password
    "redshift:RestoreFromClusterSnapshot",
    "timestream-influxdb:CreateDb*", // takes the administrator's password
    "chime:PutVoiceConnectorTerminationCredentials",
    "storagegateway:SetLocalConsolePassword",
    "storagegateway:SetSMBGuestPassword",
    "storagegateway:UpdateChapCredentials",
    "acm-pca:ImportCertificateAuthorityCertificate", // whose certificates are logins
    "acm-pca:UpdateCertificateAuthority", // a CA is active again
    "appstream:CreateUser",
    "appstream:EnableUser",
    "cognito-idp:AdminSetUserMFAPreference",
    "cognito-idp:AssociateSoftwareToken", // returns SecretCode
    "cognito-idp:ChangePassword",
    "cognito-idp:SetUserMFAPreference",
    "cognito-idp:SetUserPoolMfaConfig",
    "cognito-idp:UpdateUserAttributes",
    "cognito-idp:VerifyUserAttribute",
    "connect:CreateUser",
    "connect:UpdateUserSecurityProfiles",
    "ds:EnableRoleAccess",
    "ds:RegisterCertificate", // of clients who sign in
    "finspace:CreateKxUser",
    "finspace:CreateUser",
    "finspace:UpdateKxUser",
    "finspace:UpdateUser",
    "iot:AcceptCertificateTransfer",
    "iot:CreateCertificateProvider", // signs the certificates of devices
    "iot:TransferCertificate", // to another account
    "iot:UpdateCACertificate", // registers certificates at their first use
    "iot:UpdateCertificate", // an inactive certificate is a login again
    "iot:UpdateCertificateProvider",
    "ivs:ImportPlaybackKeyPair", // keys that sign links
    "ivs:ImportPublicKey",
    "nimble:PutLaunchProfileMembers",
    "nimble:PutStudioMembers",
    "quicksight:CreateGroupMembership",
    "quicksight:CreateRoleMembership",
    "quicksight:CreateUser",
    "quicksight:UpdateUser",
    "ssm:UpdateManagedInstancePublicKey", // whoever has the key acts as the instance
    "wickr:BatchCreateUser",
    "wickr:RegisterOidcConfig", // returns clientSecret
    "workdocs:ActivateUser",
    "workdocs:AddUserToGroup",
    "workdocs:CreateUser",
    "workdocs:UpdateUser",
    "workmail:AssociateMemberToGroup",
    "workmail:CreateImpersonationRole", // reads the mail of others
    "workmail:CreateUser",
    "workmail:PutIdentityProviderConfiguration",
    "workmail:UpdateImpersonationRole",
    "workspaces:CreateRootClientCertificate", // admits devices with its certificates
    "workspaces:ModifyCertificateBasedAuthProperties",
    "workspaces:ModifySamlProperties",
    "workspaces:UpdateRootClientCertificate",
    "workspaces-web:CreateIdentityProvider",
    "workspaces-web:UpdateIdentityProvider",
  ],
  byName: [
    "ds:EnableRoleAccess",
    "nimble:PutLaunchProfileMembers",
    "nimble:PutStudioMembers",
    "quicksight:CreateUser",
    "ssm:UpdateManagedInstancePublicKey",
    "workdocs:AddUserToGroup",
    "workspaces:CreateRootClientCertificate",
    "workspaces:UpdateRootClientCertificate",
  ],
};
