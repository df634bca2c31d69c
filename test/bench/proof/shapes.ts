import { ACCOUNT } from "../policy/two-hundred-policies.ts";

/** Kind of sessions whose proof has a target: policies, and an intent that they permit as a whole. */
export interface Shape {
  readonly name: string;
  /** Policies in Cedar, one each. */
  readonly policies: readonly string[];
  /** Text of `authorization_details`; each number gives other targets. */
  readonly intent: (number: number) => string;
  readonly samples: number;
  readonly targetMs: { readonly p50: number; readonly p99?: number };
}

const permit = (condition: string): string =>
  `permit (principal is Agent, action, resource is AWS::Resource) when { ${condition} };`;
const forbid = (condition: string): string =>
  `forbid (principal is Agent, action, resource is AWS::Resource) when { ${condition} };`;
const details = (actions: readonly string[], resources: readonly string[]): string =>
  JSON.stringify([{ type: "aws", account: ACCOUNT, actions, resources }]);
const table = (name: string): string => `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/${name}`;

/** Typical forbids of platform teams: on names, paths and tags. */
const FOUR_FORBIDS = [
  forbid('resource.arn like "*pii*"'),
  forbid('resource.arn like "arn:aws:s3:::acme-data/*/closed/*"'),
  forbid('resource.service == "dynamodb" && resource.tags has team && resource.tags.team != "data"'),
  forbid('resource.arn like "arn:aws:s3:::acme-payroll*"'),
];

export const SHAPES: readonly Shape[] = [
  {
    name: "10 pairs without patterns, 4 forbids",
    policies: [permit(`resource.account == "${ACCOUNT}"`), ...FOUR_FORBIDS],
    intent: (number) =>
      details(
        ["s3:GetObject", "s3:PutObject", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem"],
        [
          ...["a", "b"].map((name) => `arn:aws:s3:::acme-data/out/${number}/${name}.csv`),
          ...["orders", "ledger"].map((name) => table(`${name}-${number}`)),
        ],
      ),
    samples: 500,
    targetMs: { p50: 0.5, p99: 2 },
  },
  {
    name: "32 pairs with patterns, 2 permits, 4 forbids",
    policies: [
      permit('resource.arn like "arn:aws:s3:::acme-data/*"'),
      permit(`resource.arn like "arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/*" && resource.tags has team`),
      ...FOUR_FORBIDS,
    ],
    intent: (number) =>
      details(
        [
          ...["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:GetObjectVersion"],
          ...["dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem", "dynamodb:UpdateItem"],
        ],
        [
          ...["in", "out", "tmp", "log"].map((name) => `arn:aws:s3:::acme-data/${name}-${number}/*`),
          ...["orders", "ledger", "mail", "jobs"].map((name) => table(`${name}-${number}-*`)),
        ],
      ),
    samples: 500,
    targetMs: { p50: 5, p99: 15 },
  },
  {
    name: "1,000 forbids of exact ARNs, all on one set",
    policies: [
      permit('resource.arn like "arn:aws:s3:::acme-data/*"'),
      ...Array.from({ length: 1_000 }, (_, index) =>
        forbid(`resource.arn == "arn:aws:s3:::acme-data/in/closed-${index}.csv"`),
      ),
    ],
    intent: () => details(["s3:GetObject"], ["arn:aws:s3:::acme-data/in/*"]),
    samples: 30,
    targetMs: { p50: 50 },
  },
  {
    name: "6 forbids of three gaps each on one set",
    policies: [
      permit('resource.arn like "arn:aws:s3:::acme-data/*"'),
      ...["ab", "cd", "ef", "gh", "ij", "kl"].map((name) =>
        forbid(`resource.arn like "arn:aws:s3:::acme-data/*${name}-*-${name.toUpperCase()}*"`),
      ),
    ],
    intent: (number) => details(["s3:GetObject"], [`arn:aws:s3:::acme-data/in-${number}/*`]),
    samples: 500,
    targetMs: { p50: 2 },
  },
];
