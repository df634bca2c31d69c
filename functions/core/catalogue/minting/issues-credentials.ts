import type { MintingRule } from "./minting-rule.ts";

/** Actions that return a token, a key, or a link that works without one. */
export const issuesCredentials: MintingRule = {
  why: "it hands out credentials that outlive the session",
  source: "API references of these actions: the response has a token, a key or a signed link",
  ifWrong: "a permit on a group of actions hands out a credential that no revocation of the session ends",
  actions: [
    "*:Assume*", // eks-auth, deadline, workmail, cloudwatch: sessions of other identities
    "*:CallWithBearerToken", // accepts an API key in place of a signature
    "*:Create*AccessKey",
    "*:Create*ApiKey*",
    "*:Create*APIKey",
    "*:Create*CredentialProvider",
    "*:Create*LoginSession",
    "*:Create*Token*",
    "*:*EmbedUrl*", // a signed-in browser session in a link
    "*:*LoginUrl",
    "*:*Presigned*", // a signed request in a link
    "*:*StreamingURL",
    "*:Get*AccessToken",
    "*:Get*AuthorizationToken", // ecr, ecr-public, codeartifact: 12 hours
    "*:Get*AuthToken",
    "*:Get*ConnectionToken",
    "*:Get*Credentials*", // redshift, emr, cognito-identity, datazone, lakeformation
    "*:Get*FederationToken",
    "*:Get*Token*ForUserId",
    "*:Get*TokenForJWT",
    "*:GetOpenIdToken*",
    "*:Update*CredentialProvider",
    "*:GetResource*Token", // bedrock-agentcore: a workload's OAuth and payment tokens
    "amplifybackend:GetToken",
    "amplifyuibuilder:ExchangeCodeForToken",
    "amplifyuibuilder:RefreshToken",
    "aws-external-anthropic:CreateUserProfileEnrollmentUrl",
    "bedrock-agentcore:CompleteResourceTokenAuth",
    "athena:GetSessionEndpoint", // an endpoint with its token
    "bedrock-agentcore:GetResourceApiKey",
    "chime:RegenerateSecurityToken",
    "cloudfront:CreateKeyGroup", // keys that sign links
    "cloudfront:CreatePublicKey",
    "cloudfront:UpdateKeyGroup",
    "cloudshell:CreateSession", // a shell with the caller's credentials
    "cloudshell:GetFile*Urls",
    "cloudshell:PutCredentials",
    "codebuild:ImportSourceCredentials",
    "codebuild:PersistOAuthToken",
    "codepipeline:GetJobDetails", // returns credentials for the artifacts
    "codepipeline:GetThirdPartyJobDetails",
    "codepipeline:PollForJobs",
    "codestar-connections:PassConnection",
    "codeconnections:PassConnection",
    "connect:AdminGetEmergencyAccessToken",
    "datazone:RefreshToken",
    "datazone:SsoLogin",
    "elasticmapreduce:GetSessionEndpoint",
    "emr-serverless:GetSessionEndpoint",
    "events:RetrieveConnectionCredentials",
    "gamelift:GetComputeAccess",
    "gamelift:GetInstanceAccess",
    "gamelift:RequestUploadCredentials",
    "glue:GetSessionEndpoint",
    "iq:GetChatToken",
    "kinesisvideo:Get*StreamingSessionURL",
    "lightsail:CreateContainerServiceRegistryLogin",
    "lightsail:CreateGUISessionAccessDetails",
    "lightsail:DownloadDefaultKeyPair",
    "lightsail:GetInstanceAccessDetails",
    "lightsail:GetRelationalDatabaseMasterUserPassword",
    "mediapackage:Rotate*Credentials",
    "q:CreateAuthGrant",
    "s3:GetDataAccess", // S3 Access Grants: credentials of the grant's role
    "s3express:CreateSession",
    "ssm:StartAccessRequest", // just-in-time access to nodes
    "pca-connector-scep:GetChallengePassword", // enrols devices for certificates
    "quicksight:GetAuthCode",
    "route53domains:RetrieveDomainAuthCode", // whoever has the code can transfer the domain away
    "aidevops:RotateAccessToken",
    "aws-external-anthropic:RotateWebhookSecret",
    "cloudwatch:CreateOneTimeDeepLinkCode",
    "managedblockchain:CreateAccessor", // returns BillingToken
    "pca-connector-scep:CreateChallenge", // returns Challenge.Password
  ],
  byName: [
    "aidevops:RotateAccessToken",
    "aws-external-anthropic:RotateWebhookSecret",
    "cloudwatch:CreateOneTimeDeepLinkCode",
  ],
};
