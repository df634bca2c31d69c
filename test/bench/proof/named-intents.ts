import { type Random, randomFrom } from "../policy/random.ts";
import { ACCOUNT } from "../policy/two-hundred-policies.ts";

/** Intent of long names that policy permits by their endings, and forbids by what they hold. */
export interface NamedIntent {
  /** Text of `authorization_details`. */
  readonly json: string;
  /** Policies in Cedar, one each. */
  readonly policies: readonly string[];
}

const ENDINGS = ["csv", "json", "parquet", "txt", "xml", "avro", "gz", "log"];
const WORDS = ["secret", "private", "payroll", "internal", "closed", "pii"];
const ACTIONS = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:GetObjectVersion"];
const BUCKET = "arn:aws:s3:::acme";
/** Characters of a name, at least and at most. */
const NAME = [60, 120] as const;
/** Characters of all names in an intent, so that most session policies fit. */
const MOST_CHARACTERS = 1_100;

const rule = (effect: "permit" | "forbid", pattern: string): string =>
  `${effect} (principal is Agent, action, resource is AWS::Resource) when { resource.arn like "${pattern}" };`;

/** Makes policies of one deployment, and `count` intents under them. Equal seeds make equal intents. */
export function namedIntents(seed: number, count: number): readonly NamedIntent[] {
  const random = randomFrom(seed);
  const endings = random.some(ENDINGS, 3 + random.below(4));
  const policies = [
    ...endings.map((ending) => rule("permit", `${BUCKET}/*.${ending}`)),
    ...random
      .some(WORDS, 2 + random.below(3))
      .map((word) => rule("forbid", random.one([`*${word}*`, `*/${word}/*`, `${BUCKET}/*-${word}-*`]))),
  ];
  return Array.from({ length: count }, () => ({ policies, json: intent(random, endings) }));
}

function intent(random: Random, endings: readonly string[]): string {
  const resources = new Set<string>();
  for (let left = MOST_CHARACTERS; left > NAME[1]; ) {
    const resource = target(random, random.one(endings));
    resources.add(resource);
    left -= resource.length;
    if (random.below(12) === 0) break;
  }
  return JSON.stringify([
    { type: "aws", account: ACCOUNT, actions: random.some(ACTIONS, 1 + random.below(3)), resources: [...resources] },
  ]);
}

function target(random: Random, ending: string): string {
  const name = nameOf(random);
  return random.one([
    `${BUCKET}/*/${name}.${ending}`,
    `${BUCKET}/${name}/*.${ending}`,
    `${BUCKET}/*/${name}/*.${ending}`,
    `${BUCKET}/*${name}*.${ending}`,
    `${BUCKET}/${name}.${ending}`,
  ]);
}

/** Makes a name of words, numbers and dashes, as people and programs write them. */
function nameOf(random: Random): string {
  const length = NAME[0] + random.below(NAME[1] - NAME[0] + 1);
  let name = "";
  while (name.length < length)
    name += random.one(["report", "export", "2026", "eu-west", "monthly", "customer", "x", "7", "-", "_", "a1b2c3"]);
  return name.slice(0, length);
}
