/**
 * Families of interchangeable resource types, by service. An action that requires several types of a family works on
 * one of them at a time.
 *
 * The Service Authorization Reference stars types that a call needs together (`ec2:RunInstances`: image, instance,
 * subnet, ...). The Reference also stars types of which a call needs one (`bedrock:InvokeModel`: any of twelve kinds of
 * model). No field of the data distinguishes the two, hence this list.
 */
export const ALTERNATIVES: Readonly<Record<string, readonly (readonly string[])[]>> = {
  "arc-zonal-shift": [["ALB", "NLB"]],
  bedrock: [
    [
      "application-inference-profile",
      "async-invoke",
      "bedrock-marketplace-model-endpoint",
      "custom-model",
      "custom-model-deployment",
      "default-prompt-router",
      "foundation-model",
      "imported-model",
      "inference-profile",
      "project",
      "prompt-router",
      "provisioned-model",
      "system-tool",
    ],
    ["automated-reasoning-policy", "automated-reasoning-policy-version"],
    ["prompt", "prompt-version"],
  ],
  "bedrock-agentcore": [
    ["browser", "browser-custom"],
    ["code-interpreter", "code-interpreter-custom"],
  ],
  chime: [["app-instance-bot", "app-instance-user"]],
  clouddirectory: [["appliedSchema", "developmentSchema", "publishedSchema"]],
  comprehend: [
    ["document-classifier", "entity-recognizer"],
    ["document-classifier-endpoint", "entity-recognizer-endpoint"],
  ],
  connect: [
    ["aws-managed-view", "customer-managed-view", "qualified-aws-managed-view", "qualified-customer-managed-view"],
    ["metric", "qualified-metric"],
    ["phone-number", "wildcard-phone-number"],
  ],
  dataexchange: [
    ["assets", "entitled-assets"],
    ["data-sets", "entitled-data-sets"],
    ["entitled-revisions", "revisions"],
  ],
  drs: [["RecoveryInstanceResource", "SourceServerResource"]],
  dynamodb: [["stream", "table"]],
  elasticloadbalancing: [
    ["listener-rule/app", "listener-rule/net"],
    ["listener/app", "listener/gwy", "listener/net"],
    ["loadbalancer/app/", "loadbalancer/gwy/", "loadbalancer/net/"],
  ],
  iam: [["group", "policy", "role", "user"]],
  "network-firewall": [["StatefulRuleGroup", "StatelessRuleGroup"]],
  "network-security-manager": [
    ["deployment", "deployment-snapshot"],
    ["policy", "policy-snapshot"],
    ["rule", "rule-snapshot"],
    ["scope", "scope-snapshot"],
    ["template", "template-snapshot"],
  ],
  odb: [
    ["cloud-autonomous-vm-cluster", "cloud-vm-cluster"],
    ["cloud-exadata-infrastructure", "exascale-db-storage-vault"],
  ],
  organizations: [["organizationalunit", "root"]],
  "payment-cryptography": [["alias", "key"]],
  ram: [["customer-managed-permission", "permission"]],
  "redshift-data": [["cluster", "workgroup"]],
  "s3-outposts": [["accesspoint", "bucket"]],
  signin: [
    ["console", "oauth2-public-client-localhost", "oauth2-public-client-remote", "oauth2-resource-service-principal"],
  ],
  ssm: [["instance", "managed-instance"]],
  states: [
    ["execution", "express"],
    ["maprun", "statemachine"],
  ],
  wafv2: [["managedruleset", "rulegroup"]],
};
