import * as v from "valibot";
import { agentId, givenTaskId, instant } from "./fields.ts";
import { type AnswerOf, type Noun, operation } from "./operation.ts";
import { BY_OPERATORS } from "./refused-by.ts";

const place = v.pipe(v.number(), v.integer(), v.minValue(0));
const milliseconds = v.pipe(v.number(), v.description("Epoch milliseconds."));
const bucket = v.string();

const event = v.pipe(
  v.strictObject({
    journal: v.pipe(v.string(), v.description("Journal that the event is of, such as `tasks` or `agents`.")),
    of: v.pipe(v.string(), v.description("Subject: a task's path, an agent's id, a secret's name, an hour.")),
    n: v.pipe(v.number(), v.integer(), v.description("Number of the event in its subject's journal, from 1.")),
    type: v.string(),
    at: milliseconds,
    facts: v.exactOptional(v.looseObject({})),
    factsIn: v.exactOptional(
      v.pipe(v.string(), v.description("SHA-256 of facts that were an object of their own, and are deleted.")),
    ),
    previous: v.string(),
    hash: v.string(),
  }),
  v.description("Event as `valetkey audit show --json` prints it."),
);

const whole = v.pipe(v.number(), v.integer(), v.minValue(0));

const counts = v.strictObject({
  hours: v.pipe(
    v.array(
      v.strictObject({
        from: v.pipe(v.string(), v.description("Start of the hour.")),
        opened: v.pipe(whole, v.description("Tasks that were opened.")),
        keys: v.pipe(whole, v.description("Credentials that were issued, renewed ones included.")),
        denied: v.pipe(whole, v.description("Refusals, denials and void approvals.")),
        ended: v.pipe(whole, v.description("Tasks with a session of AWS that ended.")),
        rights: v.exactOptional(
          v.pipe(
            v.strictObject({
              tasks: v.pipe(whole, v.description("Ended tasks that were counted.")),
              granted: v.pipe(whole, v.description("Pairs of an action and a resource that they were granted.")),
              unused: v.pipe(whole, v.description("Granted pairs that no call used or tried.")),
              not_seen: v.pipe(
                whole,
                v.description("Granted pairs without a known use, whose calls may not be reported. Not in `unused`."),
              ),
            }),
            v.description(
              "Rights in AWS of the tasks that ended in the hour, counted an hour or two after it is over. Absent until then, and where an agent is named: the count is of all agents.",
            ),
          ),
        ),
      }),
    ),
    v.description("24 hours from `since` on."),
  ),
  dead: v.exactOptional(
    v.pipe(
      v.strictObject({ median_ms: whole, slowest_ms: whole, measured: whole }),
      v.description(
        "Milliseconds from the end of a task until IAM had a policy against each of its keys, over the `measured` ended tasks of which the log has both. Absent where there are none.",
      ),
    ),
  ),
});

const journal = v.strictObject({
  checkpoint: v.strictObject({
    origin: v.string(),
    size: v.pipe(place, v.description("Entries of the log.")),
    root: v.pipe(v.string(), v.description("Hash of the tree, base64.")),
    note: v.pipe(v.string(), v.description("The checkpoint as it was signed (C2SP signed note).")),
    bucket: v.pipe(bucket, v.description("Bucket to verify: `valetkey audit verify s3://<bucket>`.")),
    signed_at: v.string(),
  }),
  anchor: v.strictObject({
    state: v.pipe(
      v.picklist(["none", "same", "differs", "not_read"]),
      v.description(
        "`none`: no witness is configured. `same`: the tree of its newest checkpoint is in this log. `differs`: it is not, so one of the two was forged. `not_read`: it has no checkpoint of the last two hours, or does not show it.",
      ),
    ),
    bucket: v.exactOptional(bucket),
    account: v.exactOptional(v.string()),
    key: v.exactOptional(v.pipe(v.string(), v.description("Object with the checkpoint of the witness."))),
    size: v.exactOptional(place),
  }),
  waits_seconds: v.pipe(
    place,
    v.description("A younger event may not have its place in the log yet, and be only in the table."),
  ),
  events: v.pipe(
    v.array(v.strictObject({ index: v.pipe(place, v.description("Place in the log.")), event })),
    v.description("Newest place first."),
  ),
  searched: v.strictObject({
    from: v.pipe(place, v.description("First place that was read.")),
    to: v.pipe(place, v.description("Place after the last one that was read.")),
    back_to: v.exactOptional(v.pipe(v.string(), v.description("Time of the earliest entry that was read."))),
  }),
  counts: v.exactOptional(
    v.pipe(
      counts,
      v.description("Counts of every selected event that was read. With a `before`, earlier ones are missing."),
    ),
  ),
  before: v.exactOptional(
    v.pipe(place, v.description("`before` of the next request. Absent where no earlier entry matches.")),
  ),
  gone_before: v.exactOptional(
    v.pipe(place, v.description("Entries before this place are not in the bucket any more.")),
  ),
});

const optional = <const S extends v.GenericSchema>(schema: S, says: string) =>
  v.exactOptional(v.pipe(schema, v.description(says)));

const wholeNumber = v.pipe(v.number(), v.integer(), v.minValue(1));

/** `GET /v1/journal` */
export const readJournal = operation({
  id: "readJournal",
  tag: "Operators",
  method: "GET",
  path: "/v1/journal",
  caller: "operator",
  function: "journal",
  permission: "valetkey:ReadJournal",
  stepUp: "never",
  summary: "Read the signed log, newest first, by agent, task, person, time and denials",
  description:
    "Events from the signed log, newest first, with the checkpoint that signs them; each entry is verified against it before it is shown. Filters are joined by and. One request reads at most some 4,000 entries: `searched` has the range, and `before` continues there. Policy decides about the named agent, or about the deployment where no agent is named.",
  query: {
    agent: optional(agentId, "Events of this agent."),
    task: optional(givenTaskId, "Events of this task, and of all tasks below it."),
    person: optional(
      v.pipe(v.string(), v.minLength(1), v.maxLength(320)),
      "Events that name this person: `issuer|value`, or a part of it.",
    ),
    since: optional(instant, "Earliest moment, in UTC."),
    until: optional(
      instant,
      "Latest moment, in UTC. An event that came into the log more than a day after it happened is found without it alone.",
    ),
    denied: optional(v.picklist(["true", "false"]), "`true`: only refused, denied and void requests."),
    before: optional(wholeNumber, "Place before which to search: `before` of the answer before."),
    counts: optional(
      v.picklist(["hours"]),
      "`hours`: counts by hour, from `since` on, which it needs. The request then reads to its bound, whatever `limit` is.",
    ),
    limit: optional(v.pipe(wholeNumber, v.maxValue(100)), "Most events of the answer; 50 unless given."),
  },
  answer: { status: 200, says: "Events of the log.", schema: journal },
  examples: {
    agent: "Events of one agent",
    denied: "Denials of everybody since noon: none",
    page: "The newest event, and where the next page begins",
    counts: "The newest event, with counts by hour",
  },
  refuses: [...BY_OPERATORS, "malformed_request", "agent_not_found", "archive_unavailable", "archive_broken"],
});

export interface Journal extends AnswerOf<typeof readJournal> {}

/** Operations of the signed log, and their schemas by their names in the document. */
export const JOURNAL = {
  operations: [readJournal],
  requests: {},
  answers: { Journal: journal },
} as const satisfies Noun;
