import { runSimulation } from "@cloud-copilot/iam-simulate";
import { describe, expect, it } from "vitest";
import { taskRoleName } from "../../functions/hub-names.ts";
import { PERSON_TAG, PROBE_IDENTITY, SESSION_TAGS } from "../../functions/names.ts";
import { IAM_LIMITS } from "../../infra/pack-statements.ts";
import { type TrustStatement, taskRoleTrust } from "../../infra/target-rights.ts";

const [HUB, TARGET] = ["999900001111", "111122223333"];
const ROLE = `arn:aws:iam::${TARGET}:role/${taskRoleName(0, {})}`;
const TRUST = taskRoleTrust({ partition: "aws", account: HUB });
const [AGENT, TASK, STARTED] = [SESSION_TAGS.agent, SESSION_TAGS.task, SESSION_TAGS.started];
const TAG = "ABCDEFGHIJKLMNOP";

/** Session that a function requests of STS. */
interface Asked {
  readonly by: "exchange" | "probe" | "tasks";
  readonly identity: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly transitive: readonly string[];
}

const OWN_TAGS = { [AGENT]: "demo", [TASK]: "k7f3m2q9x4ab.", [STARTED]: "1764000000" };
const session = (by: Asked["by"], identity: string, tags: Asked["tags"]): Asked => ({
  by,
  identity,
  tags,
  transitive: Object.keys(tags),
});
const FOR_NOBODY = session("exchange", "demo", OWN_TAGS);
const FOR_A_PERSON = session("exchange", "demo", { ...OWN_TAGS, [PERSON_TAG]: TAG });
const OF_THE_PROBE = session("probe", PROBE_IDENTITY, OWN_TAGS);

const without = (session: Asked, ...keys: string[]): Asked => ({
  ...session,
  tags: Object.fromEntries(Object.entries(session.tags).filter(([key]) => !keys.includes(key))),
  transitive: session.transitive.filter((key) => !keys.includes(key)),
});
const tagged = (session: Asked, key: string, value: string): Asked => ({
  ...session,
  tags: { ...session.tags, [key]: value },
  transitive: [...new Set([...session.transitive, key])],
});
const shed = (session: Asked, ...keys: string[]): Asked => ({
  ...session,
  transitive: session.transitive.filter((key) => !keys.includes(key)),
});

/**
 * Evaluates the three questions of one AssumeRole. The caller has every right in its own account, so only the role's
 * trust can deny.
 */
