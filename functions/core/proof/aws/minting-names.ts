/**
 * Names of actions that mint, by service, for `minting.ts`: a line for each service. A star at the end of a name is any
 * run of characters. Each table has the pages from which it was read, and the consequence of a missing name.
 */

/**
 * Services of identities, accounts and shares. Source: "Actions, resources, and condition keys" of each, Service
 * Authorization Reference. If a name is missing, a session makes identities, or gives them rights.
 */
export const IDENTITIES = `
  iam: *
  sts: *
  sso: *
  sso-directory: *
  sso-oauth: *
  signin: *
  identitystore: *
  organizations: *
  account: *
  controltower: *
  rolesanywhere: *
  ram: Accept* Associate* Create* Promote* Replace* Set* Update*
  supportauthz: CreateSupportPermit RegisterKey
`;

/**
 * The response has a secret, or the call accepts one. Source: "Response Elements" of each action, API reference of the
 * service. If a name is missing, a session gets a credential that its end does not end.
 */
export const SECRETS = `
  acm: ExportCertificate
  amplifybackend: GetToken
  amplifyuibuilder: ExchangeCodeForToken RefreshToken
  appsync: UpdateApiKey
  athena: GetSessionEndpoint
  aws-external-anthropic: CreateUserProfileEnrollmentUrl RotateWebhookSecret
  bedrock-agentcore: CompleteResourceTokenAuth GetResourceApiKey
  cloudfront: CreateKeyGroup CreatePublicKey UpdateKeyGroup
  cloudshell: CreateSession GetFileDownloadUrls GetFileUploadUrls PutCredentials
  cloudwatch: CreateOneTimeDeepLinkCode
  codebuild: ImportSourceCredentials PersistOAuthToken
  codeconnections: PassConnection
  codepipeline: GetJobDetails GetThirdPartyJobDetails PollForJobs
  codestar-connections: PassConnection
  cognito-idp: AdminInitiateAuth AdminRespondToAuthChallenge GetTokensFromRefreshToken InitiateAuth RespondToAuthChallenge AddUserPoolClientSecret AssociateSoftwareToken
  connect: AdminGetEmergencyAccessToken
  datazone: RefreshToken SsoLogin
  ec2: GetPasswordData
  elasticmapreduce: GetSessionEndpoint
  emr-serverless: GetSessionEndpoint
  gamelift: GetComputeAccess GetInstanceAccess
  glue: GetSessionEndpoint
  iot: CreateProvisioningClaim CreateKeysAndCertificate OpenTunnel
  iq: GetChatToken
  lakeformation: GetDataAccess
  lightsail: CreateContainerServiceRegistryLogin CreateGUISessionAccessDetails DownloadDefaultKeyPair GetInstanceAccessDetails GetRelationalDatabaseMasterUserPassword
  managedblockchain: CreateAccessor
  pca-connector-scep: CreateChallenge GetChallengePassword
  q: CreateAuthGrant
  quicksight: GetAuthCode
  route53domains: RetrieveDomainAuthCode
  s3: GetDataAccess
  s3express: CreateSession
  ssm: RequestManagedInstanceRoleToken StartAccessRequest
`;

/**
 * The request sets a password, a key, a certificate, a user or a way to sign in, or opens a connection that stays open.
 * Source: "Request Parameters" of each action, API reference of the service; "IAM database authentication" of the
 * databases. If a name is missing, a login works when the session has ended.
 */
