import fc from "fast-check";
import { type AgentId, agentId } from "../../../contract/agent-id.ts";
import type { OnBehalf } from "../../../functions/core/people/on-behalf.ts";
import type { Requester } from "../../../functions/core/policy/entities.ts";
import { ACCOUNT, ANY, arn, fill, inIam, OTHER_ACCOUNT, type Piece, resourceStart, withGaps } from "./arns.ts";
import { type ArbitraryPolicy, arbitraryPolicy, PERMIT_ALL } from "./policies.ts";

/** Labels of the generated agents of a team, so that a condition on a label has two answers. */
export const labelsIn = (team: string): readonly string[] => (team === "data" ? ["vetted", "deployer"] : ["vetted"]);

/** Policies, an agent and its request, all about the same few resources, so that they meet. */
export interface Scenario {
  readonly policies: readonly ArbitraryPolicy[];
  readonly asker: {
    readonly agent: Omit<Requester["agent"], "id"> & { readonly id: AgentId };
    readonly claims: Readonly<Record<string, string>>;
    readonly purpose: string;
    readonly ttlSeconds: number;
    readonly sourceIp: string;
    /** Agents of the tasks above, the root's first. */
    readonly ancestors?: readonly AgentId[];
    /** Person for whom the agent requests. */
    readonly onBehalf?: OnBehalf;
  };
  /** People give the votes that are required. Where absent, nobody votes. */
  readonly votes?: "given";
  /** When policy decides and when the leases are planned, if not at the usual time; epoch milliseconds. */
  readonly clock?: { readonly decidedAtMs: number; readonly plannedAtMs: number };
  /** Tags of the resources that calls are made on, if not the usual ones. */
  readonly tagSets?: readonly Readonly<Record<string, string>>[];
  /** `authorization_details`. */
  readonly json: string;
  /** The targets as lists, so that they can be filled in. */
  readonly targets: readonly (readonly Piece[])[];
  readonly arns: readonly string[];
}

/** Actions by what their resource looks like; patterns of actions too, and actions that mint. */
const ACTIONS: readonly (readonly [RegExp, readonly string[]])[] = [
  [
    /^arn:aws:s3:::[^/]+\//,
    ["s3:GetObject", "s3:PutObject", "s3:GetObjectA*", "s3:deleteobject", "s3:PutObjectTagging", "s3:Get*Acl"],
  ],
  [/^arn:aws:s3:::[^/]+$/, ["s3:ListBucket", "s3:GetBucketLocation", "s3:Get*Acl"]],
  [/^arn:aws:sqs:/, ["sqs:SendMessage", "sqs:*eMessage"]],
  [/^arn:aws:dynamodb:/, ["dynamodb:GetItem", "dynamodb:PutItem"]],
  [/^arn:aws:ec2:.*:instance/, ["ec2:StartInstances", "ec2:St*Instances"]],
  [/^arn:aws:ec2:.*:volume/, ["ec2:AttachVolume"]],
  [/^arn:aws:iam:/, ["iam:PassRole", "sts:AssumeRole", "iam:PassR*"]],
];
/** In the exact case, as policies name them. */
export const NAMED: readonly string[] = [
  ...["s3:GetObject", "s3:PutObject", "s3:GetObjectAcl", "s3:DeleteObject", "s3:PutObjectTagging", "s3:ListBucket"],
  ...["s3:GetBucketLocation", "s3:ListAllMyBuckets", "sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage"],
  ...[
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "sts:AssumeRole",
    "iam:PassRole",
    "ec2:StartInstances",
    "ec2:StopInstances",
  ],
  ...["ec2:AttachVolume", "s3:GetBucketAcl"],
];

const actionsFor = (text: string): readonly string[] => ACTIONS.find(([form]) => form.test(text))?.[1] ?? [];

