import { type Random, randomFrom } from "./random.ts";
import { ACCOUNT } from "./two-hundred-policies.ts";

/** Intent of one detail, with forbids. A further policy permits everything. */
export interface AnyIntent {
  /** Text of `authorization_details`. */
  readonly json: string;
  /** Forbids in Cedar, one policy each. */
  readonly forbids: readonly string[];
}

/** Kind of resources: their service, actions and names. */
interface Kind {
  readonly actions: readonly string[];
  readonly target: (random: Random) => string;
}

const PREFIXES = ["reports", "exports", "invoices", "customers", "drafts", "archive"];
const NAMES = ["orders", "invoices", "customers", "mail", "jobs", "ledger"];
const regional = (service: string, name: string): string => `arn:aws:${service}:us-east-1:${ACCOUNT}:${name}`;

const KINDS: readonly Kind[] = [
  {
    actions: [
      ...["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:GetObjectVersion", "s3:AbortMultipartUpload"],
      ...["s3:GetObjectAttributes", "s3:RestoreObject"],
    ],
    target: (random) => {
      const path = `arn:aws:s3:::acme-${random.one(["data", "scratch", "shared"])}/${random.one(PREFIXES)}`;
      return random.one([
        `${path}/*`,
        `${path}/${random.one(["2025", "2026"])}/*`,
        `${path}/*/totals.csv`,
        `${path}/a.csv`,
      ]);
    },
  },
  {
    actions: ["s3:ListBucket", "s3:GetBucketLocation", "s3:ListBucketVersions"],
    target: (random) => `arn:aws:s3:::acme-${random.one(["data", "scratch", "shared"])}`,
  },
  {
    actions: ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:BatchGetItem", "dynamodb:UpdateItem"],
    target: (random) => regional("dynamodb", `table/${random.one(NAMES)}${random.one(["", "-*", "-2026"])}`),
  },
  {
    actions: ["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
    target: (random) => regional("sqs", `${random.one(NAMES)}${random.one(["", "-*", ".fifo"])}`),
  },
  {
    actions: ["ec2:StartInstances", "ec2:StopInstances", "ec2:RebootInstances"],
    target: (random) => regional("ec2", `instance/${random.one(["*", "i-0*", "i-0a1b2c3d4e5f"])}`),
  },
  {
    actions: ["lambda:InvokeFunction", "lambda:GetFunctionConfiguration"],
    target: (random) => regional("lambda", `function:${random.one(NAMES)}${random.one(["", "-*", "-monthly-*"])}`),
  },
];

/** Typical forbids of platform teams: on names, paths and tags. */
const FORBIDS: readonly ((random: Random) => string)[] = [
  () => 'resource.arn like "*pii*"',
  () => 'resource.arn like "*/secret/*"',
  (random) => `resource.arn like "arn:aws:s3:::acme-*/${random.one(PREFIXES)}/closed/*"`,
  (random) => `resource.arn like "arn:aws:s3:::acme-data/${random.one(PREFIXES)}/2026/*.key"`,
  (random) => `resource.arn like "arn:aws:*:*:*:*${random.one(NAMES)}-*-dead"`,
  () => 'resource.service == "ec2" && resource.tags has stage && resource.tags.stage == "prod"',
  () => '["sqs", "dynamodb"].contains(resource.service) && resource.tags has team && resource.tags.team != "data"',
  () => 'resource.service == "ec2" && resource.tags.owner == "root"',
];
const SCOPES = ["action", "action", 'action in Action::"aws:Write"', 'action in Action::"s3:Read"'];

/** Makes `count` intents of 2 to 50 pairs with 0 to 4 forbids each. Equal seeds make equal intents. */
export function anyIntents(seed: number, count: number): readonly AnyIntent[] {
  const random = randomFrom(seed);
  return Array.from({ length: count }, () => ({ json: intent(random), forbids: forbids(random) }));
}

function intent(random: Random): string {
  const wanted = 2 + random.below(MOST_PAIRS - 1);
  const chosen = new Map<Kind, { readonly actions: readonly string[]; readonly targets: Set<string> }>();
  const pairs = (): number =>
    [...chosen.values()].reduce((sum, { actions, targets }) => sum + actions.length * targets.size, 0);
  for (let round = 0; round < ROUNDS && pairs() < wanted; round += 1) {
    const kind = random.one(KINDS);
    const own = chosen.get(kind) ?? { actions: random.some(kind.actions, 1 + random.below(4)), targets: new Set() };
    if (pairs() + own.actions.length > MOST_PAIRS) continue;
    own.targets.add(kind.target(random));
    chosen.set(kind, own);
  }
  const all = [...chosen.values()];
  const [actions, resources] = [all.flatMap((own) => own.actions), all.flatMap((own) => [...own.targets])];
  return JSON.stringify([{ type: "aws", account: ACCOUNT, actions, resources }]);
}

/** Most pairs of an intent, and most rounds of additions to it. */
const [MOST_PAIRS, ROUNDS] = [50, 60];

const forbids = (random: Random): readonly string[] =>
  random
    .some(FORBIDS, random.below(5))
    .map((write) => `forbid (principal, ${random.one(SCOPES)}, resource is AWS::Resource) when { ${write(random)} };`);
