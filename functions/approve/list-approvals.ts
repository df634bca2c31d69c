import type { ApprovalId } from "../../contract/approval-id.ts";
import type { ApprovalList } from "../../contract/approvals.ts";
import { OWN_DECISIONS_SECONDS } from "../../contract/limits.ts";
import type { ApprovalState } from "../core/approvals/approval-state.ts";
import type { OwnDecision } from "../core/approvals/ballots.ts";
import { inboxOfPerson } from "../core/approvals/inboxes-of.ts";
import { defined } from "../core/defined.ts";
import { isSamePerson } from "../core/identity/person.ts";
import { Refusal } from "../core/refusal.ts";
import { isoSeconds } from "../core/text/iso-seconds.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { operation } from "../operators/operation.ts";
import { mayApprove } from "../steps/approvals/authorise-approval.ts";
import { attempt } from "../steps/requests/attempt.ts";
import type { OperatorIdentity } from "../steps/requests/verify-operator.ts";
import type { ApprovePorts } from "./approve-ports.ts";
import { type Listed, summariseApproval } from "./describe-approval.ts";
import { type Examined, examineApproval } from "./examine-approval.ts";
import { leaveInboxes } from "./leave-inboxes.ts";

/**
 * Bounds of one answer. `listed`: requests in it. `examined`: requests that are read for it. `atOnce`: requests that are read at the same time.
 * `workingMs`: time after which no further request is read.
 */
const MOST = { listed: 50, examined: 200, atOnce: 10, workingMs: 10_000 } as const;

/** States in which a request waits for nobody, and never will again. */
const FINAL: ReadonlySet<ApprovalState> = new Set(["denied", "withdrawn", "void", "cancelled", "used"]);

/**
 * Mark of an entry: a digit for its list, ten digits for its order, and its id. Of an inbox (0) and of what the person
 * gave (1), the digits are the end of its time; of the person's own decisions (2), the time that is left until `LATEST`.
 */
const MARK = /^[012]\.\d{10}\.[a-z0-9]{1,64}$/;

/** Latest time of a decision; epoch seconds. Own decisions are sorted by the time that is left until then. */
const LATEST = 9_999_999_999;

/** Status that lists the person's own decisions, whatever became of the requests. */
const MINE = "mine";

/** Statuses by which approvals are listed. Each value selects the requests of its status. */
const STATUSES = {
  pending: ({ state }) => state === "pending",
  standing: ({ state }) => state === "standing",
  review: ({ glass, isReviewed }) => glass !== undefined && !isReviewed,
  /** Approved by the person, who may still withdraw the approval, or end its task. */
  decided: ({ state, task, cast }, { person }) =>
    cast.votes.some((vote) => isSamePerson(vote.person, person)) &&
    (state === "approved" || state === "standing" || task?.isLive === true),
} as const satisfies Readonly<Record<string, (examined: Examined, operator: OperatorIdentity) => boolean>>;
type Status = keyof typeof STATUSES;

/**
 * Answers `GET /v1/approvals?group=&status=pending&after=` with the requests that policy lets the person approve, of one group or of all, page by page.
 * The status chooses requests that wait, standing approvals, broken glasses to review, approvals that the person has given, or what the person decided.
 * Requests that expire first come first. A page is filled after its requests were selected, so that requests which nobody may decide hide no other. A page may be empty and have a
 * next one.
 */
export const listApprovals = (event: HttpEvent, ports: ApprovePorts): Promise<HttpAnswer> =>
  operation<ApprovalList>(event, ports, async (operator) => {
    const { group, statuses, after } = parseQuery(new URLSearchParams(event.rawQueryString ?? ""));
    const entries =
      statuses === MINE ? await ownEntries(operator, ports) : await entriesOf(operator, group, statuses, ports);
    const rest = after === undefined ? entries : entries.filter(({ mark }) => mark > after);
    const untilMs = ports.clock.nowMs() + MOST.workingMs;
    const listed: Listed[] = [];
    let read = 0;
    while (read < rest.length && read < MOST.examined && listed.length < MOST.listed && ports.clock.nowMs() < untilMs) {
      const batch = rest.slice(read, read + Math.min(MOST.atOnce, MOST.listed - listed.length));
      listed.push(...(await selected(batch, operator, statuses, ports)));
      read += batch.length;
    }
    const next = read < rest.length ? rest[read - 1]?.mark : undefined;
    return {
      approvals: listed,
      ...defined({ next }),
    };
  });

/** Entry of a list. Marks sort as the list does. */
interface Entry {
  readonly id: ApprovalId;
  readonly mark: string;
  /** The person's own decision; absent in the lists of others' requests. */
  readonly own?: OwnDecision;
}

