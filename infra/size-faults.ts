import { IAM_LIMITS } from "./pack-statements.ts";

/** Parts of a CloudFormation template whose sizes are checked. */
export interface SizedTemplate {
  readonly Resources?: Readonly<Record<string, SizedResource>>;
  readonly Outputs?: Readonly<Record<string, unknown>>;
}

interface SizedResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** Limits of AWS besides those of IAM. Sources: the quotas of CloudFormation, Lambda, EventBridge and IAM. For limits that can be raised: the default. */
export const LIMITS = {
  resources: 500,
  outputs: 200,
  /** Bytes of a template that CloudFormation reads from S3. */
  templateBytes: 1_048_576,
  /** Bytes of a function's environment variables. */
  environmentBytes: 4_096,
  /** Characters of an event bus's policy. */
  busPolicyCharacters: 10_240,
  eventPatternCharacters: 2_048,
  functionDescriptionCharacters: 256,
  roleDescriptionCharacters: 1_000,
  roleNameCharacters: 64,
} as const;

/**
 * Text in place of a value that is known at the deployment only, such as an ARN or an address of a queue. Longer than any such value with this project's names.
 */
const LATER = "x".repeat(128);

/**
 * Lists the sizes in a template that AWS would refuse at the deployment, or after half of it. CDK renders such a template without a warning.
 * @param name name of the stack.
 */
export function sizeFaults(name: string, template: SizedTemplate): readonly string[] {
  const resources = Object.entries(template.Resources ?? {});
  const of = (what: string, size: number, most: number): readonly string[] =>
    size > most ? [`${name}: ${what}, ${size} of ${most}`] : [];
  return [
    ...of("resources of the stack", resources.length, LIMITS.resources),
    ...of("outputs of the stack", Object.keys(template.Outputs ?? {}).length, LIMITS.outputs),
    ...of("bytes of the template", Buffer.byteLength(JSON.stringify(template)), LIMITS.templateBytes),
    ...resources.flatMap(([id, { Type: type, Properties: properties = {} }]) =>
      (CHECKS[type] ?? []).flatMap(({ what, sizeOf, most }) => of(`${what} of ${id}`, sizeOf(properties), most)),
    ),
  ];
}

interface Check {
  readonly what: string;
  readonly most: number;
  sizeOf(properties: Readonly<Record<string, unknown>>): number;
}

/** Checks by resource type. A type without a row has no property that grows with the configuration. */
const CHECKS: Readonly<Record<string, readonly Check[]>> = {
  "AWS::IAM::Role": [
    {
      what: "characters of the inline policies",
      most: IAM_LIMITS.inlineCharacters,
      sizeOf: ({ Policies: policies }) =>
        listOf(policies).reduce((sum: number, { PolicyDocument: document }) => sum + charactersIn(document), 0),
    },
    {
      what: "characters of the trust policy",
      most: IAM_LIMITS.trustCharacters,
      sizeOf: ({ AssumeRolePolicyDocument: document }) => charactersIn(document),
    },
    {
      what: "managed policies",
      most: IAM_LIMITS.managedPolicies,
      sizeOf: ({ ManagedPolicyArns: arns }) => listOf(arns).length,
    },
    {
      what: "characters of the description",
      most: LIMITS.roleDescriptionCharacters,
      sizeOf: ({ Description: text }) => charactersIn(text),
    },
    {
      what: "characters of the name",
      most: LIMITS.roleNameCharacters,
      sizeOf: ({ RoleName: text }) => charactersIn(text),
    },
  ],
  "AWS::IAM::ManagedPolicy": [
    {
      what: "characters of the policy",
      most: IAM_LIMITS.managedCharacters,
      sizeOf: ({ PolicyDocument: document }) => charactersIn(document),
    },
  ],
  "AWS::Lambda::Function": [
    {
      what: "bytes of the environment",
      most: LIMITS.environmentBytes,
      sizeOf: ({ Environment: environment }) => charactersIn(Object(environment).Variables),
    },
    {
      what: "characters of the description",
      most: LIMITS.functionDescriptionCharacters,
      sizeOf: ({ Description: text }) => charactersIn(text),
    },
  ],
  "AWS::Events::EventBus": [
    {
      what: "characters of the bus's policy",
      most: LIMITS.busPolicyCharacters,
      sizeOf: ({ Policy: policy }) => charactersIn(policy),
    },
  ],
  "AWS::Events::Rule": [
    {
      what: "characters of the pattern",
      most: LIMITS.eventPatternCharacters,
      sizeOf: ({ EventPattern: pattern }) => charactersIn(pattern),
    },
  ],
};

const listOf = (value: unknown): readonly Readonly<Record<string, unknown>>[] =>
  Array.isArray(value) ? value.map((each: unknown) => Object(each)) : [];

/** Counts a value's bytes as JSON text, with a long text for each reference that CloudFormation resolves. A text counts without its quotes. */
function charactersIn(value: unknown): number {
  if (value === undefined) return 0;
  if (typeof value === "string") return Buffer.byteLength(value);
  return Buffer.byteLength(JSON.stringify(resolved(value)));
}

function resolved(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(resolved);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  const [[key = ""] = []] = entries;
  if (entries.length === 1 && (key === "Ref" || key.startsWith("Fn::"))) return LATER;
  return Object.fromEntries(entries.map(([name, each]) => [name, resolved(each)]));
}
