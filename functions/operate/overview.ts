import type { Overview } from "../../contract/overview.ts";
import type { Ballots } from "../core/approvals/ballots.ts";
import { livingRequests } from "../core/approvals/living-requests.ts";
import { atOnce } from "../core/at-once.ts";
import type { AccountHalts } from "../core/escalation/account-halt.ts";
import { type FoundEscalations, isListed } from "../core/escalation/found-escalation.ts";
import type { Ports } from "../core/ports.ts";
import type { LiveCounts } from "../core/tasks/live-counts.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { describeAccount } from "../operators/describe-account.ts";
import { describePanic } from "../operators/describe-panic.ts";
import { operation } from "../operators/operation.ts";
import { authoriseOperation } from "../steps/requests/authorise-operation.ts";
import type { OperatorIdentity } from "../steps/requests/verify-operator.ts";
import { visibleTo } from "./list-escalations.ts";
import { maySee } from "./may-see.ts";

/** Ports of the overview, which changes nothing. */
export interface OverviewPorts extends Ports {
  readonly accountHalts: Pick<AccountHalts, "list">;
  readonly foundEscalations: Pick<FoundEscalations, "list">;
  readonly liveCounts: LiveCounts;
  readonly ballots: Pick<Ballots, "listWaiting">;
}

const READ = "valetkey:ReadOverview";

const DAY_MS = 86_400_000;

/** Upper bound on the escalations that are read. */
const MOST_COUNTED = 50;

/** Upper bound on the inboxes that are read at the same time. */
const AT_ONCE = 10;

/**
 * Answers `GET /v1/overview` with live tasks, requests that wait for people, halts, and the number of escalations of the last day. The answer has no
 * purpose, no grant, and no time of its own, so that its ETag changes only when something happens.
 */
export const readOverview = (event: HttpEvent, ports: OverviewPorts): Promise<HttpAnswer> =>
  operation<Overview>(event, ports, async (operator) => {
    await authoriseOperation(operator, READ, "deployment", ports);
    const [counts, approvals, panic, { halts }, escalations] = await Promise.all([
      ports.liveCounts.read(),
      countWaiting(ports),
      ports.panics.read(),
      ports.accountHalts.list(),
      countEscalations(operator, ports),
    ]);
    const seen = counts.filter(({ agent }) => maySee(operator, READ, agent, ports));
    return {
      live: seen.reduce((sum, { live }) => sum + live, 0),
      agents: seen.map(({ agent: { id, name, team, status }, live }) => ({ id, name, team, status, live })),
      approvals,
      escalations,
      panic: describePanic(panic, ports.clock.nowMs() / 1_000),
      halted_accounts: ports.deployment.accounts.flatMap((account) => {
        const halt = halts.find((each) => each.account === account.id);
        return halt ? describeAccount(account, halt, undefined) : [];
      }),
    };
  });

/** Counts the escalations of the last day among the latest ones only, so that a flood does not slow the overview down. */
async function countEscalations(operator: OperatorIdentity, ports: OverviewPorts) {
  const { entries, next } = await ports.foundEscalations.list("all", undefined, MOST_COUNTED);
  const sinceMs = ports.clock.nowMs() - DAY_MS;
  const late = entries.filter((entry) => isListed(entry) && entry.foundAtMs >= sinceMs);
  const found = (await visibleTo(operator, READ, late, ports)).length;
  const isMore = next !== undefined && late.length === entries.filter(isListed).length;
  return { found, more: isMore || entries.some((entry) => !isListed(entry) && entry.untilMs >= sinceMs) };
}

/** Counts the requests that wait, by group. A request to several groups counts in each of them. */
async function countWaiting({ ballots, tasks, deployment, clock }: OverviewPorts) {
  const nowSeconds = clock.nowMs() / 1_000;
  return atOnce(AT_ONCE, deployment.approvers ?? [], async ({ name, issuer }) => {
    const listed = await ballots.listWaiting({ issuer, group: name }, nowSeconds);
    return { group: name, waiting: (await livingRequests(listed, (task) => tasks.isAlive(task))).length };
  });
}
