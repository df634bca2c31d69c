import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FUNCTIONS, type FunctionName } from "../../contract/names.ts";
import { KINDS } from "../../functions/names.ts";
import { ROUTES } from "../../functions/routes.ts";
import { rightsOf } from "../../infra/rights.ts";
import { type ApprovingCloud, EMERGENCY, runApprovingCloud } from "../contract/approving-cloud.ts";
import { ACCOUNT } from "../contract/running-cloud.ts";
import { makeGlassDue } from "./hasten.ts";
import { CHANNEL_SECRET, functionOf, SCOPE } from "./tested-hub.ts";
import { FROZEN, useConditions } from "./use-conditions.ts";
import { COUNTED_CALLS, useEverything } from "./use-everything.ts";
import { TOOLS_FOR_PEOPLE, useOnBehalf } from "./use-on-behalf.ts";
import { type ListeningChannel, listenAsChannel, usePeople } from "./use-people.ts";

/**
 * Rights that Lambda itself uses on a function's behalf: to poll, and to set failed messages aside. The embedded AWS
 * polls in its own way.
 */
const POLLERS = [
  "relay dynamodb:DescribeStream",
  "relay dynamodb:GetRecords",
  "relay dynamodb:GetShardIterator",
  "relay dynamodb:ListStreams",
  ...["DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"].map((action) => `collect dynamodb:${action}`),
  "intake sqs:SendMessage",
  // For a report that is signed 20 minutes after the last session: test/contract/offboarding.test.ts signs one with the sweep's rights.
  "sweep dynamodb:Query WRITES#",
  "rotate lambda:InvokeFunction",
  "reconcile sqs:ReceiveMessage",
  "reconcile sqs:DeleteMessage",
  "reconcile sqs:GetQueueAttributes",
  "reconcile sqs:ChangeMessageVisibility",
  "probe sqs:ReceiveMessage",
  "probe sqs:DeleteMessage",
  "probe sqs:GetQueueAttributes",
  "probe sqs:ChangeMessageVisibility",
  "notify sqs:ReceiveMessage",
  "notify sqs:DeleteMessage",
  "notify sqs:GetQueueAttributes",
  "notify sqs:ChangeMessageVisibility",
  ...["ReceiveMessage", "DeleteMessage", "GetQueueAttributes", "ChangeMessageVisibility"].flatMap((action) => [
    `observe sqs:${action}`,
    `archive sqs:${action}`,
    `recheck sqs:${action}`,
  ]),
  "revoke-leases sqs:ReceiveMessage",
  "revoke-leases sqs:DeleteMessage",
  "revoke-leases sqs:GetQueueAttributes",
];

/** Labels what the agents of the team read, so that each key holds the label, and none may be held with the other. */
const LABELLED = `@id("demo-reads-labelled") @label("reports")
permit (principal in Team::"demo", action == Action::"s3:GetObject", resource is AWS::Resource)
when { resource.account == "111122223333" && resource.arn like "arn:aws:s3:::acme-data/reports/*" };`;

