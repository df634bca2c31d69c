import type { MintingRule } from "./minting-rule.ts";

/** Actions that open a resource to others: policies, shares and tags that AWS files under Write. */
export const opensResources: MintingRule = {
  why: "it opens a resource to others, and stays when the session has ended",
  source: "API references of these actions: the request has a policy, a share, a network rule or another account",
  ifWrong: "a permit on a group of actions lets others reach a resource when the session has ended",
  actions: [
    "*:AssociateAccessPolicy",
    "*:Create*AccessPolicy", // aoss, iotsitewise, omics
    "*:Delete*AccessPolicy", // deletes its Deny statements too
    "*:Put*AccessPolicy",
    "*:Update*AccessPolicy",
    "*:AddPermission",
    "*:Create*ResourcePolicy*",
    "*:Delete*ResourcePolicy*", // deletes its Deny statements too
    "*:Put*ClusterPolicy",
    "*:Put*DestinationPolicy",
    "*:Put*GroupPolicy",
    "*:Put*PermissionsPolicy",
    "*:Put*ResourcePolicy*",
    "*:Put*ResourcePermission*",
    "*:PutPolicy",
    "*:TagResource", // aoss files it under Write
    "*:UntagResource",
    "*:Update*ResourcePolicy*",
    "apigateway:PATCH", // authorisers, keys and settings of an API
    "apigateway:POST",
    "apigateway:PUT",
    "*:PutMeshPolicy",
    "appstream:UpdateImagePermissions",
    "auditmanager:StartAssessmentFrameworkShare",
    "config:PutAggregationAuthorization",
    "dataexchange:CreateDataGrant",
    "ds:ShareDirectory",
    "aoss:CreateSecurityConfig", // who may sign in
    "aoss:CreateSecurityPolicy",
    "aoss:UpdateSecurityConfig",
    "aoss:UpdateSecurityPolicy",
    "ec2:ModifyFpgaImageAttribute", // shares with accounts, or with all
    "ec2:ModifyImageAttribute",
    "ec2:ModifyVerifiedAccess*Policy",
    "ec2:ModifyVpcEndpoint", // takes an endpoint policy
    "ecr-public:DeleteRepositoryPolicy",
    "elemental-inference:PutFeedPolicy",
    "es:AuthorizeVpcEndpointAccess",
    "es:CreateDomain", // takes an access policy and a master user
    "es:UpdateDomainConfig",
    "es:UpdateElasticsearchDomainConfig",
    "grafana:UpdateWorkspaceAuthentication",
    "iot:CreateAuthorizer", // decides who may connect
    "iot:UpdateAuthorizer",
    "kendra:PutPrincipalMapping",
    "lambda:CreateFunctionUrlConfig", // may require no authentication
    "lambda:UpdateFunctionUrlConfig",
    "license-manager:CreateGrant*",
    "lightsail:SetResourceAccessForBucket",
    "mediaconvert:CreateResourceShare",
    "mediapackagev2:Put*Policy",
    "oam:PutSinkPolicy",
    "odb:CreateGrantShare",
    "odb:UpdateGrantShare",
    "omics:AcceptShare",
    "omics:CreateShare",
    "opsworks:GrantAccess",
    "qapps:UpdateQAppPermissions",
    "qbusiness:AssociatePermission",
    "quicksight:Create*Permissions",
    "quicksight:Create*PolicyAssignment",
    "quicksight:Update*Permissions",
    "quicksight:Update*PolicyAssignment",
    "rds:ModifyDBClusterSnapshotAttribute", // shares a snapshot with accounts, or with all
    "rds:ModifyDBSnapshotAttribute",
    "redshift:AssociateDataShareConsumer",
    "rekognition:PutProjectPolicy",
    "route53profiles:PutProfilePolicy",
    "route53:CreateVPCAssociationAuthorization",
    "serverlessrepo:PutApplicationPolicy",
    "servicecatalog:AssociatePrincipalWithPortfolio",
    "ssm-contacts:PutContactPolicy",
    "transform-custom:ShareTransformationPackage",
    "verifiedpermissions:Create*", // the policies by which applications decide
    "verifiedpermissions:Delete*",
    "verifiedpermissions:Put*",
    "verifiedpermissions:Update*",
    "wellarchitected:Create*Share",
    "workdocs:Add*Permissions",
    "workmail:PutMailboxPermissions",
    "appsync:CreateGraphqlApi", // sets how callers authenticate
    "appsync:UpdateGraphqlApi",
    "ec2:AuthorizeSecurityGroup*", // lets others reach the resources behind the group
    "ec2:CreateNetworkAclEntry",
    "ec2:ModifySecurityGroupRules",
    "ec2:ReplaceNetworkAclEntry",
    "ecr:CreateRepositoryCreationTemplate", // takes the policy of future repositories
    "es:CreateElasticsearchDomain", // takes an access policy and a master user
    "events:CreateEventBus", // takes a resource policy
    "lakeformation:GetDataAccess", // access as a role that was registered with Lake Formation
    "neptune-graph:CreateGraph*", // may be public
    "neptune-graph:UpdateGraph",
    "redshift:AuthorizeClusterSecurityGroupIngress",
    "route53:ChangeResourceRecordSets", // a name that leads elsewhere, and proves ownership to whoever issues certificates
    "s3:CreateAccessPoint*", // another door to a bucket, with a policy of its own
    "s3:CreateMultiRegionAccessPoint",
    "secretsmanager:ReplicateSecretToRegions", // a copy under another policy
    "sns:CreateTopic", // takes a resource policy
    "sqs:CreateQueue", // takes a resource policy
    "ec2:AuthorizeClientVpnIngress",
    "elasticache:AuthorizeCacheSecurityGroupIngress",
    "glue:AuthorizeInboundIntegration",
    "redshift:AuthorizeInboundIntegration",
    "route53domains:TransferDomain*", // gives the domain to another account
    "workspaces:AuthorizeIpRules",
    "backup:CreateBackupAccessPoint",
    "backup:CreateRestoreAccessBackupVault",
    "codecatalyst:CreateSpaceAdminRoleAssignment",
    "codestar:PutExtendedAccess",
    "datazone:AddEntityOwner",
    "datazone:CreateProjectMembership",
    "datazone:CreateSubscriptionGrant",
    "ds:AcceptSharedDirectory", // opens a directory of another account to this one
    "ec2:EnableSerialConsoleAccess",
    "es:AcceptInboundC*", // another domain, of any account, may search
    "fsx:CreateAndAttachS3AccessPoint",
    "iq-permission:ApproveAccessGrant",
    "iq-permission:ApprovePermissionRequest",
    "kendra:CreateAccessControlConfiguration",
    "kendra:UpdateAccessControlConfiguration",
    "license-manager:AcceptGrant", // opens a licence of another account to this one
    "lightsail:OpenInstancePublicPorts",
    "lightsail:PutInstancePublicPorts",
    "mediaconnect:GrantFlowEntitlements",
    "medialive:CreateInputSecurityGroup", // takes the addresses that may send
    "medialive:UpdateInputSecurityGroup",
    "qbusiness:CreateDataAccessor*", // an application of somebody else reads the index
    "qbusiness:UpdateDataAccessor",
    "qldb:UpdateLedgerPermissionsMode",
    "quicksight:CreateFolderMembership", // opens an asset to the people of a folder
    "quicksight:Update*CustomPermission",
    "quicksight:UpdateApplicationWithTokenExchangeGrant",
    "quicksight:UpdatePublicSharingSettings",
    "redshift:CreateEndpointAccess", // a door to the cluster from another network
    "redshift:ModifyEndpointAccess",
    "redshift-serverless:CreateEndpointAccess",
    "redshift-serverless:UpdateEndpointAccess",
    "repostspace:BatchAdd*Role*",
    "researchstudio:AssignPrincipal",
    "s3-outposts:CreateAccessPoint", // another door to a bucket, with a policy of its own
    "s3express:CreateAccessPoint",
    "s3files:CreateAccessPoint",
    "scn:AssignAdminPermissionsToUser",
    "storagegateway:CreateNFSFileShare", // takes the clients and users who may connect
    "storagegateway:CreateSMBFileShare",
    "storagegateway:UpdateNFSFileShare",
    "storagegateway:UpdateSMBFileShare",
    "wellarchitected:UpdateWorkloadShare",
    "workspaces:CreateIpGroup", // takes the addresses that a directory may admit later
    "workspaces:UpdateRulesOfIpGroup",
  ],
  byName: [
    "backup:CreateBackupAccessPoint",
    "codecatalyst:CreateSpaceAdminRoleAssignment",
    "codestar:PutExtendedAccess",
    "iq-permission:ApproveAccessGrant",
    "iq-permission:ApprovePermissionRequest",
    "qldb:UpdateLedgerPermissionsMode",
    "researchstudio:AssignPrincipal",
    "scn:AssignAdminPermissionsToUser",
  ],
};
