import { type AgentId, isAgentId } from "../../contract/agent-id.ts";
import { type Span, spanIn, TIME_FORMS } from "../../contract/decision/moment.ts";
import type { ArchivedEvent } from "../../functions/core/archive/entry.ts";
import { defined } from "../../functions/core/defined.ts";
import { ocsfOf } from "../../functions/core/siem/ocsf.ts";
import type { Hub } from "../../functions/core/siem/ocsf-event.ts";
import { groupedBy } from "../grouped-by.ts";
import { ownCommand } from "../own-command.ts";
import { shellWord } from "../shell-quoting.ts";
import { aboutResource, insideOf } from "./about-resource.ts";
import {
  arnIn,
  EXIT,
  issuerKeysIn,
  knownIn,
  momentIn,
  notPinned,
  pinnedKey,
  refusesTampered,
  type Screen,
  Usage,
  type Values,
  watched,
} from "./command-line.ts";
import { controlsOf } from "./controls-of.ts";
import { nameOf } from "./event-name.ts";
import { noEventFits } from "./no-event-fits.ts";
import { withArchive } from "./open-archive.ts";
import { type StorySelection, select } from "./story.ts";
import { verifyArchive } from "./verify-archive.ts";
import type { CheckedKill } from "./verify-kills.ts";
import { line } from "./words.ts";

/**
 * Prints the selected events of an archive as a story. The archive is verified first, and nothing is printed of a
 * tampered one.
 */
export async function show(place: string, values: Values, screen: Screen): Promise<number> {
  const { out, err } = screen;
  const pinned = pinnedKey(values.key);
  const issuerKeys = await issuerKeysIn(values.issuers);
  const named = values.known === undefined ? [] : await knownIn(values.known);
  const wanted = selectionOf(values);
  const resource = values.resource === undefined ? undefined : arnIn(values.resource, "--resource");
  const { events, verdict, origin, votes, kills, key } = await withArchive(place, watched(screen), (source) =>
    verifyArchive(source, pinned, undefined, named, issuerKeys),
  );
  if (verdict === "tampered") {
    err(refusesTampered(place));
    return EXIT.tampered;
  }
  const found = groupedBy([...votes, ...kills.map(inWords)], ({ event }) => event);
  const verdictsOf = (event: ArchivedEvent) => {
    const verdicts = new Set(found.get(nameOf(event))?.map(({ verdict }) => verdict));
    return verdicts.size === 0 ? "" : ` [${[...verdicts].join(", ")}]`;
  };
  const about = resource === undefined ? undefined : aboutResource(events, [resource, ...insideOf(resource)]);
  const selection = { ...wanted, ...defined({ about }) };
  const selected = select(events, selection);
  const partsOf = (event: ArchivedEvent) => about?.parts.get(event.hash) ?? [];
  if (values.ocsf) out(selected.map((event) => `${JSON.stringify(ocsfOf(event, hubOf(origin)))}\n`).join(""));
  else if (values.json)
    out(
      selected
        .map((event) => `${JSON.stringify({ ...event, ...(about ? { resource: partsOf(event) } : {}) })}\n`)
        .join(""),
    );
  else
    out(
      selected
        .map(
          (event) =>
            `${line(event)}${marked(partsOf(event))}${verdictsOf(event)}\n${values.controls ? controlsOf(event.type) : ""}`,
        )
        .join(""),
    );
  if (selected.length === 0) err(noEventFits(events, selection, values));
  if (pinned === undefined) err(notPinned(key));
  if (verdict !== "intact") err(`This archive is ${verdict}: see ${ownCommand()} audit verify ${shellWord(place)}\n`);
  return EXIT[verdict];
}

/** Words the parts that the resource has in an event: " <granted>". */
const marked = (parts: readonly string[]): string => (parts.length === 0 ? "" : ` <${parts.join(", ")}>`);

/** Words the verdict of a kill receipt: "denied after 812 ms". */
const inWords = ({ event, verdict, milliseconds }: CheckedKill) => ({
  event,
  verdict: milliseconds === undefined ? verdict : `${verdict} after ${milliseconds} ms`,
});

/** Hub of a log, from its name: `valetkey/<account>/<Region>`. */
function hubOf(origin = ""): Hub {
  const [, account = "unknown", region = "unknown"] = origin.split("/");
  return { account, region };
}

function selectionOf({ task, agent, person, approver, since, until, at, denied, decisions }: Values): StorySelection {
  const sinceMs = since === undefined ? undefined : timeIn(since, "--since").firstMs;
  const untilMs = until === undefined ? undefined : timeIn(until, "--until").lastMs;
  if (sinceMs !== undefined && untilMs !== undefined && sinceMs > untilMs)
    throw new Usage(`--since ${since} is after --until ${until}`);
  return {
    ...defined({ task, sinceMs, untilMs, person, agent: agent === undefined ? undefined : agentIn(agent) }),
    // Every person's name contains the empty text: it selects the decisions of all.
    ...(approver === undefined && !decisions ? {} : { approver: approver ?? "" }),
    ...(at === undefined ? {} : { aliveAtMs: momentIn(at) }),
    ...(denied ? { isDenied: true } : {}),
  };
}

/** Reads the time of an option. @throws {Usage} with the forms that it takes. */
function timeIn(text: string, option: string): Span {
  const span = spanIn(text, Date.now());
  if (!span) throw new Usage(`${option} takes ${TIME_FORMS}`);
  return span;
}

function agentIn(text: string): AgentId {
  if (!isAgentId(text)) throw new Usage("--agent takes an agent's id: 2 to 64 of a-z, 0-9 and hyphens");
  return text;
}
