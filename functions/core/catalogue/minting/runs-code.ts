import type { MintingRule } from "./minting-rule.ts";

/** Actions that run code or a shell as another identity. */
export const runsCode: MintingRule = {
  why: "it runs code, or a shell, as another identity",
  source: "API references of these actions: the request has code, a command or an image that a role or instance runs",
  ifWrong: "a permit on a group of actions has the rights of another identity",
  actions: [
    "apprunner:CreateService",
    "apprunner:UpdateService",
    "autoscaling:CreateLaunchConfiguration",
    "batch:SubmitJob", // may override the command of a job that has a role
    "cloud9:*Environment*Membership",
    "cloud9:ModifyTemporaryCredentialsOnEnvironmentEC2",
    "cloudformation:ActivateType", // code that runs in later stacks
    "cloudformation:CreateChangeSet", // a stack keeps the role that it was made with
    "cloudformation:CreateStack*",
    "cloudformation:ExecuteChangeSet",
    "cloudformation:RegisterType",
    "cloudformation:SetType*",
    "cloudformation:UpdateStack*",
    "codebuild:CreateProject",
    "codebuild:CreateWebhook",
    "codebuild:RetryBuild*",
    "codebuild:Start*", // may override the build's commands
    "codebuild:UpdateProject*",
    "codepipeline:CreatePipeline",
    "codepipeline:UpdatePipeline",
    "datapipeline:PutPipelineDefinition",
    "ec2:AssociateIamInstanceProfile",
    "ec2:CreateLaunchTemplateVersion",
    "ec2:ModifyInstanceAttribute", // user data runs at the next start
    "ec2:ModifyLaunchTemplate",
    "ec2:ReplaceIamInstanceProfileAssociation",
    "ec2-instance-connect:*",
    "ec2messages:*", // an agent on an instance, answering for it
    "ecs:ExecuteCommand",
    "ecs:RegisterContainerInstance",
    "ecs:RunTask", // may override the command of a task that has a role
    "ecs:StartTask",
    "eks:AccessKubernetesApi", // Kubernetes alone decides about the calls
    "eks:AssociateIdentityProviderConfig",
    "eks:CreateAccessEntry",
    "eks:CreatePodIdentityAssociation",
    "eks:MutateViaKubernetesApi",
    "eks:UpdateAccessEntry",
    "eks:UpdatePodIdentityAssociation",
    "elasticbeanstalk:CreateApplicationVersion",
    "elasticbeanstalk:CreateEnvironment",
    "elasticbeanstalk:UpdateEnvironment",
    "elasticmapreduce:AddJobFlowSteps",
    "elasticmapreduce:StartSession",
    "emr-serverless:StartSession",
    "gameliftstreams:CreateStreamSessionAdminShell",
    "glue:CreateDevEndpoint",
    "glue:CreateJob",
    "glue:CreateSession",
    "glue:RunStatement",
    "glue:StartJobRun", // arguments may name other code
    "glue:UpdateDevEndpoint",
    "glue:UpdateJob*",
    "lambda:CreateFunction",
    "lambda:CreateMicrovm*",
    "lambda:ConnectMicrovm",
    "lambda:PublishLayerVersion",
    "lambda:RunMicrovm",
    "lambda:UpdateFunctionCode",
    "lambda:UpdateFunctionConfiguration", // layers and environment variables are code too
    "sagemaker:CreateNotebookInstance*", // a notebook runs as its role, and its lifecycle configuration as root
    "sagemaker:StartSession",
    "sagemaker:UpdateNotebookInstance*",
    "servicecatalog:ExecuteProvisionedProduct*", // a product's launch role
    "servicecatalog:ProvisionProduct",
    "servicecatalog:UpdateProvisionedProduct",
    "ssm:CreateActivation", // registers machines that then hold a role
    "ssm:CreateAssociation*",
    "ssm:CreateDocument", // commands that others will run
    "ssm:RegisterTaskWithMaintenanceWindow",
    "ssm:RequestManagedInstanceRoleToken",
    "ssm:ResumeSession",
    "ssm:SendCommand",
    "ssm:StartAssociationsOnce",
    "ssm:StartAutomationExecution",
    "ssm:StartChangeRequestExecution",
    "ssm:StartSession",
    "ssm:UpdateAssociation",
    "ssm:UpdateDocument*",
    "ssm:UpdateMaintenanceWindowTask",
    "ssm:UpdateManagedInstanceRole",
    "ssm-guiconnect:StartConnection",
    "ssmmessages:*", // an agent on an instance, answering for it
    "states:CreateStateMachine",
    "states:UpdateStateMachine",
    "airflow:InvokeRestApi", // starts and changes code that the environment runs as its role
    "amplify:CreateDeployment",
    "amplify:StartDeployment",
    "amplify:StartJob",
    "apprunner:StartDeployment",
    "athena:StartCalculationExecution", // code as the workgroup's role
    "athena:StartSession",
    "bedrock-agentcore:InvokeAgentRuntimeCommand*", // a shell beside the agent, as its role
    "bedrock-agentcore:InvokeCodeInterpreter", // code as the interpreter's role
    "bedrock-agentcore:StartCodeInterpreterSession",
    "cloudformation:ContinueUpdateRollback", // runs as the stack's role, like all actions on a stack
    "cloudformation:DeleteStack*",
    "cloudformation:ExecuteStackRefactor",
    "cloudformation:RollbackStack",
    "codecommit:CreateCommit", // changes the code that pipelines build and run
    "codecommit:GitPush",
    "codecommit:Merge*",
    "codecommit:PutFile",
    "codedeploy:CreateCloudFormationDeployment",
    "codedeploy:CreateDeployment",
    "codepipeline:StartPipelineExecution", // may name other source revisions
    "deadline:CreateJob", // scripts as the queue's role
    "ecr:PutImage", // replaces an image that others run by its tag
    "emr-containers:CreateJobTemplate", // takes the role that jobs run as
    "emr-containers:StartJobRun", // takes the role of the job, without iam:PassRole
    "glue:StartWorkflowRun",
    "greengrass:CreateDeployment", // code on devices
    "iot:CreateJob*", // code that devices will run
    "kinesisanalytics:UpdateApplication", // replaces the application's code
    "lambda:CreateAlias",
    "lambda:UpdateAlias", // directs callers to other code
    "amplify:CreateWebHook", // a link that starts builds, without a credential
    "amplify:UpdateWebHook",
    "codebuild:UpdateWebhook",
    "codepipeline:PutWebhook",
    "codepipeline:RegisterWebhookWithThirdParty",
    "lightsail:CreateInstances*", // user data runs as root, and a key pair opens a shell
    "appsync:CreateFunction", // code that runs as the role of its data source
    "appsync:CreateResolver",
    "appsync:UpdateFunction",
    "appsync:UpdateResolver",
    "elasticmapreduce:StartNotebookExecution",
    "greengrass:StartBulkDeployment",
    "iot:AssociateTargetsWithJob", // more devices run the job's code
    "iot:StartCommandExecution",
    "lambda:UpdateMicrovmImage",
    "lightsail:CreateContainerServiceDeployment",
    "opsworks:CreateDeployment",
  ],
  byName: ["lambda:UpdateMicrovmImage", "opsworks:CreateDeployment"],
};
