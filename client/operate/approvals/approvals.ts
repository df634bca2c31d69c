import { type ApprovalId, isApprovalId } from "../../../contract/approval-id.ts";
import { type AccountNames, accountInWords } from "../../../contract/decision/account-names.ts";
import { counted } from "../../../contract/decision/counted.ts";
import { deciderInWords } from "../../../contract/decision/decider-in-words.ts";
import { earlierInWords } from "../../../contract/decision/earlier-in-words.ts";
import { hashWords } from "../../../contract/decision/hash-words.ts";
import { isReadableRecord } from "../../../contract/decision/readable-record.ts";
import { recordHash } from "../../../contract/decision/record-hash.ts";
import { grantInWords, usesInWords } from "../../../contract/decision/request-in-words.ts";
import { visibleText } from "../../../contract/decision/visible-text.ts";
import { whyNotInWords } from "../../../contract/decision/why-not-in-words.ts";
import { OWN_DECISIONS_SECONDS } from "../../../contract/limits.ts";
import type { ReadAnswer } from "../../../contract/operations.ts";
import { defined } from "../../../functions/core/defined.ts";
import { ClientError } from "../../exit-codes.ts";
import { ownCommand } from "../../own-command.ts";
import { shellWord } from "../../shell-quoting.ts";
import { againstInWords, waitingFor } from "../../task/approval.ts";
import { recordOf } from "../../task/fields.ts";
import { type Operator, type OperatorCommand, operatorOf } from "../operator.ts";
import type { OperatorApi } from "../operator-api.ts";
import { type OperatorOptions, parseOperator, wordOf } from "../operator-options.ts";
import { instantOf } from "../print/instant-of.ts";
import { joined, type Shown, shown } from "../print/shown.ts";
import { coloured, table } from "../print/table.ts";
import { consoleOf } from "./console-page.ts";
import { refuseClosed } from "./refuse-closed.ts";
import { refuseOtherRecord } from "./refuse-other-record.ts";

type Approval = ReadAnswer<"GET /v1/approvals/{approval}">;
type Listed = ReadAnswer<"GET /v1/approvals">["approvals"][number];
type Earlier = ReadAnswer<"GET /v1/approvals/{approval}/earlier">;
type Options = OperatorOptions<"reason" | "group" | "standing" | "review" | "decided" | "mine">;

/** Runs `valetkey approvals [list | show <id> | approve <id> | deny <id> --reason <text> | withdraw <id>]`: lists and decides requests for approval. */
export const approvals: OperatorCommand = async (argv, env, report) => {
  const options = parseOperator("approvals", argv, env, ["reason", "group", ...LISTS], 2);
  const [act = "list"] = options.words;
  const run = act === "list" ? list : onRequest(act, options);
  const operator = await operatorOf(options, env, report);
  await report.patiently("waiting for valetkey", run(operator, options));
  return 0;
};

/** Returns an act on the request that the command line names. @throws {ClientError} usage */
function onRequest(act: string, options: Options): typeof list {
  const run = ACTS[act];
  if (!run) throw usage(`there is no approvals ${act}; ${ownCommand()} approvals --help lists the acts`);
  const id = idIn(wordOf(options, 1, "which request", "approvals"));
  if (!isApprovalId(id)) throw usage("a request's id has 16 to 64 of a-z and 0-9");
  if (act === "deny" && !options.option.reason?.trim())
    throw usage("--reason is required: the agent and its owner read why");
  return (operator) => run(id, operator, options);
}

