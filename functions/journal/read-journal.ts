import type { Journal } from "../../contract/journal.ts";
import type { EventCounter } from "../core/archive/count-events.ts";
import { ForkedArchive } from "../core/archive/forked-archive.ts";
import { searchLog } from "../core/archive/search-log.ts";
import { SignedLog } from "../core/archive/signed-log.ts";
import { defined } from "../core/defined.ts";
import type { RightsCount } from "../core/ledger/rights-count.ts";
import { Refusal } from "../core/refusal.ts";
import { isoSeconds } from "../core/text/iso-seconds.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { etagOf, isKnown } from "../http/unless-known.ts";
import { agentFor } from "../operators/agent-for.ts";
import { conditionalRead } from "../operators/operation.ts";
import { authoriseOperation } from "../steps/requests/authorise-operation.ts";
import type { JournalPorts } from "./journal-ports.ts";
import { parseSearch } from "./parse-search.ts";
import { describeAnchor, readAnchored } from "./witness.ts";

const READ = "valetkey:ReadJournal";

/** Upper bound on the time that an event waits for its place in the log while no alarm rings; seconds. */
const WAITS_SECONDS = 60;

/**
 * Answers `GET /v1/journal` with events from the signed log, newest first, and the checkpoint that signs them. Policy is evaluated for the agent that the
 * search names; if it names none, for the deployment.
 */
export const readJournal = (event: HttpEvent, ports: JournalPorts): Promise<HttpAnswer> =>
  conditionalRead<Journal>(event, ports, async (operator) => {
    const search = parseSearch(new URLSearchParams(event.rawQueryString ?? ""));
    if (search.agent === undefined) await authoriseOperation(operator, READ, "deployment", ports);
    else await agentFor(operator, READ, search.agent, ports);
    return asSigned(async () => {
      const { archived } = ports;
      const anchored = await readAnchored(archived, ports.clock.nowMs());
      const log = await SignedLog.open(archived.source, archived.origin);
      if (!log) throw new Refusal("archive_unavailable", { why: "no checkpoint", retryAfterSeconds: WAITS_SECONDS });
      // The ETag covers everything that the answer is made of, and needs no entry of the log.
      const etag = etagOf(JSON.stringify([log.note, anchored?.body.toString("utf8"), event.rawQueryString]));
      if (isKnown(event, etag)) return { etag };
      const found = await searchLog(log, search, archived.source);
      const body = await describe(log, found, ports, anchored);
      return { etag, body: { ...body, ...(search.counter ? { counts: describeCounts(search.counter) } : {}) } };
    });
  });

async function describe(
  log: SignedLog,
  { events, from, to, backToMs, next, goneBefore }: Awaited<ReturnType<typeof searchLog>>,
  { archived, log: lines }: Pick<JournalPorts, "archived" | "log">,
  anchored: Awaited<ReturnType<typeof readAnchored>>,
): Promise<Journal> {
  const { origin, size, root } = log.checkpoint;
  const anchor = await describeAnchor(log, archived, anchored);
  if (anchor.state === "differs") lines.write({ level: "error", event: "anchor_differs", why: anchor.key });
  return {
    checkpoint: {
      origin,
      size,
      root: root.toString("base64"),
      note: log.note,
      bucket: archived.bucket,
      signed_at: isoSeconds(Math.floor(log.signedAtMs / 1_000)),
    },
    anchor,
    // Younger events may be in the table alone.
    waits_seconds: WAITS_SECONDS,
    events,
    searched: { from, to, ...(backToMs === undefined ? {} : { back_to: new Date(backToMs).toISOString() }) },
    ...defined({ before: next, gone_before: goneBefore }),
  };
}

/** Writes the counts of the search. */
const describeCounts = ({ hours, dead }: EventCounter): NonNullable<Journal["counts"]> => ({
  hours: hours.map(({ fromMs, opened, keys, denied, ended, rights }) => ({
    ...{ from: new Date(fromMs).toISOString(), opened, keys, denied, ended },
    ...(rights ? { rights: describeRights(rights) } : {}),
  })),
  ...(dead ? { dead: { median_ms: dead.medianMs, slowest_ms: dead.slowestMs, measured: dead.measured } } : {}),
});

const describeRights = ({ tasks, granted, unused, notSeen }: RightsCount) => ({
  ...{ tasks, granted, unused, not_seen: notSeen },
});

/** Refuses loudly where the archive differs from the tree that its checkpoint signs: none of its entries is shown then. */
async function asSigned<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ForkedArchive) throw new Refusal("archive_broken", { why: error.message });
    throw error;
  }
}
