import { setTimeout as sleep } from "node:timers/promises";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { AssumeRoleCommand, type Credentials, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { ASSUMPTIONS } from "../../../../client/doctor/aws/assumptions/list.ts";
import { agreementOf } from "../../../../client/doctor/aws/assumptions/probes/policies.ts";
import { type MadeRole, makeRole } from "../../../../client/doctor/aws/assumptions/things/role.ts";
import { Workshop } from "../../../../client/doctor/aws/assumptions/workshop.ts";
import { InlinePolicies, type Role } from "../../../../local/emulator/roles.ts";
import { ACCOUNT, type ProbedWorld, placeOf, probedWorld, type SeenByIam, WAITS } from "./worlds.ts";

/** Probes whose assumption is about IAM: an embedded AWS can be made to break it. */
const OF_IAM = [
  ...["bus-denies-its-account", "leading-keys-in-transactions", "organisation-is-told", "times-agree"],
  ...["copies-keep-their-marks", "deny-holds-for-copies", "boundary-holds-for-copies", "issue-time-of-copies"],
  ...["escapes-are-read", "own-tags-are-told", "tag-names-have-no-case"],
  ...["bucket-tags-wait-for-abac", "object-tags-are-told", "pending-values-are-kept"],
];
/** Probes of services, which `services.test.ts` runs. */
const OF_SERVICES = ["delays-are-kept", "fifo-groups-wait", "drift-is-found"];

const without = (context: SeenByIam["context"], key: RegExp) =>
  Object.fromEntries(Object.entries(context).filter(([name]) => !key.test(name)));

/** Milliseconds by which the clock of AWS as assumed is ahead. */
let laterMs = 0;

/** AWS as assumed: beside what the embedded AWS does, a copy has the issue time of its session. */
function asAssumed(seen: SeenByIam): SeenByIam {
  const ahead = laterMs === 0 ? {} : { "aws:CurrentTime": new Date(Date.now() + laterMs).toISOString() };
  const ofCopy = seen.session.scopeDown === undefined ? {} : { "aws:TokenIssueTime": new Date(0).toISOString() };
  return { ...seen, context: { ...seen.context, ...ahead, ...ofCopy } };
}

/** Milliseconds by which AWS's clock is behind in that AWS. On a slow machine, too, a session is then seen to outlive its fence. */
const BEHIND_MS = 60_000;

/** AWS in which every one of these assumptions is false. */
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
  const changed = {
    ...without(context, /^aws:PrincipalTag\/Held|^aws:ResourceOrgPaths|VersionStage|LeadingKeys/),
    ...(isCopy ? { "aws:SourceIdentity": "another" } : {}),
    ...(isFenced ? { "aws:CurrentTime": new Date(Date.now() - BEHIND_MS).toISOString() } : {}),
    ...(context["dynamodb:LeadingKeys"] === undefined
      ? {}
      : { "dynamodb:LeadingKeys": [context["dynamodb:LeadingKeys"]].flat().slice(0, 1) }),
    ...(need.action === "s3:ListBucket" ? { "aws:ResourceTag/probe": "right" } : {}),
    ...(need.action === "s3:GetObject" ? { "s3:ExistingObjectTag/probe": "right" } : {}),
    ...(need.action === "secretsmanager:GetSecretValue" ? { "secretsmanager:VersionStage": "AWSCURRENT" } : {}),
  };
  const { resourcePolicy: _own, ...bare } = need;
  return { session, need: need.action === "events:PutEvents" ? bare : need, context: changed };
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
  it("that has a probe is tested here or in services.test.ts, and the others have the reason why nothing can try them", () => {
    const probed = ASSUMPTIONS.filter(({ probe }) => typeof probe === "function").map(({ id }) => id);
    expect(new Set([...OF_IAM, ...OF_SERVICES])).toEqual(new Set(probed));
    expect(ASSUMPTIONS.flatMap(({ id, probe }) => (typeof probe === "function" ? [] : [id]))).toEqual([
      ...["sources-of-services", "resource-policies-deny-principals"],
      ...["bus-is-told-the-organisation", "departures-are-told", "consoles-keep-their-marks"],
      ...["policy-holds-for-consoles", "tags-as-policies-write-them", "passed-to-service"],
      ...["tags-of-the-catalogue", "calls-by-services", "tags-of-the-reference", "lists-as-arns"],
      ...["reach-below", "keys-of-denies", "names-without-separators"],
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

  it("never holds of IAM where AWS denies nothing, as emulators do", async () => {
    // Each call is decided as a list of buckets by a session that may do everything.
    const heedless = await probedWorld((seen) => {
      const { policy: _policy, scopeDown: _scopeDown, role, ...session } = seen.session;
      const need = { action: "s3:ListAllMyBuckets", resource: "*", resourceAccount: role.account };
      return { ...seen, need, session: { ...session, role: everything(role) } };
    });
    try {
      const answers = [...(await heedless.ask(OF_IAM)).values()].map(({ id, answer }) => [id, answer]);
      expect(answers.filter(([, answer]) => answer === "holds")).toEqual([]);
      expect(answers.length).toBe(OF_IAM.length);
    } finally {
      await heedless.close();
    }
  });

  it.each([
    ["holds", "assumed"],
    ["does_not_hold", "otherwise"],
    ["not_known", "denied"],
  ])("is %s where AWS is %s", async (answer, which) => {
    const answers = await answersIn(worlds[which] as ProbedWorld);
    expect(answers.filter((line) => !line.includes(`: ${answer}: `))).toEqual([]);
    expect(answers.length).toBe(OF_IAM.length);
  });

  it.each([
    [-90, 120, "holds"],
    [-1_500, 1_500, "holds"],
    [1_501, 1_700, "does_not_hold"],
    [-1_900, -1_501, "does_not_hold"],
    [-90, 2_400, "not_known"],
    [-2_400, 120, "not_known"],
  ])(
    "judges an end between %i and %i ms after the fence as %s: a slow look decides nothing",
    (soonest, latest, answer) => {
      expect(agreementOf(soonest, latest, 1_500).answer).toBe(answer);
    },
  );

  it("watches a session with a later fence where the first was over before it was seen", async () => {
    const slow = await probedWorld(asAssumed);
    const send = S3Client.prototype.send as (command: unknown) => Promise<never>;
    let looks = 0;
    const spy = vi.spyOn(S3Client.prototype, "send").mockImplementation(async function (
      this: S3Client,
      command: unknown,
    ) {
      looks += 1;
      if (looks === 2) await sleep(WAITS.fenceMs + 1_000); // the first look at the fenced session
      return send.call(this, command);
    });
    try {
      const waits = { ...WAITS, longestMs: 16_000 };
      expect((await slow.ask(["times-agree"], { waits })).get("times-agree")).toMatchObject({ answer: "holds" });
    } finally {
      spy.mockRestore();
      await slow.close();
    }
  });

  it("does not know when a session ends that AWS denied before its fence", async () => {
    laterMs = 60_000;
    try {
      const answers = await worlds.assumed?.ask(["times-agree"]);
      const found = "the session was denied before its fence";
      expect(answers?.get("times-agree")).toMatchObject({ answer: "not_known", found });
    } finally {
      laterMs = 0;
    }
  });

  it("names in each call about a bucket the account that has to own it: names of buckets are everybody's", async () => {
    const send = vi.spyOn(S3Client.prototype, "send");
    try {
      await worlds.assumed?.ask(["bucket-tags-wait-for-abac", "object-tags-are-told"]);
      const inputs = send.mock.calls
        .filter(([command]) => !(command instanceof CreateBucketCommand))
        .map(([{ input }]) => input as { readonly Bucket?: string; readonly ExpectedBucketOwner?: string })
        .filter(({ Bucket }) => Bucket !== undefined);
      expect(new Set(inputs.map(({ ExpectedBucketOwner }) => ExpectedBucketOwner))).toEqual(new Set([ACCOUNT]));
      expect(new Set(inputs.map(({ Bucket }) => Bucket)).size).toBe(2);
    } finally {
      send.mockRestore();
    }
  });

  it("makes a role that its own session becomes for an hour, and no stranger: not the operator's other sessions", async () => {
    const { aws } = worlds.assumed as ProbedWorld;
    const admin = aws.admin(ACCOUNT);
    const stranger = await admin.createRole({ name: "stranger", trust: NOBODY, permissions: { all: BECOMES_ANY } });
    const foreign = await aws
      .admin("444455556666")
      .createRole({ name: "foreign", trust: NOBODY, permissions: { all: BECOMES_ANY } });
    const prober = `arn:aws:iam::${ACCOUNT}:role/prober`;
    const clientsOf = (arn: string, session: string) =>
      ({ endpoint: aws.endpoint, credentials: aws.keysFor(arn, session) }) as const;
    const { UserId: userId = "" } = await new STSClient({ region: "us-east-1", ...clientsOf(prober, "ann") }).send(
      new GetCallerIdentityCommand({}),
    );
    const workshopOf = () => new Workshop(placeOf(userId), "aws", { waits: WAITS, clients: clientsOf(prober, "ann") });
    const workshop = workshopOf();
    const other = workshopOf();
    const become = async (role: MadeRole, clients: ReturnType<typeof clientsOf>) => {
      const command = new AssumeRoleCommand({ RoleArn: role.arn, RoleSessionName: "somebody" });
      return new STSClient({ region: "us-east-1", ...clients }).send(command).then(
        ({ Credentials: keys }) => keys ?? "nothing",
        (error: Error) => error.name,
      );
    };
    try {
      const own = await makeRole(workshop, JSON.stringify(BECOMES_ANY));
      const sibling = await makeRole(workshop, JSON.stringify(BECOMES_ANY), { isForSiblings: true });
      const elsewhere = await makeRole(other, JSON.stringify(BECOMES_ANY));
      const keys = await become(own, clientsOf(prober, "ann"));
      expect(keys).toMatchObject({ AccessKeyId: expect.any(String) });
      const strangers = [
        [stranger.arn, "somebody"],
        [stranger.arn, "ann"],
        [foreign.arn, "ann"],
        [prober, "bob"],
      ] as const;
      for (const [arn, session] of strangers)
        for (const role of [own, sibling])
          expect([arn, session, await become(role, clientsOf(arn, session))]).toEqual([arn, session, "AccessDenied"]);
      // A role of the run becomes its sibling; a role of another run does not, and the operator need not.
      const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = keys as Credentials;
      const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
      expect(await become(sibling, { endpoint: aws.endpoint, credentials })).toMatchObject({
        AccessKeyId: expect.any(String),
      });
      expect(await become(sibling, clientsOf(prober, "ann"))).toBe("AccessDenied");
      expect(await become(sibling, clientsOf(elsewhere.arn, "x"))).toBe("AccessDenied");
      laterMs = 3_601_000;
      expect(await become(own, clientsOf(prober, "ann"))).toBe("AccessDenied");
    } finally {
      laterMs = 0;
      expect([...(await workshop.close()), ...(await other.close())]).toEqual([]);
    }
  });
});

const NOBODY = { Version: "2012-10-17" as const, Statement: [] };
/** Rights that leave a role's trust as the only obstacle to becoming that role. */
const BECOMES_ANY = {
  Version: "2012-10-17" as const,
  Statement: [{ Effect: "Allow" as const, Action: "*", Resource: "*" }],
};
