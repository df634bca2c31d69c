/**
 * Ceiling of an account that lists none in `valetkey.json`: actions that read and write data, and describe resources.
 * The list has no action that builds, grants, or runs the caller's code. Policies permit within the ceiling, never
 * beyond it.
 */
export const DEFAULT_CEILING: readonly string[] = [
  ...["s3:GetObject", "s3:GetObjectVersion", "s3:GetObjectTagging", "s3:GetObjectAttributes", "s3:PutObject"],
  ...["s3:DeleteObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:ListBucketMultipartUploads"],
  ...["s3:ListBucket", "s3:ListBucketVersions", "s3:GetBucketLocation", "s3:ListAllMyBuckets"],
  ...["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:Scan", "dynamodb:ConditionCheckItem"],
  ...["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem", "dynamodb:PartiQL*"],
  ...["dynamodb:DescribeTable", "dynamodb:ListTables"],
  ...["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"],
  ...[
    "sqs:GetQueueAttributes",
    "sqs:GetQueueUrl",
    "sqs:ListQueues",
    "sns:Publish",
    "sns:ListTopics",
    "events:PutEvents",
  ],
  ...["kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:DescribeStreamSummary", "kinesis:ListShards"],
  ...["kinesis:PutRecord", "kinesis:PutRecords", "firehose:PutRecord", "firehose:PutRecordBatch"],
  ...["lambda:InvokeFunction", "lambda:GetFunctionConfiguration", "lambda:ListFunctions"],
  ...["states:StartExecution", "states:StartSyncExecution", "states:DescribeExecution", "states:GetExecutionHistory"],
  ...["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
  ...["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"],
  ...["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:DescribeKey"],
  ...["logs:DescribeLog*", "logs:FilterLogEvents", "logs:GetLogEvents", "logs:StartQuery", "logs:GetQueryResults"],
  ...["logs:StopQuery", "cloudwatch:GetMetric*", "cloudwatch:ListMetrics", "cloudwatch:DescribeAlarms"],
  ...["cloudwatch:PutMetricData", "xray:GetTraceSummaries", "xray:BatchGetTraces"],
  ...["athena:StartQueryExecution", "athena:StopQueryExecution", "athena:GetQuery*", "athena:GetWorkGroup"],
  ...["athena:GetDataCatalog", "athena:GetTableMetadata", "athena:ListDatabases", "athena:ListTableMetadata"],
  ...["glue:GetDatabase", "glue:GetDatabases", "glue:GetTable", "glue:GetTables", "glue:GetPartition"],
  ...["glue:GetPartitions", "glue:BatchGetPartition", "redshift-data:ExecuteStatement"],
  ...["redshift-data:DescribeStatement", "redshift-data:GetStatementResult"],
  ...["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"],
  ...["ec2:Describe*", "rds:Describe*", "ecs:Describe*", "ecs:List*", "eks:DescribeCluster", "eks:ListClusters"],
  ...["elasticloadbalancing:Describe*", "autoscaling:Describe*", "cloudformation:DescribeStack*"],
  ...["cloudformation:ListStacks", "cloudtrail:LookupEvents", "tag:GetResources", "ce:GetCostAndUsage"],
];

/**
 * Actions that switch off an account's monitoring. No minting rule covers them, since they create nothing that outlives
 * a session.
 */
export const WATCHING: readonly string[] = [
  ...["cloudtrail:Stop*", "cloudtrail:Delete*", "cloudtrail:Update*", "cloudtrail:PutEventSelectors"],
  ...[
    "guardduty:Update*",
    "guardduty:Delete*",
    "config:Stop*",
    "config:Delete*",
    "logs:DeleteLog*",
    "events:DisableRule",
  ],
];

/**
 * Actions that are denied to every task, whatever its policy and its account's list allow. The list has the worst
 * actions that mint credentials, assume other identities, open resources to others, or switch off monitoring. Their
 * effect would outlive the task. `sts:GetScopedCredentials` is missing on purpose: it can only narrow, and ends with
 * the session.
 */
export const NEVER: readonly string[] = [
  // Assuming other identities and granting rights. `iam:*` includes `iam:PassRole`: no service gets a role without it.
  ...["iam:*", "organizations:*", "account:*", "sso:*", "sso-directory:*", "identitystore:*", "ram:*"],
  ...["sts:AssumeRole*", "sts:AssumeRoot", "sts:GetFederationToken", "sts:GetSessionToken", "sts:GetWebIdentityToken"],
  ...["sts:GetServiceBearerToken", "rolesanywhere:*", "signin:*"],
  // Credentials that remain valid when the session is denied.
  ...["s3:GetDataAccess", "s3:*AccessGrant*", "kms:CreateGrant", "lakeformation:GetTemporary*"],
  ...["lakeformation:GetDataAccess", "lakeformation:*Permissions", "redshift:GetClusterCredentials*"],
  ...["redshift-serverless:GetCredentials", "cognito-identity:GetCredentialsForIdentity"],
  ...[
    "cognito-identity:GetOpenIdToken*",
    "bedrock-agentcore:GetWorkloadAccessToken*",
    "bedrock-agentcore:GetResource*",
  ],
  ...[
    "ec2-instance-connect:*",
    "ec2:GetPasswordData",
    "ec2:CreateKeyPair",
    "ec2:ImportKeyPair",
    "ec2:AuthorizeSecurityGroup*",
  ],
  // Running code under the role of an existing resource.
  ...["lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration", "lambda:PublishLayerVersion"],
  ...["lambda:*EventSourceMapping", "cloudformation:Create*", "cloudformation:Update*", "cloudformation:Execute*"],
  ...["codebuild:StartBuild*", "codebuild:UpdateProject", "codepipeline:UpdatePipeline", "glue:UpdateJob"],
  ...[
    "glue:CreateSession",
    "states:UpdateStateMachine",
    "ecs:ExecuteCommand",
    "ecs:RunTask",
    "ec2:ModifyInstanceAttribute",
  ],
  ...[
    "ssm:SendCommand",
    "ssm:StartSession",
    "ssm:ResumeSession",
    "ssm:StartAutomationExecution",
    "ssm:CreateAssociation",
    "ssm:CreateDocument",
    "ssm:UpdateDocument*",
  ],
  // Opening a resource to others.
  ...["s3:Put*Policy*", "s3:Delete*Policy*", "s3:Put*Acl", "s3:Put*PublicAccessBlock", "s3:PutBucketOwnershipControls"],
  ...["s3:PutReplicationConfiguration", "s3express:Put*Policy", "s3tables:Put*Policy", "s3vectors:Put*Policy"],
  ...["kms:PutKeyPolicy", "secretsmanager:*ResourcePolicy", "dynamodb:*ResourcePolicy", "lambda:*Permission"],
  ...["lambda:PutResourcePolicy", "lambda:*FunctionUrlConfig", "sqs:*Permission", "sqs:SetQueueAttributes"],
  ...["sns:*Permission", "sns:SetTopicAttributes", "events:*Permission", "events:PutResourcePolicy", "ecr:Set*Policy"],
  ...["ecr:PutRegistryPolicy", "logs:Put*Policy", "kinesis:PutResourcePolicy", "glue:PutResourcePolicy"],
  ...[
    "ssm:PutResourcePolicy",
    "ssm:ModifyDocumentPermission",
    "elasticfilesystem:Put*Policy",
    "backup:PutBackupVault*",
  ],
  ...["ec2:Modify*Attribute", "ec2:CreateNetworkInterfacePermission", "rds:ModifyDB*SnapshotAttribute"],
  ...["execute-api:ManageConnections", "apigateway:UpdateRestApiPolicy"],
  ...WATCHING,
];