/** Takes the id out of the address of a request's page, as the agent and the group's channel show it; any other text as it is. */
const idIn = (text: string): string => /^https?:\/\/.*\/approvals\/([^/?#]+)(?:[?#].*)?$/.exec(text)?.[1] ?? text;

/** Options for other lists than that of the waiting requests. */
const LISTS = ["review", "standing", "decided", "mine"] as const;

async function list({ api, print }: Operator, { option }: Options): Promise<void> {
  const query = defined({ group: option.group, status: LISTS.find((each) => option[each]) ?? "pending" });
  const listed = await api.list("GET /v1/approvals", "approvals", { query });
  print({ approvals: listed }, () => (listed.length === 0 ? noneOf(option) : listing(listed)));
}

const ACTS: Readonly<Record<string, (id: ApprovalId, operator: Operator, options: Options) => Promise<void>>> = {
  show: async (id, { api, print }) => {
    const { answer, words, hash } = await genuine(id, api);
    const earlier = await earlierOf(id, api);
    print({ ...answer, hash, words, ...defined({ earlier }) }, () =>
      described(answer, hash, words, [["earlier", earlier ? earlierInWords(earlier) : "could not be read"]]),
    );
  },
  approve: async (id, { api, print }) => {
    const { answer, words, hash } = await genuine(id, api);
    refuseClosed(id, answer);
    refuseIneligible(answer);
    const url = await pageOf(id, api);
    print({ id, hash, words, url }, () => shown`${described(answer, hash, words)}\n${TO_APPROVE}\n\n  ${url}\n`);
  },
  deny: async (id, { api, print }, { option }) => {
    const body = { decision: "deny", reason: option.reason ?? "" } as const;
    const answer = await worded(
      id,
      api,
      api.call("POST /v1/approvals/{approval}/decide", { parameters: { approval: id }, body }),
    );
    print(answer, () => shown`Request ${id} is ${answer.status}.\n`);
  },
  withdraw: async (id, { api, print }) => {
    const answer = await worded(
      id,
      api,
      api.call("POST /v1/approvals/{approval}/withdraw", { parameters: { approval: id } }),
    );
    print(answer, () => shown`Request ${id} is ${answer.status}.\n`);
  },
};

/** Refuses a person whose vote would not count, before any sign-in. A glass may be broken by others than those who vote. @throws {ClientError} not_eligible. */
function refuseIneligible({ you, needed, record }: Approval): void {
  if (you.may_vote || you.why === undefined || record.break_glass === true) return;
  throw new ClientError("refused", "not_eligible", visibleText(whyNotInWords(you.why, needed)));
}

/** Waits for an act, and words the refusal of one that came too late. @throws {ClientError} */
async function worded<T>(id: ApprovalId, api: OperatorApi, act: Promise<T>): Promise<T> {
  try {
    return await act;
  } catch (error) {
    if (error instanceof ClientError && TOO_LATE.includes(error.event)) {
      const read = api.call("GET /v1/approvals/{approval}", { parameters: { approval: id } });
      const answer = await read.catch(() => undefined);
      if (answer) refuseClosed(id, answer, error.event);
    }
    throw error;
  }
}

/** Codes of refusals of an act on a request that is decided, used or over. */
const TOO_LATE: readonly string[] = [
  "already_used",
  "approval_denied",
  "approval_expired",
  "approval_void",
  "task_ended",
];

const TO_APPROVE = shown`To approve it, open this page, compare the words, and sign in there. This command never signs you in: another\nprogram on this machine could use such a sign-in.`;

/**
 * Reads a request, and computes its hash from its record alone.
 * @throws {ClientError} refused where the hub names another hash, since it may show one record and collect votes on another; for the record of another
 * request or another hub; and for a record with a field that this program cannot describe.
 */
async function genuine(id: ApprovalId, api: OperatorApi): Promise<{ answer: Approval; hash: string; words: string }> {
  const answer = await api.call("GET /v1/approvals/{approval}", { parameters: { approval: id } });
  const hash = await recordHash(answer.record);
  if (hash !== answer.hash)
    throw new ClientError(
      "refused",
      "hash_differs",
      "the record does not have the hash that the service names: do not approve it, and inform the people who run valetkey",
    );
  if (!isReadableRecord(answer.record))
    throw new ClientError(
      "refused",
      "record_unknown",
      "the record has a form that this program does not know, so it cannot show what the agent would get: update valetkey",
    );
  const { id: own, hub } = answer.record;
  refuseOtherRecord(id, own, hub, api);
  return { answer, hash, words: hashWords(hash) };
}

/** Reads the earlier requests for the same; undefined where the service refuses them. They are information, and hide no request. */
async function earlierOf(id: ApprovalId, api: OperatorApi): Promise<Earlier | undefined> {
  try {
    return await api.call("GET /v1/approvals/{approval}/earlier", { parameters: { approval: id } });
  } catch (error) {
    if (error instanceof ClientError) return undefined;
    throw error;
  }
}

const pageOf = async (id: ApprovalId, api: OperatorApi): Promise<string> =>
  new URL(`/approvals/${id}`, await consoleOf(api)).href;

const listing = (listed: readonly Listed[]): Shown =>
  table(
    ["request", "agent", "is", "waits for", "until", "you", "may", "purpose"],
    listed.map(({ id, agent, status, needed, expires_at, standing, review, task, you, may, purpose, decided }) => [
      ...[
        id,
        agent.id,
        review?.done === false ? "to be reviewed" : `${statusOf(status, standing)}${liveTask(task)}`,
        isOpen(status) ? waitingFor({ needed }) : "",
      ],
      review?.due_at ?? (status === "standing" ? standing?.until : expires_at),
      decided ? `${decided.as} at ${decided.at}` : you.may_vote ? "may vote" : "",
      may,
      purpose,
    ]),
  );

/** True for a request that still waits, for votes or for its key. */
const isOpen = (status: string): boolean => status === "pending" || status === "approved";

/** Names the task of the latest use, while it lives. `valetkey revoke` ends it. */
const liveTask = (task: Listed["task"]): string => (task?.live ? `, task ${task.id} lives` : "");

const noneOf = ({ standing, review, decided, mine }: Options["option"]): Shown => {
  if (review) return shown`No emergency approval waits for a review.\n`;
  if (decided) return shown`You have approved nothing that you can still withdraw.\n`;
  if (mine) return shown`You have decided about no request within ${OWN_DECISIONS_SECONDS / 86_400} days.\n`;
  return standing ? shown`No standing approval has uses left.\n` : shown`No request waits.\n`;
};

/** Describes a status. Of a standing approval, with its uses: the number used, or the number requested. */
function statusOf(status: string, standing: Listed["standing"]): string {
  if (!standing) return status;
  const { used, uses } = standing;
  return status === "standing" ? `standing (${used} of ${uses} used)` : `${status} (for ${uses} uses)`;
}

/** Describes a request from its record alone. Marks the agent's own words. @param more facts beside the record. */
function described(answer: Approval, hash: string, words: string, more: readonly (readonly string[])[] = []): Shown {
  const { record, review, standing } = answer;
  const { agent, person, chain, purpose, accounts, ttl, created_at, expires_at, grants } = record;
  const { name, id, owner, team } = recordOf(agent);
  const above = Array.isArray(chain) && chain.length > 0 ? [["below", chain.join(" < ")]] : [];
  const { issuer, value } = recordOf(person);
  const requested = record.standing === undefined ? undefined : recordOf(record.standing);
  const uses = usesInWords({
    ttl: Number(ttl),
    created_at: Number(created_at),
    ...(requested ? { standing: { uses: Number(requested.uses), window: Number(requested.window) } } : {}),
  });
  const facts = [
    ["request", record.id],
    ["is", answer.status],
    ["agent", `${name} (${id}), team ${team}, owner ${typeof owner === "string" ? owner : JSON.stringify(owner)}`],
    ...(person === undefined ? [] : [["for", `${value} at ${issuer}`]]),
    ...above,
    ["accounts", accountsInWords(accounts, answer.account_names)],
    ["lasts", `${ttl} s from the approval`],
    ["uses", uses === undefined ? "one: another key needs another approval" : coloured(uses, "yellow")],
    ...(record.break_glass === true
      ? [["emergency", "one person may approve it alone: an alarm rings, and another person must review it"]]
      : []),
    ...(review === undefined
      ? []
      : [
          [
            "glass",
            coloured(
              `broken by ${review.by ?? "one person"} at ${instantOf(review.use.usedAt)}: ${review.done ? "reviewed" : `to be reviewed until ${review.due_at}`}. What the task did: ${ownCommand()} tasks ledger ${shellWord(review.use.task)}`,
              "yellow",
            ),
          ],
        ]),
    ...(standing === undefined ? [] : [["used", `${standing.used} of ${standing.uses}`]]),
    ...(isOpen(answer.status)
      ? [
          ["waits for", waitingFor(answer)],
          ["you", partInWords(answer)],
        ]
      : []),
    ...decisionsIn(answer),
    ...voidIn(answer.votes),
    ["asked at", instant(created_at)],
    ["until", instant(expires_at)],
    ...notificationsIn(answer.notices),
    ...more,
  ];
  const granted = Array.isArray(grants) ? grants : [];
  const lines = [
    ...facts.map(([fact, value]) => shown`${String(fact).padEnd(10)}${value}`),
    "",
    "The agent writes (nothing here is proven):",
    `  ${visibleText(JSON.stringify(purpose))}`,
    "",
    isOpen(answer.status) ? "It would get:" : "It was to get:",
    ...grantsInWords(granted),
    "",
    shown`Words: ${coloured(words, "yellow")}`,
    `Hash:  ${hash}`,
    "",
  ];
  return joined(lines, "\n");
}

/** Lists accounts with their names, which are labels that nobody signs. */
const accountsInWords = (accounts: unknown, names: AccountNames | undefined): unknown =>
  Array.isArray(accounts) ? accounts.map((each) => accountInWords(String(each), names)).join(", ") : accounts;

/** Lists who voted, and who decided against the request, when and why. An approval without a use is marked: the agent has not fetched its key. */
const decisionsIn = ({ votes, outcome, status }: Approval): readonly (readonly [string, string])[] => [
  ...votes
    .filter((vote) => vote.void !== true)
    .map(({ by, group, cast_at: at }) => ["voted", `${by} for ${deciderInWords(group)} at ${at}`] as const),
  ...(status === "approved"
    ? [["key", "not fetched yet: the agent gets it when it asks again, before the approval expires"] as const]
    : []),
  ...(outcome === undefined ? [] : [[outcome.decision, againstInWords(outcome)] as const]),
];

/** Describes what the reader may do about an open request. */
const partInWords = ({ you, needed }: Approval): string =>
  you.may_vote
    ? `may vote for ${you.groups.map(deciderInWords).join(", ")}`
    : you.has_voted
      ? "have approved it"
      : whyNotInWords(you.why ?? "no_group", needed);

/** Counts the votes that are void, since their people have left. */
function voidIn(votes: Approval["votes"]): readonly (readonly [string, string])[] {
  const count = votes.filter((vote) => vote.void === true).length;
  return count === 0 ? [] : [["void", `${counted(count, "vote")}, of people who have left since`]];
}

/** Describes whether the groups' channels were notified, where they have any. */
const notificationsIn = (notices: Approval["notices"] = []): readonly (readonly [string, string])[] =>
  notices.map(({ channel, told, failed_at: failedAt }) => [
    "told",
    `${channel}: ${told ? "yes" : failedAt === undefined ? "not yet" : `NO, the message at ${failedAt} failed; it is retried each minute`}`,
  ]);

/** Formats epoch seconds, or an RFC 3339 text as it is. */
const instant = (value: unknown): string => (typeof value === "number" ? instantOf(value) : String(value ?? ""));

const usage = (sentence: string): ClientError => new ClientError("usage", "usage", sentence);

/**
 * Describes grants in the words of the console's page. Each has a title and a line for each value, with a remark where the value covers more than a reader
 * may expect. Writes invisible characters as escapes, so that nothing is hidden.
 * @param grants entries of a record's `grants`.
 */
const grantsInWords = (grants: readonly unknown[]): readonly string[] =>
  grants.map(grantInWords).flatMap(({ title, rows }) => {
    const width = Math.max(0, ...rows.map(({ name }) => visibleText(name).length));
    return [
      `  ${visibleText(title)}`,
      ...rows.flatMap(({ name, values }) =>
        values.map(({ text, remark }, index) => {
          const label = index === 0 ? visibleText(name) : "";
          return `    ${label.padEnd(width)}  ${visibleText(text)}${remark === undefined ? "" : `  (${remark})`}`;
        }),
      ),
    ];
  });