async function isAdmitted(
  { by, identity, tags, transitive }: Asked,
  trust: readonly object[] = TRUST,
): Promise<boolean> {
  const keys = Object.keys(tags);
  const contextVariables = {
    ...Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:RequestTag/${key}`, value])),
    ...(keys.length === 0 ? {} : { "aws:TagKeys": keys }),
    ...(transitive.length === 0 ? {} : { "sts:TransitiveTagKeys": [...transitive] }),
    ...(identity === undefined ? {} : { "sts:SourceIdentity": identity }),
  };
  const actions = [
    "AssumeRole",
    ...(keys.length === 0 ? [] : ["TagSession"]),
    ...(identity === undefined ? [] : ["SetSourceIdentity"]),
  ];
  for (const action of actions) {
    const outcome = await runSimulation(
      {
        request: {
          principal: `arn:aws:sts::${HUB}:assumed-role/valetkey-${by}/session`,
          action: `sts:${action}`,
          resource: { resource: ROLE, accountId: TARGET },
          contextVariables,
        },
        identityPolicies: [{ name: "all", policy: document([{ Effect: "Allow", Action: "*", Resource: "*" }]) }],
        resourcePolicy: document(trust),
        serviceControlPolicies: [],
        resourceControlPolicies: [],
      },
      {},
    );
    if (outcome.resultType !== "single") throw new Error(JSON.stringify(outcome));
    if (outcome.overallResult !== "Allowed") return false;
  }
  return true;
}
const document = (statements: readonly object[]) =>
  JSON.parse(JSON.stringify({ Version: "2012-10-17", Statement: statements }));

const REFUSED: Readonly<Record<string, Asked>> = {
  "another function": { ...FOR_NOBODY, by: "tasks" },
  "the exchange without a source identity": { ...FOR_NOBODY, identity: undefined },
  "the exchange as the probe": { ...FOR_NOBODY, identity: PROBE_IDENTITY },
  "the probe without a source identity": { ...OF_THE_PROBE, identity: undefined },
  "the probe as an agent": { ...OF_THE_PROBE, identity: "demo" },
  "the probe as somebody whose id begins so": { ...OF_THE_PROBE, identity: `${PROBE_IDENTITY}2` },
  "the probe in capitals": { ...OF_THE_PROBE, identity: PROBE_IDENTITY.toUpperCase() },
  "the probe for a person": tagged(OF_THE_PROBE, PERSON_TAG, TAG),
  ...Object.fromEntries(
    Object.entries({ "for nobody": FOR_NOBODY, "for a person": FOR_A_PERSON, "of the probe": OF_THE_PROBE }).flatMap(
      ([name, asked]) => [
        [`a session ${name} without any tag`, { ...asked, tags: {}, transitive: [] }],
        [`a session ${name} without its agent`, without(asked, AGENT)],
        [`a session ${name} without its task`, without(asked, TASK)],
        [`a session ${name} with an empty agent`, tagged(asked, AGENT, "")],
        [`a session ${name} with an empty task`, tagged(asked, TASK, "")],
        [`a session ${name} with a foreign tag`, tagged(asked, "team", "blue")],
        [`a session ${name} that sheds its agent`, shed(asked, AGENT)],
        [`a session ${name} that sheds its task`, shed(asked, TASK)],
        [`a session ${name} that sheds all`, { ...asked, transitive: [] }],
      ],
    ),
  ),
  "a session for a person that sheds the person": shed(FOR_A_PERSON, PERSON_TAG),
  "a session for a person with a name": tagged(FOR_A_PERSON, PERSON_TAG, "pat@acme.test"),
  "a session for a person with a shorter text": tagged(FOR_A_PERSON, PERSON_TAG, TAG.slice(1)),
  "a session for a person with a longer text": tagged(FOR_A_PERSON, PERSON_TAG, `${TAG}Q`),
  "a session for a person with nothing": tagged(FOR_A_PERSON, PERSON_TAG, ""),
};

/** Policies that lack one condition each. */
const weakened = TRUST.flatMap((statement, at) =>
  Object.keys(statement.Condition ?? {}).map((operator) => ({
    name: `${statement.Sid} without ${operator}`,
    trust: TRUST.with(at, withoutOperator(statement, operator)),
  })),
);
function withoutOperator(statement: TrustStatement, operator: string): TrustStatement {
  const { [operator]: _, ...rest } = statement.Condition ?? {};
  return { ...statement, Condition: rest };
}

describe("the trust of a task role", () => {
  it.each([
    ["the exchange for nobody", FOR_NOBODY],
    ["the exchange for a person", FOR_A_PERSON],
    ["the exchange of before, whose sessions do not record when they started", without(FOR_NOBODY, STARTED)],
    ["the probe", OF_THE_PROBE],
  ])("admits %s", async (_, session) => {
    expect(await isAdmitted(session)).toBe(true);
  });

  it.each(Object.entries(REFUSED))("refuses %s", async (_, session) => {
    expect(await isAdmitted(session)).toBe(false);
  });

  it.each(weakened)("would admit one of these: $name", async ({ trust }) => {
    const admitted = [];
    for (const [name, session] of Object.entries(REFUSED))
      if (admitted.length === 0 && (await isAdmitted(session, trust))) admitted.push(name);
    expect(admitted).toHaveLength(1);
  });

  it.each(["aws", "aws-cn", "aws-us-gov"])("fits into a role of %s", (partition) => {
    expect(JSON.stringify(document(taskRoleTrust({ partition, account: HUB }))).length).toBeLessThanOrEqual(
      IAM_LIMITS.trustCharacters,
    );
  });
});