export const LOGINS = `
  acm-pca: ImportCertificateAuthorityCertificate UpdateCertificateAuthority
  appstream: CreateUser EnableUser
  chime: PutVoiceConnectorTerminationCredentials
  cognito-identity: CreateIdentityPool SetIdentityPoolRoles SetPrincipalTagAttributeMap UpdateIdentityPool
  cognito-idp: AdminAddUserToGroup AdminConfirmSignUp AdminCreateUser AdminEnableUser AdminLinkProviderForUser AdminSetUserMFAPreference AdminSetUserPassword AdminUpdateUserAttributes ChangePassword ConfirmForgotPassword ConfirmSignUp CreateIdentityProvider CreateUserImportJob CreateUserPoolClient SetUserMFAPreference SetUserPoolMfaConfig SignUp StartUserImportJob UpdateIdentityProvider UpdateUserAttributes UpdateUserPool UpdateUserPoolClient VerifyUserAttribute
  connect: CreateUser UpdateUserSecurityProfiles
  docdb-elastic: CreateCluster UpdateCluster
  ds: CreateTrust EnableRoleAccess RegisterCertificate UpdateTrust
  ds-data: AddGroupMember CreateUser UpdateUser
  dsql: DbConnect*
  elasticache: Connect CreateReplicationGroup CreateServerlessCache CreateUser CreateUserGroup ModifyCacheCluster ModifyReplicationGroup ModifyServerlessCache ModifyUser ModifyUserGroup
  finspace: CreateKxUser CreateUser UpdateKxUser UpdateUser
  iot: AcceptCertificateTransfer AttachThingPrincipal Connect CreateCertificateFromCsr CreateCertificateProvider CreateRoleAlias RegisterCACertificate RegisterCertificate* RotateTunnelAccessToken TransferCertificate UpdateCACertificate UpdateCertificate UpdateCertificateProvider UpdateRoleAlias
  ivs: ImportPlaybackKeyPair ImportPublicKey
  kafka: BatchAssociateScramSecret
  kafka-cluster: Connect
  kms: CreateKey ReplicateKey
  lightsail: CreateRelationalDatabase CreateRelationalDatabaseFromSnapshot UpdateRelationalDatabase
  memorydb: Connect CreateAcl CreateCluster CreateUser UpdateAcl UpdateCluster UpdateUser
  mq: CreateBroker CreateUser UpdateUser
  neptune-db: connect
  nimble: PutLaunchProfileMembers PutStudioMembers
  quicksight: CreateGroupMembership CreateRoleMembership CreateUser RegisterUser UpdateUser
  rds: CreateDBCluster CreateDBInstance CreateDBInstanceReadReplica CreateDBShardGroup ModifyDBCluster ModifyDBInstance RestoreDB*
  rds-db: connect
  redshift: CreateCluster ModifyCluster RestoreFromClusterSnapshot
  redshift-serverless: CreateNamespace RestoreFromRecoveryPoint RestoreFromSnapshot UpdateNamespace
  ssm: UpdateManagedInstancePublicKey
  storagegateway: SetLocalConsolePassword SetSMBGuestPassword UpdateChapCredentials
  timestream-influxdb: CreateDbCluster CreateDbInstance
  transfer: CreateAccess CreateUser ImportSshPublicKey UpdateAccess UpdateUser
  wickr: BatchCreateUser RegisterOidcConfig
  workdocs: ActivateUser AddUserToGroup CreateUser UpdateUser
  workmail: AssociateMemberToGroup CreateImpersonationRole CreateUser PutIdentityProviderConfiguration UpdateImpersonationRole
  workspaces: CreateRootClientCertificate ModifyCertificateBasedAuthProperties ModifySamlProperties UpdateRootClientCertificate
  workspaces-web: CreateIdentityProvider UpdateIdentityProvider
`;

/**
 * The request has a policy, a share, another account or a rule of a network: others reach the resource from then on.
 * Source: "Request Parameters" of each action, API reference of the service; "Working with security groups", Amazon VPC
 * User Guide. If a name is missing, others reach a resource when the session has ended.
 */
