import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ASSUMPTIONS } from "../../../../doctor/aws/assumptions/list.ts";
import { InlinePolicies, type Role } from "../../../../emulator/roles.ts";
import { ACCOUNT, type ProbedWorld, probedWorld, type SeenByIam } from "./worlds.ts";

/** Probes whose assumption is IAM's, and that an embedded AWS can so be told to break. */
const OF_IAM = [
  ...["bus-denies-its-account", "leading-keys-in-transactions", "organisation-is-told", "times-agree"],
  ...["copies-keep-their-marks", "deny-holds-for-copies", "boundary-holds-for-copies", "issue-time-of-copies"],
  ...["escapes-are-read", "own-tags-are-told", "tag-names-have-no-case"],
  ...["bucket-tags-wait-for-abac", "object-tags-are-told", "pending-values-are-kept"],
];
/** Probes of services, which `services.test.ts` asks. */
const OF_SERVICES = ["delays-are-kept", "fifo-groups-wait", "drift-is-found"];

const without = (context: SeenByIam["context"], key: RegExp) =>
  Object.fromEntries(Object.entries(context).filter(([name]) => !key.test(name)));

/** AWS as assumed: beside what the embedded AWS does, a copy has the issue time of its session. */
const asAssumed = (seen: SeenByIam): SeenByIam =>
  seen.session.scopeDown === undefined
    ? seen
    : { ...seen, context: { ...seen.context, "aws:TokenIssueTime": new Date(0).toISOString() } };

/** AWS in which nothing of it is so. */
function otherwise(seen: SeenByIam): SeenByIam {
  const { need, context } = seen;
  const isCopy = seen.session.scopeDown !== undefined;
  const text = JSON.stringify(seen.session.policy ?? {});
  const isFenced = text.includes("aws:CurrentTime");
  const { boundary: _, ...unbounded } = seen.session.role;
  const { policy: own, ...open } = seen.session;
  const policy = own && JSON.parse(text.replaceAll("\u00e9", "\\\\u00e9"));
  const session = isCopy
    ? { ...open, sourceIdentity: "", role: unbounded }
    : { ...open, ...(policy === undefined ? {} : { policy }) };
  const told = {
    ...without(context, /^aws:PrincipalTag\/Held|^aws:ResourceOrgPaths|VersionStage|LeadingKeys/),
    ...(isCopy ? { "aws:SourceIdentity": "another" } : {}),
    ...(isFenced ? { "aws:CurrentTime": new Date(Date.now() - 2_000).toISOString() } : {}),
    ...(context["dynamodb:LeadingKeys"] === undefined
      ? {}
      : { "dynamodb:LeadingKeys": [context["dynamodb:LeadingKeys"]].flat().slice(0, 1) }),
    ...(need.action === "s3:ListBucket" ? { "aws:ResourceTag/probe": "right" } : {}),
    ...(need.action === "s3:GetObject" ? { "s3:ExistingObjectTag/probe": "right" } : {}),
    ...(need.action === "secretsmanager:GetSecretValue" ? { "secretsmanager:VersionStage": "AWSCURRENT" } : {}),
  };
  const { resourcePolicy: _own, ...bare } = need;
  return { session, need: need.action === "events:PutEvents" ? bare : need, context: told };
}

/** A role that may do everything, under no boundary. */
const everything = ({ boundary: _, ...role }: Role): Role => ({
  ...role,
  inline: new InlinePolicies(new Map()),
  permissions: { all: { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] } },
});

const answersIn = async (world: ProbedWorld) =>
  [...(await world.ask(OF_IAM))].map(([id, { answer, found }]) => `${id}: ${answer}: ${found}`);

describe("each assumption", () => {
  it("that has a probe is asked here or in services.test.ts, and the others say why nothing can try them", () => {
    const probed = ASSUMPTIONS.filter(({ probe }) => typeof probe === "function").map(({ id }) => id);
    expect(new Set([...OF_IAM, ...OF_SERVICES])).toEqual(new Set(probed));
    expect(ASSUMPTIONS.flatMap(({ id, probe }) => (typeof probe === "function" ? [] : [id]))).toEqual([
      ...["bus-is-told-the-organisation", "departures-are-told", "tags-as-policies-write-them", "passed-to-service"],
      ...["tags-of-the-catalogue", "calls-by-services", "tags-of-the-reference", "lists-as-arns"],
      "names-without-separators",
    ]);
  });
});

describe("a probe", () => {
  const worlds: Record<string, ProbedWorld> = {};
  beforeAll(async () => {
    worlds.assumed = await probedWorld(asAssumed);
    worlds.otherwise = await probedWorld(otherwise);
    worlds.denied = await probedWorld((seen) => seen, [{ Effect: "Deny", Action: "*", Resource: "*" }]);
    for (const { aws } of Object.values(worlds)) aws.placeAccount(ACCOUNT, "o-a/r-b/ou-c/");
  });
  afterAll(() => Promise.all(Object.values(worlds).map((world) => world.close())));

  it("never says holds of IAM where AWS denies nothing, as emulators do", async () => {
    // Each call is decided as a list of buckets by a session that may do everything.
    const heedless = await probedWorld((seen) => {
      const { policy: _policy, scopeDown: _scopeDown, role, ...session } = seen.session;
      const need = { action: "s3:ListAllMyBuckets", resource: "*", resourceAccount: role.account };
      return { ...seen, need, session: { ...session, role: everything(role) } };
    });
    try {
      const told = [...(await heedless.ask(OF_IAM)).values()].map(({ id, answer }) => [id, answer]);
      expect(told.filter(([, answer]) => answer === "holds")).toEqual([]);
      expect(told.length).toBe(OF_IAM.length);
    } finally {
      await heedless.close();
    }
  });

  it.each([
    ["holds", "assumed"],
    ["does_not_hold", "otherwise"],
    ["not_known", "denied"],
  ])("says %s where AWS is %s", async (answer, which) => {
    const told = await answersIn(worlds[which] as ProbedWorld);
    expect(told.filter((line) => !line.includes(`: ${answer}: `))).toEqual([]);
    expect(told.length).toBe(OF_IAM.length);
  });
});