/** One detail: a resource, perhaps as a set, perhaps another of the same kind beside it, and actions on it. */
export const detail = (arns: readonly string[]) =>
  fc.constantFrom(...arns).chain((text) => {
    const alike = arns.filter((other) => actionsFor(other) === actionsFor(text));
    const target = (each: string) =>
      fc.oneof(
        { weight: 2, arbitrary: fc.constant<readonly Piece[]>([each]) },
        { weight: 2, arbitrary: withGaps(each, resourceStart(each)) },
        {
          weight: 4,
          arbitrary: fc.constant<readonly Piece[]>([each.slice(0, each.lastIndexOf("/") + 1) || each, ANY]),
        },
      );
    // A volume is attached to an instance: both must be named.
    const beside = text.includes(":volume/") ? [target(text.replace("volume/vol-0", "instance/i-0"))] : [];
    return fc.record({
      targets: fc
        .tuple(target(text), fc.option(fc.constantFrom(...alike).chain(target), { freq: 3 }), ...beside)
        .map(([first, second, ...others]) => [first, ...(second === null ? [] : [second]), ...others]),
      actions: fc.uniqueArray(fc.constantFrom(...actionsFor(text)), { minLength: 1, maxLength: 3 }),
      isWhole: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
      account: fc.oneof(
        { weight: 9, arbitrary: fc.constant(ACCOUNT) },
        { weight: 1, arbitrary: fc.constant(OTHER_ACCOUNT) },
      ),
      conditions: fc.option(
        fc.constantFrom({ StringLike: { "s3:prefix": "pub/*" } }, { Bool: { "aws:SecureTransport": "true" } }),
        {
          freq: 2,
        },
      ),
    });
  });

/** Address of the requester. */
const ADDRESS = "192.0.2.7";

export const arbitraryScenario: fc.Arbitrary<Scenario> = fc
  .uniqueArray(arn, { minLength: 1, maxLength: 3 })
  .chain((arns) =>
    fc
      .record({
        isOpen: fc.boolean(),
        permits: fc.array(arbitraryPolicy(arns, NAMED, "permit"), { minLength: 1, maxLength: 4 }),
        forbids: fc.array(arbitraryPolicy(arns, NAMED, "forbid"), { maxLength: 3 }),
        details: fc.array(detail(arns), { minLength: 1, maxLength: 2 }),
        team: fc.constantFrom("data", "data", "other"),
        claims: fc.constantFrom<Record<string, string>>({}, { ref: "main" }, { ref: "dev" }),
        purpose: fc.constantFrom("monthly report", "tidy up"),
        ttlSeconds: fc.constantFrom(900, 3_600),
      })
      .map(({ isOpen, permits, forbids, details, team, claims, purpose, ttlSeconds }) => ({
        policies: [...permits, ...forbids, ...(isOpen ? [PERMIT_ALL] : [])],
        asker: {
          agent: { id: agentId("reporter"), owner: "ada", team, labels: labelsIn(team) },
          claims,
          purpose,
          ttlSeconds,
          sourceIp: ADDRESS,
        },
        json: JSON.stringify(
          details.map(({ targets, actions, isWhole, account, conditions }) => ({
            type: "aws",
            account,
            actions: isWhole ? [...actions, "s3:ListAllMyBuckets"] : actions,
            resources: [...targets.map(inIam), ...(isWhole ? ["*"] : [])],
            ...(conditions === null ? {} : { conditions }),
          })),
        ),
        targets: details.flatMap((each) => each.targets),
        arns,
      })),
  );

/** Fillings for a gap: usual text and awkward text (a colon, characters with a meaning in IAM, the empty string). */
const FILLINGS = ["", "a", "pii", "/pii/", "x:y", "pub/a", "*", "?", "$"];

/** Concrete ARNs at which policies and grants could differ: members of every named pattern, and near misses. */
export function concreteArns({ policies, targets, arns }: Scenario): readonly string[] {
  const patterns = [...targets, ...policies.flatMap((policy) => policy.patterns)];
  const literals = patterns.flat().filter((piece) => piece !== ANY);
  const tails = literals.map((text) => text.slice(resourceStart(text) > text.length ? 0 : resourceStart(text)));
  const fillings = [...new Set([...FILLINGS, ...tails, ...tails.map((tail) => tail.slice(tail.indexOf("/") + 1))])];
  const members = patterns.flatMap((pattern) => fillings.map((filling) => fill(pattern, filling)));
  const near = [...arns, ...targets.map((target) => fill(target, "b"))].flatMap((text) => [
    text,
    text.slice(0, -1),
    `${text}x`,
  ]);
  return [...new Set([...members, ...near])].filter((text) =>
    /^arn:aws:[a-z0-9]+:[a-z0-9-]*:(\d{12})?:[^ ]+$/.test(text),
  );
}
