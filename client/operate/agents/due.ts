import type { ReadAnswer } from "../../../contract/operations.ts";
import { type Shown, shown } from "../print/shown.ts";
import { coloured, table } from "../print/table.ts";

type Listed = ReadAnswer<"GET /v1/agents">["agents"][number];

const DAY_MS = 86_400_000;

/** Agent that has to be confirmed, with the time that is left. */
export type DueAgent = Pick<
  Listed,
  "id" | "status" | "owner" | "team" | "created_at" | "confirmed_at" | "confirmed_by"
> & {
  readonly confirm_by: string;
  /** Whole days that are left; negative where the moment has passed. */
  readonly days_left: number;
};

/**
 * Lists the agents that have to be confirmed, the next due first. Suspended ones too: an unconfirmed one needs its
 * confirmation before it is resumed.
 * @param withinDays only agents that are due within so many days; all by default.
 */
export function dueAgents(
  listed: readonly Listed[],
  nowMs: number,
  withinDays = Number.POSITIVE_INFINITY,
): readonly DueAgent[] {
  return listed
    .flatMap(({ id, status, owner, team, created_at, confirm_by, ...agent }): readonly DueAgent[] => {
      if (confirm_by === undefined) return [];
      const days_left = Math.floor((Date.parse(confirm_by) - nowMs) / DAY_MS);
      const { confirmed_at, confirmed_by } = agent;
      const confirmed = {
        ...(confirmed_at === undefined ? {} : { confirmed_at }),
        ...(confirmed_by === undefined ? {} : { confirmed_by }),
      };
      return [{ id, status, owner, team, created_at, ...confirmed, confirm_by, days_left }];
    })
    .filter(({ days_left: left }) => left < withinDays)
    .toSorted((a, b) => Date.parse(a.confirm_by) - Date.parse(b.confirm_by) || (a.id < b.id ? -1 : 1));
}

/** Formats the agents as a table. @param isAny true where the service requires confirmations of some agent. */
export const dueTable = (agents: readonly DueAgent[], isAny: boolean): Shown =>
  agents.length === 0
    ? isAny
      ? shown`No agent is due within that time.\n`
      : shown`No agent has to be confirmed: this deployment has no recertification, or no agents.\n`
    : table(
        ["agent", "status", "owner", "team", "due", "left", "last confirmed", "by"],
        agents.map(({ id, status, owner, team, created_at: created, confirm_by: due, days_left: left, ...agent }) => [
          ...[id, status, owner, team, due],
          left < 0 ? coloured("overdue", "red") : `${left} d`,
          agent.confirmed_at ?? `never; registered ${created}`,
          agent.confirmed_by,
        ]),
      );
