import { atOnce } from "../core/at-once.ts";
import { Refusal } from "../core/refusal.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { operation } from "../operators/operation.ts";
import { mayApprove } from "../steps/approvals/authorise-approval.ts";
import type { ApprovePorts } from "./approve-ports.ts";
import { summariseApproval } from "./describe-approval.ts";
import { type Examined, examineApproval } from "./examine-approval.ts";

/** Most requests of one answer, the first to expire first, and how many are examined at a time. */
const MOST = { listed: 50, atOnce: 10 } as const;

/** `GET /v1/approvals?group=&status=pending`: requests that wait for a group, or for any, or standing approvals, or broken glasses to review; of these, those that policy lets the person approve. */
export const listApprovals = (event: HttpEvent, ports: ApprovePorts): Promise<HttpAnswer> =>
  operation(event, ports, async (operator) => {
    const { group: asked, status } = parseAsked(new URLSearchParams(event.rawQueryString ?? ""));
    const groups = (ports.deployment.approvers ?? []).filter(({ name }) => asked === undefined || name === asked);
    if (groups.length === 0 && asked !== undefined) refuse(`There are no approvers "${asked}" here.`);
    const waiting = (
      await Promise.all(groups.map(({ issuer, name }) => ports.ballots.listWaiting({ issuer, group: name })))
    ).flat();
    const listed = waiting.filter(({ use }) => (use === undefined) === (status === "pending"));
    const ids = [...new Set(listed.toSorted((a, b) => a.expiresAt - b.expiresAt).map(({ id }) => id))];
    const examined = await atOnce(MOST.atOnce, ids.slice(0, MOST.listed), (id) => examineApproval(id, ports));
    const permitted = await Promise.all(
      examined.map(async (each) =>
        each && statusOf(each) === status && (await mayApprove(operator, each, ports)) ? [each] : [],
      ),
    );
    return { approvals: permitted.flat().map((each) => summariseApproval(each, operator, ports.deployment)) };
  });

/** Status by which a request is listed: a broken glass that nobody has reviewed waits for people, too. */
const statusOf = ({ state, glass, isReviewed }: Examined): string => (glass && !isReviewed ? "review" : state);

/** @throws {Refusal} malformed_request. */
function parseAsked(query: URLSearchParams): {
  readonly group?: string;
  readonly status: "pending" | "standing" | "review";
} {
  const [group, status] = [query.get("group") ?? undefined, query.get("status") ?? "pending"];
  if (group !== undefined && !/^[a-z0-9-]{2,32}$/.test(group))
    refuse("group must be the name of a group of approvers.");
  if (status !== "pending" && status !== "standing" && status !== "review")
    return refuse("status must be pending, standing or review: what is decided is read by its id.");
  return group === undefined ? { status } : { group, status };
}

function refuse(say: string): never {
  throw new Refusal("malformed_request", { say });
}
