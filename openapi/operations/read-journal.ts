import * as v from "valibot";
import { agentId, taskId } from "../../contract/fields.ts";
import { NOON_MS } from "../../fakes/fake-world.ts";
import { CHECKPOINT } from "../../functions/core/archive/archive-keys.ts";
import type { ArchivedEvent } from "../../functions/core/archive/entry.ts";
import { EMPTY_CHAIN, type EventType, headOf, linkEvent } from "../../functions/core/journal/event.ts";
import { Refusal } from "../../functions/core/refusal.ts";
import type { Operation } from "../operation.ts";
import type { Arrange } from "../recording/call.ts";
import { refusedOperators } from "../refused/operator.ts";

/** Story of one task: the events of its journal. */
function storyOf(of: string): readonly ArchivedEvent[] {
  const facts: readonly (readonly [EventType, object])[] = [
    ["task.opened", { agent: "demo", purpose: "weekly report" }],
    ["lease.renewed", { agent: "demo", lease: "aws-0" }],
    ["task.ended", { agent: "demo", status: "completed", by: "holder" }],
  ];
  let head = EMPTY_CHAIN;
  return facts.map(([type, about], index) => {
    const event = linkEvent(head, of, type, NOON_MS + index * 60_000, { ...about });
    head = headOf(event);
    return { journal: "tasks", ...event };
  });
}

const reading =
  (query: Readonly<Record<string, string>> = { agent: "demo" }): Arrange =>
  async (world) => {
    world.ports.archived.add(storyOf("k7f3m2q9x4ab."), NOON_MS);
    return { route: "GET /v1/journal", query, bearer: world.operatorToken() };
  };

const instant = v.pipe(v.string(), v.isoTimestamp());

/** `GET /v1/journal` */
export const readJournalOperation: Operation = {
  id: "readJournal",
  tag: "Operators",
  description:
    "Events from the signed log, newest first, with the checkpoint that signs them; each entry is verified against it before it is shown. Filters are joined by and. One request reads at most some 4,000 entries: `searched` has the range, and `before` continues there. Policy decides about the named agent, or about the deployment where no agent is named.",
  query: {
    agent: { says: "Events of this agent.", required: false, schema: agentId },
    task: { says: "Events of this task, and of all tasks below it.", required: false, schema: taskId },
    person: {
      says: "Events that name this person: `issuer|value`, or a part of it.",
      required: false,
      schema: v.pipe(v.string(), v.minLength(1), v.maxLength(320)),
    },
    since: { says: "Earliest moment, in UTC.", required: false, schema: instant },
    until: {
      says: "Latest moment, in UTC. An event that came into the log more than a day after it happened is found without it alone.",
      required: false,
      schema: instant,
    },
    denied: {
      says: "`true`: only refused, denied and void requests.",
      required: false,
      schema: v.picklist(["true", "false"]),
    },
    before: {
      says: "Place before which to search: `before` of the answer before.",
      required: false,
      schema: v.pipe(v.number(), v.integer(), v.minValue(1)),
    },
    limit: {
      says: "Most events of the answer; 50 unless given.",
      required: false,
      schema: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100)),
    },
  },
  answer: { status: 200, says: "Events of the log.", schema: "Journal" },
  accepted: {
    agent: { says: "Events of one agent", arrange: reading() },
    denied: {
      says: "Denials of everybody since noon: none",
      arrange: reading({ denied: "true", since: "2026-11-24T12:00:00Z" }),
    },
    page: { says: "The newest event, and where the next page begins", arrange: reading({ limit: "1" }) },
  },
  refused: {
    ...refusedOperators(reading()),
    malformed_request: reading({ agnet: "demo" }),
    agent_not_found: reading({ agent: "nobody" }),
    archive_unavailable: async (world) => {
      const call = await reading()(world);
      world.ports.archived.source.onRead = () => {
        throw new Refusal("archive_unavailable", { retryAfterSeconds: 5 });
      };
      return call;
    },
    archive_broken: async (world) => {
      const call = await reading()(world);
      world.ports.archived.source.objects.set(CHECKPOINT, Buffer.from("not signed"));
      return call;
    },
  },
};
