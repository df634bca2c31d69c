import { counted } from "../../contract/decision/counted.ts";
import { readBundle } from "../../functions/policy/bundle.ts";
import { Problem } from "../../functions/policy/problem.ts";
import { neededBy } from "../../functions/policy/read/approval-faults.ts";
import type { Finding as PolicyFinding } from "../../functions/policy/read/finding.ts";
import type { KnownGroup } from "../../functions/policy/read/known-config.ts";
import type { ArchiveSource } from "../audit/archive-source.ts";
import { verifyArchive } from "../audit/verify-archive.ts";
import { votersSince } from "../audit/voters.ts";
import { ownCommand } from "../own-command.ts";
import { approvalProblems } from "../policy/check/approvals.ts";
import { shellWord } from "../shell-quoting.ts";
import { bad, type Finding, ok, unknown } from "./finding.ts";
import type { Inspected } from "./inspected.ts";

const CHECK = "approvers";

/** Time for which a vote counts as evidence that a person can still vote; days. */
const SEEN_DAYS = 90;

/** People whose votes the signed log has, by group; absent without a log. */
type Seen = ReadonlyMap<string, ReadonlySet<string>> | undefined;

/** Copy of the signed log, or the log itself in its bucket. */
export interface OpenLog {
  readonly source: ArchiveSource;
  /** Folder or bucket. */
  readonly place: string;
  /** Command that shows what was changed in the log. */
  readonly verify: string;
  /** Makes the finding of a log that cannot be read. */
  readonly unread?: (error: unknown) => Finding;
}

/**
 * Checks whether distinct people can give the votes that the policies require, with one person to spare. Exact for
 * groups that list `persons`. Only its issuer knows all people of another group; the signed log has those who voted.
 * @param openLog opens the log, where policies require votes of a group by claim. Returns a finding where the log
 * cannot be opened, undefined where there is none.
 */
export async function inspectApprovers(
  { policiesDir, configFile }: Pick<Inspected, "policiesDir" | "configFile">,
  openLog: () => Promise<OpenLog | Finding | undefined>,
  nowMs: number,
): Promise<readonly Finding[]> {
  try {
    const { policies, people, faults } = readBundle(policiesDir, [], configFile);
    const required = new Map<string, number>();
    for (const { group, count } of policies.flatMap(neededBy))
      required.set(group, Math.max(count, required.get(group) ?? 0));
    if (required.size === 0) return [];
    const wrong = faults.filter(({ code }) => code === "unknown_group" || code === "unfillable_approval");
    const weak = approvalProblems(policies, people).filter(({ level }) => level === "warning");
    const byClaim = (people?.approvers ?? []).filter(
      ({ name, members }) => required.has(name) && !("persons" in members),
    );
    const { seen, findings } = byClaim.length > 0 ? await seenIn(await openLog(), nowMs) : NOTHING;
    const found = [
      ...findings,
      ...[...wrong, ...weak].map(findingOf),
      ...byClaim.flatMap((group) => onSeen(group, required.get(group.name), seen)),
    ];
    return found.length === 0
      ? [ok(CHECK, "enough people for every vote that policies require, and one to spare")]
      : found;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return [bad(CHECK, error.message, `${ownCommand()} policy check ${shellWord(policiesDir)}`)];
  }
}

const NOTHING: { readonly seen?: NonNullable<Seen>; readonly findings: readonly Finding[] } = { findings: [] };

/** Counts the people whose votes a log has. Votes of a changed log do not count. */
async function seenIn(log: OpenLog | Finding | undefined, nowMs: number): Promise<typeof NOTHING> {
  if (log === undefined) return NOTHING;
  if ("check" in log) return { findings: [log] };
  try {
    const { verdict, events } = await verifyArchive(log.source);
    if (verdict === "intact") return { seen: votersSince(events, nowMs - SEEN_DAYS * 86_400_000), findings: [] };
    return { findings: [bad(CHECK, `the log in ${log.place} is ${verdict}`, log.verify)] };
  } catch (error) {
    if (!log.unread) throw error;
    return { findings: [log.unread(error)] };
  }
}

const findingOf = ({ message, policy }: PolicyFinding): Finding =>
  bad(CHECK, `policy ${policy}: ${message}`, "change approvers in valetkey.json, or the policy");

/**
 * Reports how many people of a group by claim have voted. The issuer alone knows the number of all people: a token is
 * about one person.
 */
function onSeen({ name, issuer, members }: KnownGroup, count: number | undefined, seen: Seen): readonly Finding[] {
  if (count === undefined || "persons" in members) return [];
  const voters = seen?.get(name)?.size ?? 0;
  const voted = `${people(voters)} of ${name} voted within ${SEEN_DAYS} days`;
  const wanted = `policies require ${counted(count, "vote")}`;
  if (voters > count) return [ok(CHECK, `${voted}, and ${wanted}`)];
  return [
    unknown(
      CHECK,
      `${wanted} of ${name}, and ${issuer} alone knows how many people have ${members.claim} ${JSON.stringify(members.value)}${seen ? `; ${voted}` : ""}`,
      `make sure there that they are ${count + 1} at least: one may be away, own the agent, or have shaped it${seen ? "" : "; --log <folder> counts those who have voted"}`,
    ),
  ];
}

const people = (count: number): string => counted(count, "person", "people");
