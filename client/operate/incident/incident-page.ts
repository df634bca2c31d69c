import { isAgentId } from "../../../contract/agent-id.ts";
import { ownCommand } from "../../own-command.ts";
import { instantOf } from "../print/instant-of.ts";
import { joined, type Shown, shown } from "../print/shown.ts";
import { table } from "../print/table.ts";
import { keyOf, refused } from "../tasks/receipts.ts";
import { nextOf } from "./find.ts";
import type { Incident, IncidentAgent, IncidentTask } from "./incident-record.ts";

type LedgerRow = NonNullable<IncidentTask["ledger"]>[number];

/** Largest number of uses that the page shows; the JSON has all. */
const MOST_USES = 40;

/** Formats an incident for a person at three in the morning. The first line states whether anything can still act. */
export function describedIncident(record: Incident): Shown {
  const { agent, sentence, verdict, as_of, began_at, tasks, unknown } = record;
  const { halted } = agent;
  const keys = tasks.flatMap(keysOf);
  const uses = tasks.flatMap(usesOf);
  const parts = [
    shown`${sentence}\nAs of ${as_of}. Begun at ${began_at}.\n`,
    verdict === "nothing_can_act"
      ? ""
      : shown`Run the same command again. If it does not change: ${ownCommand()} panic --reason "..." --yes\n`,
    table(
      ["agent", "is", "since", "by", "why", "owner", "contact"],
      [[agent.id, agent.status, halted?.at, halted?.by, whyOf(halted), agent.owner, agent.contact]],
    ),
    record.panic?.halted === true
      ? shown`A panic is declared: no credential of any agent works (\`valetkey panic\`).\n`
      : "",
    section(`Keys (${keys.length})`, keys, [
      "task",
      "key",
      "account",
      "denial",
      "at",
      "after",
      "AWS refused",
      "dead by",
    ]),
    section(
      `Tasks (${tasks.length})`,
      tasks.map(({ id, agent: whose, status, ended_at, ended_by, purpose }) => [
        id,
        whose,
        status,
        ended_at,
        ended_by,
        purpose,
      ]),
      ["task", "agent", "was", "ended", "by", "its own words"],
    ),
    section(
      uses.length > MOST_USES
        ? `What they did (the first ${MOST_USES} of ${uses.length}; all are in the JSON)`
        : `What they did (${uses.length})`,
      uses.slice(0, MOST_USES),
      ["task", "action", "resource", "granted", "used", "denied", "from", "last"],
    ),
    shown`Not known\n${joined(unknown.map((each) => shown`  - ${each}\n`))}`,
    shown`Next\n${joined(nextFor(record).map((each) => shown`  ${each}\n`))}`,
  ];
  return joined(
    parts.filter((part) => part !== ""),
    "\n",
  );
}

const section = (title: string, rows: readonly (readonly unknown[])[], headings: readonly string[]): Shown =>
  rows.length === 0 ? shown`${title}\n` : shown`${title}\n${table(headings, rows)}`;

const keysOf = ({ id, receipt }: IncidentTask): readonly (readonly unknown[])[] =>
  (receipt?.leases ?? []).map(keyOf).map((key) => [
    id,
    // An alarm names the key by its id.
    key.access_key_id ?? key.name,
    key.account ?? key.type,
    key.status,
    key.deniedAt,
    key.milliseconds === undefined ? "" : `${key.milliseconds} ms`,
    refused(key.observed),
    key.deadBy,
  ]);

/** Lists the known calls of a task: ungranted ones first, then denied ones, then the others. */
const usesOf = ({ id, ledger = [] }: IncidentTask): readonly (readonly unknown[])[] =>
  ledger
    .filter(({ used, denied }) => used > 0 || denied > 0)
    .toSorted((a, b) => rank(a) - rank(b))
    .map(({ action, resource, granted, used, denied, last, source_ip: from }) => [
      ...[id, action, resource, granted ? "yes" : "NO", used, denied, from],
      instantOf(last),
    ]);

const rank = ({ granted, denied }: LedgerRow): number => (!granted ? 0 : denied > 0 ? 1 : 2);

function nextFor({ agent, tasks }: Incident): readonly string[] {
  const [task] = tasks;
  // Prints no misspelt id into a command, which a person may paste into a shell.
  if (!isAgentId(agent.id)) return [`${ownCommand()} agents   (the service's answer has no agent's id)`];
  const [, ledger] = task ? nextOf({ ...task, agent: agent.id }) : [];
  return [
    `${ownCommand()} incident ${agent.id}   (again: the ledger grows for some minutes)`,
    ...(ledger === undefined ? [] : [ledger]),
    `${ownCommand()} secrets   (what it may know)`,
    `${ownCommand()} offboard ${agent.id} --yes --reason "…"   (for good), or ${ownCommand()} agents resume ${agent.id}`,
  ];
}

/** Writes the reason for an agent's halt, with the person who gave it where that is another person than the one who halted. */
const whyOf = (halted: IncidentAgent["halted"]): string =>
  `${halted?.reason ?? ""}${halted?.reason_by === undefined ? "" : ` (said by ${halted.reason_by})`}`;
