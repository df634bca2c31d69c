import { inboxOfPerson } from "../core/approvals/inboxes-of.ts";
import { atOnce } from "../core/at-once.ts";
import { isSamePerson } from "../core/identity/person.ts";
import { Refusal } from "../core/refusal.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { operation } from "../operators/operation.ts";
import { mayApprove } from "../steps/approvals/authorise-approval.ts";
import type { OperatorIdentity } from "../steps/requests/verify-operator.ts";
import type { ApprovePorts } from "./approve-ports.ts";
import { summariseApproval } from "./describe-approval.ts";
import { type Examined, examineApproval } from "./examine-approval.ts";

/** `listed`: upper bound on the requests of one answer, which begins with those that expire first. `atOnce`: requests that are examined at the same time. */
const MOST = { listed: 50, atOnce: 10 } as const;

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
 * Answers `GET /v1/approvals?group=&status=pending` with the requests that policy lets the person approve, of one group or of all. The status chooses
 * requests that wait, standing approvals, broken glasses to review, or approvals that the person has given.
 */
export const listApprovals = (event: HttpEvent, ports: ApprovePorts): Promise<HttpAnswer> =>
  operation(event, ports, async (operator) => {
    const { group: requested, statuses } = parseQuery(new URLSearchParams(event.rawQueryString ?? ""));
    const groups = (ports.deployment.approvers ?? []).filter(
      ({ name }) => requested === undefined || name === requested,
    );
    if (groups.length === 0 && requested !== undefined) refuse(`There are no approvers "${requested}" here.`);
    const nowSeconds = ports.clock.nowMs() / 1_000;
    const [inboxes, given] = await Promise.all([
      Promise.all(
        [
          ...groups.map(({ issuer, name }) => ({ issuer, group: name })),
          ...(requested === undefined ? [inboxOfPerson(operator.person)] : []),
        ].map((inbox) => ports.ballots.listWaiting(inbox)),
      ),
      statuses.includes("decided") ? ports.ballots.listGiven(operator.person, nowSeconds) : [],
    ]);
    // An expired entry stays for days, until DynamoDB removes it. An entry that waits must come first.
    const listed = inboxes
      .flat()
      .filter(({ use, expiresAt }) => expiresAt > nowSeconds && statuses.some((each) => isListed(each, use)));
    const ids = new Set([...listed.toSorted((a, b) => a.expiresAt - b.expiresAt).map(({ id }) => id), ...given]);
    const examined = await atOnce(MOST.atOnce, [...ids].slice(0, MOST.listed), (id) => examineApproval(id, ports));
    const permitted = await Promise.all(
      examined.map(async (each) =>
        each && statuses.some((status) => STATUSES[status](each, operator)) && (await mayApprove(operator, each, ports))
          ? [each]
          : [],
      ),
    );
    return { approvals: permitted.flat().map((each) => summariseApproval(each, operator, ports.deployment)) };
  });

/** True where a status lists this kind of an inbox's entries: `pending` lists requests, `standing` and `review` list uses. */
const isListed = (status: Status, use: number | undefined): boolean =>
  status !== "decided" && (use === undefined) === (status === "pending");

/** @throws {Refusal} malformed_request. */
function parseQuery(query: URLSearchParams): { readonly group?: string; readonly statuses: readonly Status[] } {
  const [group, status] = [query.get("group") ?? undefined, query.get("status") ?? "pending"];
  if (group !== undefined && !/^[a-z0-9-]{2,32}$/.test(group))
    refuse("group must be the name of a group of approvers.");
  const statuses = status.split(",").filter((each): each is Status => Object.hasOwn(STATUSES, each));
  if (statuses.length < status.split(",").length)
    return refuse(`status must be one or several of ${Object.keys(STATUSES).join(", ")}, with commas between them.`);
  return group === undefined ? { statuses } : { group, statuses };
}

function refuse(say: string): never {
  throw new Refusal("malformed_request", { say });
}
