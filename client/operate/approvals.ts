import { hashWords } from "../../decision/hash-words.ts";
import { isReadableRecord } from "../../decision/readable-record.ts";
import { recordHash } from "../../decision/record-hash.ts";
import { usesInWords } from "../../decision/request-in-words.ts";
import { visibleText } from "../../decision/visible-text.ts";
import { defined } from "../../functions/core/defined.ts";
import { ClientError } from "../exit-codes.ts";
import { waitingFor } from "../task/approval.ts";
import { recordOf } from "../task/fields.ts";
import { consoleOf } from "./console-page.ts";
import { grantsInWords } from "./grants-in-words.ts";
import { instantOf } from "./instant-of.ts";
import { type Operator, type OperatorCommand, operatorOf } from "./operator.ts";
import type { OperatorApi } from "./operator-api.ts";
import { type OperatorOptions, parseOperator, wordOf } from "./operator-options.ts";
import { refuseOtherRecord } from "./refuse-other-record.ts";
import { joined, type Shown, shown } from "./shown.ts";
import { coloured, table } from "./table.ts";

type Body = Readonly<Record<string, unknown>>;
type Options = OperatorOptions<"reason" | "group" | "standing" | "review" | "decided">;

/** Runs `valetkey approvals [list | show <id> | approve <id> | deny <id> --reason <text> | withdraw <id>]`: lists and decides requests for approval. */
export const approvals: OperatorCommand = async (argv, env, report) => {
  const options = parseOperator("approvals", argv, env, ["reason", "group", "standing", "review", "decided"], 2);
  const [act = "list"] = options.words;
  const run = ACTS[act];
  if (!run) throw usage(`there is no approvals ${act}; valetkey approvals --help lists the acts`);
  const id = act === "list" ? "" : wordOf(options, 1, "which request", "approvals");
  if (act === "deny" && !options.option.reason?.trim())
    throw usage("--reason is required: the agent and its owner read why");
  const operator = await operatorOf(options, env, report);
  await report.patiently("waiting for valetkey", run(id, operator, options));
  return 0;
};

/** Options for other lists than that of the waiting requests. */
const LISTS = ["review", "standing", "decided"] as const;

const ACTS: Readonly<Record<string, (id: string, operator: Operator, options: Options) => Promise<void>>> = {
  list: async (_, { api, print }, { option }) => {
    const query = new URLSearchParams({
      ...defined({ group: option.group }),
      status: LISTS.find((each) => option[each]) ?? "pending",
    });
    const listed = await api.all(`/v1/approvals?${query}`, "approvals");
    print({ approvals: listed }, () => (listed.length === 0 ? noneOf(option) : listing(listed)));
  },
  show: async (id, { api, print }) => {
    const { answer, words, hash } = await genuine(id, api);
    print({ ...answer, hash, words }, () => described(answer, hash, words));
  },
  approve: async (id, { api, print }) => {
    const { answer, words, hash } = await genuine(id, api);
    const url = await pageOf(id, api);
    print({ id, hash, words, url }, () => shown`${described(answer, hash, words)}\n${TO_APPROVE}\n\n  ${url}\n`);
  },
  deny: async (id, { api, print }, { option }) => {
    const answer = await api.post(`${pathOf(id)}/decide`, { decision: "deny", reason: option.reason });
    print(answer, () => shown`Request ${id} is ${answer.status}.\n`);
  },
  withdraw: async (id, { api, print }) => {
    const answer = await api.post(`${pathOf(id)}/withdraw`);
    print(answer, () => shown`Request ${id} is ${answer.status}.\n`);
  },
};

const TO_APPROVE = shown`To approve it, open this page, compare the words, and sign in there. This command never signs you in: another\nprogram on this machine could use such a sign-in.`;

/**
 * Reads a request, and computes its hash from its record alone.
 * @throws {ClientError} refused where the hub names another hash, since it may show one record and collect votes on another; for the record of another
 * request or another hub; and for a record with a field that this program cannot describe.
 */
async function genuine(id: string, api: OperatorApi): Promise<{ answer: Body; hash: string; words: string }> {
  const answer = await api.get(pathOf(id));
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
  const { id: own, hub } = recordOf(answer.record);
  refuseOtherRecord(id, own, hub, api);
  return { answer, hash, words: hashWords(hash) };
}

const pageOf = async (id: string, api: OperatorApi): Promise<string> =>
  new URL(`/approvals/${encodeURIComponent(id)}`, await consoleOf(api)).href;

const pathOf = (id: string): string => `/v1/approvals/${encodeURIComponent(id)}`;

