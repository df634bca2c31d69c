import type * as journal from "../../../contract/journal.ts";
import type { EventType } from "../../../contract/journal-types.ts";
import { CHECKPOINT } from "../../../functions/core/archive/archive-keys.ts";
import type { ArchivedEvent } from "../../../functions/core/archive/entry.ts";
import { EMPTY_CHAIN, headOf, linkEvent } from "../../../functions/core/journal/event.ts";
import { rightsCounted } from "../../../functions/core/ledger/rights-count.ts";
import { Refusal } from "../../../functions/core/refusal.ts";
import { NOON_MS } from "../../fakes/world/world.ts";
import type { ArrangementsOf } from "../from-contract.ts";
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

/** Count of the rights that the tasks of an earlier hour left unused. */
const rights: ArchivedEvent = {
  journal: "uses",
  ...rightsCounted(NOON_MS / 1_000 - 10_800, { tasks: 2, granted: 5, unused: 3, notSeen: 1 }, NOON_MS - 3_000_000),
};

const reading =
  (query: Readonly<Record<string, string>> = { agent: "demo" }): Arrange =>
  async (world) => {
    world.ports.archived.add([...storyOf("k7f3m2q9x4ab."), rights], NOON_MS);
    return { route: "GET /v1/journal", query, bearer: world.operatorToken() };
  };

/** Calls of the operation on the signed log. */
export const JOURNAL = {
  readJournal: {
    examples: {
      agent: reading(),
      denied: reading({ denied: "true", since: "2026-11-24T12:00:00Z" }),
      page: reading({ limit: "1" }),
      counts: reading({ limit: "1", since: "2026-11-24T00:00:00Z", counts: "hours" }),
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
  },
} as const satisfies ArrangementsOf<typeof journal>;