describe("the rights of the functions", () => {
  let running: ApprovingCloud;
  let channel: ListeningChannel;
  beforeAll(async () => {
    channel = await listenAsChannel();
    const group = { issuer: "staff", claim: "groups", value: "sre", notify: ["ops"] };
    const notify = { ops: { kind: "webhook", url: channel.url, secret: CHANNEL_SECRET } };
    const escalation = {
      E3: "halt_account",
      E4: "suspend_agent",
      E6: "set:change-freeze",
      E7: "revoke_token",
      E8: "cool_down",
    };
    // Read at each decision; what is not accepted is logged, and vended.
    const accounts = [{ id: ACCOUNT, region: "us-east-1", taskRoles: 2, production: true, personTag: true }];
    const threatModels = { warnUntil: "2099-01-01T00:00:00Z" };
    // Read at each introspection of a token for its tools, too.
    const toolServers = { tickets: { resource: "https://tickets.acme.test/mcp", production: true } };
    // Read at each decision.
    const conditions = [
      { name: "change-freeze", kind: "restricts", scopes: ["team", "agent"], longest: "3d" },
      { name: "responding", kind: "permits", scopes: ["agent"], longest: "8h" },
    ];
    const more = {
      conditions,
      conflicts: [{ a: "reports", b: "egress", scope: "tree", window: "1m" }],
      approvers: { sre: group },
      notify,
      stepUp: true,
      escalation,
      accounts,
      threatModels,
      toolServers,
    };
    running = await runApprovingCloud(
      { emergency: EMERGENCY, tools: TOOLS_FOR_PEOPLE, counted: COUNTED_CALLS, frozen: FROZEN, labelled: LABELLED },
      more,
    );
    // No success of a write to IAM is reported yet, so the exchange asks how many tasks are alive.
    await running.complete(await running.start({}, { renews: true }));
    await usePeople(running, channel, makeGlassDue);
    await useConditions(running);
    await useOnBehalf(running);
    await useEverything(running);
  });
  afterAll(async () => {
    await running.close();
    channel.close();
  });

  it("are enough: IAM refused no function anything", () => {
    const refused = running.calls.filter((call) => functionOf(call.principalArn) && call.decision === "Denied");
    expect(refused.map((call) => `${call.principalArn} ${call.action} ${call.why}`)).toEqual([]);
  });

  it("are tried by a whole run: every route answers, and only what is meant to ring is an error", () => {
    const lines = readFileSync(running.cloud.logFile, "utf8")
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as Line);
    const answered = new Set(lines.map(({ route }) => route));
    const routes = ROUTES.map(({ method, path }) => `${method} ${path}`);
    // The metadata, with which the run begins, is no act: the log has no line of it.
    expect(routes.filter((route) => !answered.has(route))).toEqual(["GET /.well-known/oauth-authorization-server"]);
    // On a busy machine the exchange sheds requests, which are sent again. The store is then late for a sweep, and the
    // next sweep makes up for it.
    const isLate = ({ event, code, why }: Line) =>
      code === "overloaded" ||
      ((event === "sweep_failed" || event === "probe_failed") && why === "store_unavailable") ||
      event === "swept";
    expect(lines.findLast(({ event }) => event === "swept")?.level).toBe("info");
    const errors = lines.filter((line) => line.level === "error" && !isLate(line));
    expect([...new Set(errors.map(({ event }) => event))].sort(), JSON.stringify(errors)).toEqual([
      ...["escalation_detected", "glass_asked", "glass_broken", "glass_unreviewed"],
    ]);
  });

  it("are no more than enough: each was used", () => {
    const used = new Set(
      running.calls.flatMap((call) => {
        const keys = [call.context["dynamodb:LeadingKeys"] ?? []].flat();
        const kinds = new Set(keys.map(leadOf));
        const by = functionOf(call.principalArn);
        // Chance decides whether an item is read alone or in a batch: a batch counts as both rights.
        const action = call.action === BATCH ? "dynamodb:GetItem" : call.action;
        const of = [...kinds].map((kind) => `${by} ${action} ${kind}`);
        return kinds.size === 0 ? [`${by} ${action}`] : call.action === BATCH ? [`${by} ${BATCH}`, ...of] : of;
      }),
    );
    const unused = FUNCTIONS.flatMap(rightsInWords).filter((right) => !used.has(right));
    expect(unused.filter((right) => !POLLERS.includes(right))).toEqual([]);
  });
});

type Line = Readonly<Record<"level" | "event" | "route" | "code" | "why", string | undefined>>;

const BATCH = "dynamodb:BatchGetItem";

/** Start of a key that a right is about: the kind. For a rate limit, the function's name too. */
const leadOf = (key: string): string =>
  key.slice(0, key.indexOf("#", key.startsWith(KINDS.pace) ? KINDS.pace.length : 0) + 1);

/** `exchange dynamodb:GetItem TASK#`, `relay sqs:SendMessage`. */
const rightsInWords = (name: FunctionName): string[] =>
  rightsOf(name, SCOPE).flatMap(({ Action, Condition }) => {
    const kinds = [Condition?.["ForAllValues:StringLike"]?.["dynamodb:LeadingKeys"] ?? []].flat();
    return Action.flatMap((action) =>
      kinds.length === 0 || action === BATCH
        ? [`${name} ${action}`]
        : kinds.map((kind) => `${name} ${action} ${kind.replace("*", "")}`),
    );
  });