/** Lists the person's own decisions, the latest first. */
async function ownEntries(
  { person }: OperatorIdentity,
  { ballots, clock }: Pick<ApprovePorts, "ballots" | "clock">,
): Promise<readonly Entry[]> {
  const decided = await ballots.listOwn(person, clock.nowMs() / 1_000 - OWN_DECISIONS_SECONDS);
  return inOrder(decided.map((own) => ({ id: own.id, mark: `2.${digits(LATEST - own.at)}.${own.id}`, own })));
}

/** Lists what waits in the person's inboxes, and then what the person has given, each request once. */
async function entriesOf(
  { person }: OperatorIdentity,
  requested: string | undefined,
  statuses: readonly Status[],
  { ballots, clock, deployment }: ApprovePorts,
): Promise<readonly Entry[]> {
  const groups = (deployment.approvers ?? []).filter(({ name }) => requested === undefined || name === requested);
  if (groups.length === 0 && requested !== undefined) refuse(`There are no approvers "${requested}" here.`);
  const nowSeconds = clock.nowMs() / 1_000;
  const inboxes = [
    ...groups.map(({ issuer, name }) => ({ issuer, group: name })),
    ...(requested === undefined ? [inboxOfPerson(person)] : []),
  ];
  const [waiting, given] = await Promise.all([
    Promise.all(inboxes.map((inbox) => ballots.listWaiting(inbox, nowSeconds))),
    statuses.includes("decided") ? ballots.listGiven(person, nowSeconds) : [],
  ]);
  const entries = inOrder([
    ...waiting
      .flat()
      .filter(({ use }) => statuses.some((each) => isListed(each, use)))
      .map(({ id, expiresAt }) => ({ id, mark: `0.${digits(expiresAt)}.${id}` })),
    ...given.map(({ id, until }) => ({ id, mark: `1.${digits(until)}.${id}` })),
  ]);
  const seen = new Set<string>();
  return entries.filter(({ id }) => !seen.has(id) && seen.add(id));
}

/** Sorts entries by their marks, by which the next page begins. */
const inOrder = (entries: readonly Entry[]): readonly Entry[] =>
  entries.toSorted((one, other) => (one.mark < other.mark ? -1 : 1));

const digits = (atSeconds: number): string => String(Math.floor(atSeconds)).padStart(10, "0");

/** Examines requests, and selects those with one of the statuses that policy lets the person approve. Removes those that wait for nobody from the inboxes. */
async function selected(
  batch: readonly Entry[],
  operator: OperatorIdentity,
  statuses: readonly Status[] | typeof MINE,
  ports: ApprovePorts,
): Promise<readonly Listed[]> {
  const permitted = await Promise.all(
    batch.map(async ({ id, own }) => {
      const examined = await examineApproval(id, ports);
      if (!examined) return [];
      // A place that cannot be removed now is only examined once more.
      if (!own && FINAL.has(examined.state)) await attempt(() => leaveInboxes(examined, ports));
      const isSelected = statuses === MINE || statuses.some((status) => STATUSES[status](examined, operator));
      if (!isSelected || !(await mayApprove(operator, examined, ports))) return [];
      const decided = own && { as: own.decision, at: isoSeconds(own.at) };
      return [{ ...summariseApproval(examined, operator, ports.deployment), ...defined({ decided }) }];
    }),
  );
  return permitted.flat();
}

/** True where a status lists this kind of an inbox's entries: `pending` lists requests, `standing` and `review` list uses. */
const isListed = (status: Status, use: number | undefined): boolean =>
  status !== "decided" && (use === undefined) === (status === "pending");

/** @throws {Refusal} malformed_request. */
function parseQuery(query: URLSearchParams) {
  const [group, after] = [query.get("group") ?? undefined, query.get("after") ?? undefined];
  const status = query.get("status") ?? "pending";
  if (after !== undefined && !MARK.test(after)) refuse("after must be the next of the page before.");
  if (group !== undefined && !/^[a-z0-9-]{2,32}$/.test(group))
    refuse("group must be the name of a group of approvers.");
  if (status === MINE && group === undefined) return { group, statuses: MINE, after } as const;
  const statuses = status.split(",").filter((each): each is Status => Object.hasOwn(STATUSES, each));
  if (statuses.length < status.split(",").length)
    return refuse(
      `status must be one or several of ${Object.keys(STATUSES).join(", ")}, with commas between them; or ${MINE} alone, without a group.`,
    );
  return { group, statuses, after } as const;
}

function refuse(say: string): never {
  throw new Refusal("malformed_request", { say });
}
