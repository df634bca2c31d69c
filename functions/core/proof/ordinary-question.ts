import type { Question } from "./question.ts";

const [ACCOUNT, REGION] = ["000000000000", "us-east-1"];
const [OPENED_AT, TTL_SECONDS] = [1_800_000_000, 900];
const FENCE_AT = OPENED_AT + TTL_SECONDS;

/** Requests of a sample intent: objects under a path, and tables by name. */
const requestsOf = (name: string): Question["asked"] => [
  { account: ACCOUNT, actions: ["s3:GetObject"], resources: [`arn:aws:s3:::${name}/*`, `arn:aws:s3:::${name}/a.csv`] },
  {
    account: ACCOUNT,
    actions: ["dynamodb:GetItem", "dynamodb:Query"],
    resources: [`arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${name}-*`],
  },
];

/**
 * Returns the question of a sample session that nobody requested, of the usual shape: paths, names, tags, a Deny, a
 * fence. Each name gives another question.
 */
export function ordinaryQuestion(name: string, given: Pick<Question, "policies" | "catalogue" | "never">): Question {
  const allows = requestsOf(name).map(({ actions, resources }) => ({
    Effect: "Allow",
    Action: actions,
    Resource: resources,
    Condition: { StringEquals: { "aws:ResourceAccount": ACCOUNT } },
  }));
  const denies = [
    { Effect: "Deny", Action: "s3:*", Resource: `arn:aws:s3:::${name}/*closed*` },
    {
      Effect: "Deny",
      Action: "dynamodb:*",
      Resource: "*",
      Condition: { StringNotEqualsIfExists: { "aws:ResourceTag/team": name } },
    },
    {
      Effect: "Deny",
      Action: "*",
      Resource: "*",
      Condition: { DateGreaterThanEquals: { "aws:CurrentTime": new Date(FENCE_AT * 1_000).toISOString() } },
    },
  ];
  return {
    ...given,
    text: JSON.stringify({ Version: "2012-10-17", Statement: [...allows, ...denies] }),
    ...{
      asked: requestsOf(name),
      bounds: [],
      above: [],
      fenceAt: FENCE_AT,
      account: ACCOUNT,
      reads: [],
      exceptions: [],
    },
    asker: {
      agent: { id: name, owner: "", team: "" },
      claims: {},
      purpose: "",
      ttlSeconds: TTL_SECONDS,
      openedAt: OPENED_AT,
      atMs: OPENED_AT * 1_000,
      chain: [],
      conditions: [],
    },
  };
}