const listing = (listed: readonly Body[]): Shown =>
  table(
    ["request", "agent", "is", "waits for", "until", "you", "purpose"],
    listed.map(({ id, agent, status, needed, expires_at, standing, review, task, you, purpose }) => [
      ...[
        id,
        nameOf(agent),
        recordOf(review).done === false ? "to be reviewed" : `${statusOf(status, standing)}${liveTask(task)}`,
        waitingFor({ needed: votesIn(needed) }),
      ],
      instant(recordOf(review).due_at ?? (status === "standing" ? recordOf(standing).until : expires_at)),
      recordOf(you).may_vote === true ? "may vote" : "",
      purpose,
    ]),
  );

/** Names the task of the latest use, while it lives. `valetkey revoke` ends it. */
const liveTask = (task: unknown): string => (recordOf(task).live === true ? `, task ${recordOf(task).id} lives` : "");

const noneOf = ({ standing, review, decided }: Options["option"]): Shown => {
  if (review) return shown`No emergency approval waits for a review.\n`;
  if (decided) return shown`You have approved nothing that you can still withdraw.\n`;
  return standing ? shown`No standing approval has uses left.\n` : shown`No request waits.\n`;
};

/** Describes a status. Of a standing approval, with its uses: the number used, or the number requested. */
function statusOf(status: unknown, value: unknown): string {
  const { used, uses } = recordOf(value);
  if (uses === undefined) return String(status);
  return status === "standing" ? `standing (${used} of ${uses} used)` : `${status} (for ${uses} uses)`;
}

/** Describes a request from its record alone. Marks the agent's own words. */
function described(answer: Body, hash: string, words: string): Shown {
  const record = recordOf(answer.record);
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
  const review = answer.review === undefined ? undefined : recordOf(answer.review);
  const standing = answer.standing === undefined ? undefined : recordOf(answer.standing);
  const facts = [
    ["request", record.id],
    ["is", answer.status],
    ["agent", `${name} (${id}), team ${team}, owner ${typeof owner === "string" ? owner : JSON.stringify(owner)}`],
    ...(person === undefined ? [] : [["for", `${value} at ${issuer}`]]),
    ...above,
    ["accounts", Array.isArray(accounts) ? accounts.join(", ") : accounts],
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
            coloured(`broken: ${review.done ? "reviewed" : `to be reviewed until ${review.due_at}`}`, "yellow"),
          ],
        ]),
    ...(standing === undefined ? [] : [["used", `${standing.used} of ${standing.uses}`]]),
    ["waits for", waitingFor({ needed: votesIn(answer.needed) })],
    ...voidIn(answer.votes),
    ["asked at", instant(created_at)],
    ["until", instant(expires_at)],
    ...noticesIn(answer.notices),
  ];
  const granted = Array.isArray(grants) ? grants : [];
  const lines = [
    ...facts.map(([fact, value]) => shown`${String(fact).padEnd(10)}${value}`),
    "",
    "The agent writes (nothing here is proven):",
    `  ${visibleText(JSON.stringify(purpose))}`,
    "",
    "It would get:",
    ...grantsInWords(granted),
    "",
    shown`Words: ${coloured(words, "yellow")}`,
    `Hash:  ${hash}`,
    "",
  ];
  return joined(lines, "\n");
}

/** Counts the votes that are void, since their people have left. */
function voidIn(votes: unknown): readonly (readonly [string, string])[] {
  const count = (Array.isArray(votes) ? votes : []).map(recordOf).filter((vote) => vote.void === true).length;
  return count === 0 ? [] : [["void", `${count} ${count === 1 ? "vote" : "votes"}, of people who have left since`]];
}

const votesIn = (value: unknown) =>
  (Array.isArray(value) ? value : []).map(recordOf).map(({ group, count, have }) => ({
    group: String(group),
    count: Number(count),
    have: Number(have ?? 0),
  }));

/** Describes whether the groups' channels were notified, where they have any. */
const noticesIn = (value: unknown): readonly (readonly [string, string])[] =>
  (Array.isArray(value) ? value : [])
    .map(recordOf)
    .map(({ channel, told, failed_at: failedAt }) => [
      "told",
      `${channel}: ${told === true ? "yes" : failedAt === undefined ? "not yet" : `NO, the message at ${failedAt} failed; it is retried each minute`}`,
    ]);

const nameOf = (agent: unknown): unknown => recordOf(agent).id ?? agent;

/** Formats epoch seconds, or an RFC 3339 text as it is. */
const instant = (value: unknown): string => (typeof value === "number" ? instantOf(value) : String(value ?? ""));

const usage = (sentence: string): ClientError => new ClientError("usage", "usage", sentence);