export const DOORS = `
  aoss: CreateSecurityConfig CreateSecurityPolicy UpdateSecurityConfig UpdateSecurityPolicy
  apigateway: PATCH POST PUT
  appstream: UpdateImagePermissions
  appsync: CreateGraphqlApi UpdateGraphqlApi
  auditmanager: StartAssessmentFrameworkShare
  backup: CreateBackupAccessPoint CreateRestoreAccessBackupVault
  codecatalyst: CreateSpaceAdminRoleAssignment
  codestar: PutExtendedAccess
  config: PutAggregationAuthorization
  dataexchange: CreateDataGrant
  datazone: AddEntityOwner CreateProjectMembership CreateSubscriptionGrant
  ds: AcceptSharedDirectory ShareDirectory
  ec2: AuthorizeClientVpnIngress AuthorizeSecurityGroup* CreateNetworkAclEntry EnableSerialConsoleAccess ModifyFpgaImageAttribute ModifyImageAttribute ModifySecurityGroupRules ModifyVerifiedAccessEndpointPolicy ModifyVerifiedAccessGroupPolicy ModifyVpcEndpoint ReplaceNetworkAclEntry
  ecr: CreateRepositoryCreationTemplate
  ecr-public: DeleteRepositoryPolicy
  elasticache: AuthorizeCacheSecurityGroupIngress
  es: AcceptInboundConnection AcceptInboundCrossClusterSearchConnection AuthorizeVpcEndpointAccess CreateDomain CreateElasticsearchDomain UpdateDomainConfig UpdateElasticsearchDomainConfig
  events: CreateEventBus
  fsx: CreateAndAttachS3AccessPoint
  glue: AuthorizeInboundIntegration
  grafana: UpdateWorkspaceAuthentication
  iot: CreateAuthorizer UpdateAuthorizer
  iq-permission: ApproveAccessGrant ApprovePermissionRequest
  kendra: CreateAccessControlConfiguration PutPrincipalMapping UpdateAccessControlConfiguration
  lambda: CreateFunctionUrlConfig UpdateFunctionUrlConfig
  license-manager: AcceptGrant CreateGrant*
  lightsail: OpenInstancePublicPorts PutInstancePublicPorts SetResourceAccessForBucket
  mediaconnect: GrantFlowEntitlements
  mediaconvert: CreateResourceShare
  medialive: CreateInputSecurityGroup UpdateInputSecurityGroup
  neptune-graph: CreateGraph CreateGraphUsingImportTask UpdateGraph
  odb: CreateGrantShare UpdateGrantShare
  omics: AcceptShare CreateShare
  opsworks: GrantAccess
  qapps: UpdateQAppPermissions
  qbusiness: AssociatePermission CreateDataAccessor CreateDataAccessorWithTti UpdateDataAccessor
  qldb: UpdateLedgerPermissionsMode
  quicksight: CreateCustomPermissions CreateFolderMembership CreateIAMPolicyAssignment UpdateAccountCustomPermission UpdateApplicationWithTokenExchangeGrant UpdateCustomPermissions UpdateIAMPolicyAssignment UpdatePublicSharingSettings UpdateRoleCustomPermission UpdateUserCustomPermission
  rds: ModifyDBClusterSnapshotAttribute ModifyDBSnapshotAttribute
  redshift: AssociateDataShareConsumer AuthorizeClusterSecurityGroupIngress AuthorizeInboundIntegration CreateEndpointAccess ModifyEndpointAccess
  redshift-serverless: CreateEndpointAccess UpdateEndpointAccess
  repostspace: BatchAddChannelRoleToAccessors BatchAddRole
  researchstudio: AssignPrincipal
  route53: ChangeResourceRecordSets CreateVPCAssociationAuthorization
  route53domains: TransferDomain TransferDomainToAnotherAwsAccount
  s3: CreateAccessPoint CreateAccessPointForObjectLambda CreateMultiRegionAccessPoint
  s3-outposts: CreateAccessPoint
  s3express: CreateAccessPoint
  s3files: CreateAccessPoint
  scn: AssignAdminPermissionsToUser
  secretsmanager: ReplicateSecretToRegions
  servicecatalog: AssociatePrincipalWithPortfolio
  sns: CreateTopic
  sqs: CreateQueue
  storagegateway: CreateNFSFileShare CreateSMBFileShare UpdateNFSFileShare UpdateSMBFileShare
  transform-custom: ShareTransformationPackage
  verifiedpermissions: Create* Delete* PutSchema Update*
  wellarchitected: CreateLensShare CreateProfileShare CreateTemplateShare CreateWorkloadShare UpdateWorkloadShare
  workdocs: AddNotificationPermissions AddResourcePermissions
  workmail: PutMailboxPermissions
  workspaces: AuthorizeIpRules CreateIpGroup UpdateRulesOfIpGroup
`;

/**
 * The request has code, a command or an image that runs as another identity, or replaces one that does. Source: "Request
 * Parameters" of each action, API reference of the service; "Actions" of CodeBuild, CodePipeline and Systems Manager.
 * If a name is missing, a session has the rights of another identity.
 */
export const CODE = `
  airflow: InvokeRestApi
  amplify: CreateDeployment CreateWebHook StartDeployment StartJob UpdateWebHook
  apprunner: CreateService StartDeployment UpdateService
  appsync: CreateFunction CreateResolver UpdateFunction UpdateResolver
  athena: StartCalculationExecution StartSession
  autoscaling: CreateLaunchConfiguration
  batch: SubmitJob
  bedrock-agentcore: InvokeAgentRuntimeCommand* InvokeCodeInterpreter StartCodeInterpreterSession
  cloud9: CreateEnvironmentMembership DeleteEnvironmentMembership ModifyTemporaryCredentialsOnEnvironmentEC2 UpdateEnvironmentMembership
  cloudformation: ActivateType ContinueUpdateRollback CreateChangeSet CreateStack* DeleteStack* ExecuteChangeSet ExecuteStackRefactor RegisterType RollbackStack SetTypeConfiguration SetTypeDefaultVersion UpdateStack*
  codebuild: CreateProject CreateWebhook RetryBuild* Start* UpdateProject* UpdateWebhook
  codecommit: CreateCommit GitPush Merge* PutFile
  codedeploy: CreateCloudFormationDeployment CreateDeployment
  codepipeline: CreatePipeline PutWebhook RegisterWebhookWithThirdParty StartPipelineExecution UpdatePipeline
  datapipeline: PutPipelineDefinition
  deadline: CreateJob
  ec2: AssociateIamInstanceProfile CreateLaunchTemplateVersion ModifyInstanceAttribute ModifyLaunchTemplate ReplaceIamInstanceProfileAssociation
  ec2-instance-connect: *
  ec2messages: *
  ecr: PutImage
  ecs: ExecuteCommand RegisterContainerInstance RunTask StartTask
  eks: AccessKubernetesApi AssociateIdentityProviderConfig CreateAccessEntry CreatePodIdentityAssociation MutateViaKubernetesApi UpdateAccessEntry UpdatePodIdentityAssociation
  elasticbeanstalk: CreateApplicationVersion CreateEnvironment UpdateEnvironment
  elasticmapreduce: AddJobFlowSteps StartNotebookExecution StartSession
  emr-containers: CreateJobTemplate StartJobRun
  emr-serverless: StartSession
  gameliftstreams: CreateStreamSessionAdminShell
  glue: CreateDevEndpoint CreateJob CreateSession RunStatement StartJobRun StartWorkflowRun UpdateDevEndpoint UpdateJob UpdateJobFromSourceControl
  greengrass: CreateDeployment StartBulkDeployment
  iot: AssociateTargetsWithJob CreateJob CreateJobTemplate StartCommandExecution
  kinesisanalytics: UpdateApplication
  lambda: ConnectMicrovm CreateAlias CreateFunction CreateMicrovm* PublishLayerVersion RunMicrovm UpdateAlias UpdateFunctionCode UpdateFunctionConfiguration UpdateMicrovmImage
  lightsail: CreateContainerServiceDeployment CreateInstances CreateInstancesFromSnapshot
  opsworks: CreateDeployment
  sagemaker: CreateNotebookInstance CreateNotebookInstanceLifecycleConfig StartSession UpdateNotebookInstance UpdateNotebookInstanceLifecycleConfig
  servicecatalog: ExecuteProvisionedProduct* ProvisionProduct UpdateProvisionedProduct
  ssm: CreateActivation CreateAssociation* CreateDocument RegisterTaskWithMaintenanceWindow ResumeSession SendCommand StartAssociationsOnce StartAutomationExecution StartChangeRequestExecution StartSession UpdateAssociation UpdateDocument* UpdateMaintenanceWindowTask UpdateManagedInstanceRole
  ssm-guiconnect: StartConnection
  ssmmessages: *
  states: CreateStateMachine UpdateStateMachine
`;

/**
 * The request sets a schedule, a rule, a target, a copy or a log that the service goes on to send to. Source: "Request
 * Parameters" of each action, API reference of the service. If a name is missing, a session has effects when it has
 * ended.
 */
export const SENDERS = `
  cloudwatch: EnableAlarmActions PutCompositeAlarm PutMetricAlarm PutMetricStream
  codecommit: PutRepositoryTriggers
  codestar-notifications: CreateNotificationRule Subscribe UpdateNotificationRule
  config: PutDeliveryChannel
  databrew: CreateSchedule UpdateSchedule
  dynamodb: EnableKinesisStreamingDestination UpdateKinesisStreamingDestination
  ec2: CreateFlowLogs CreateTrafficMirrorSession ModifyTrafficMirrorSession
  ecr: CreatePullThroughCacheRule PutReplicationConfiguration UpdatePullThroughCacheRule
  elasticfilesystem: CreateReplicationConfiguration
  events: CreateApiDestination CreateConnection EnableRule PutRule PutTargets UpdateApiDestination UpdateConnection
  firehose: CreateDeliveryStream UpdateDestination
  glue: CreateTrigger StartCrawlerSchedule StartTrigger UpdateCrawlerSchedule UpdateTrigger
  guardduty: CreatePublishingDestination UpdatePublishingDestination
  iot: ConfirmTopicRuleDestination CreateTopicRule CreateTopicRuleDestination EnableTopicRule ReplaceTopicRule UpdateTopicRuleDestination
  kafka: CreateReplicator
  lambda: CreateEventSourceMapping PutFunctionEventInvokeConfig UpdateEventSourceMapping UpdateFunctionEventInvokeConfig
  logs: CreateDelivery CreateLogDelivery CreateScheduledQuery PutAccountPolicy PutDeliveryDestination PutDestination PutSubscriptionFilter UpdateLogDelivery UpdateScheduledQuery
  pipes: CreatePipe UpdatePipe
  s3: CreateBucketMetadataTableConfiguration PutAnalyticsConfiguration PutBucketLogging PutBucketNotification PutInventoryConfiguration PutReplicationConfiguration PutStorageLensConfiguration
  scheduler: CreateSchedule UpdateSchedule
  ses: CreateConfigurationSetEventDestination CreateReceiptRule SetActiveReceiptRuleSet UpdateConfigurationSetEventDestination UpdateReceiptRule
  sns: ConfirmSubscription Subscribe
`;
