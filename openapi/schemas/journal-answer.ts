import * as v from "valibot";

const place = v.pipe(v.number(), v.integer(), v.minValue(0));
const milliseconds = v.pipe(v.number(), v.description("Epoch milliseconds."));
const bucket = v.string();

const event = v.pipe(
  v.strictObject({
    journal: v.pipe(v.string(), v.description("Journal that the event is of, such as `tasks` or `agents`.")),
    of: v.pipe(v.string(), v.description("Subject: a task's path, an agent's id, a secret's name.")),
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

/** Answer of `GET /v1/journal`. */
export const journalAnswer = v.strictObject({
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
        "`none`: no second place is configured. `same`: the tree of its newest checkpoint is in this log. `differs`: it is not, so one of the two was forged. `not_read`: it has no checkpoint of the last two hours, or does not show it.",
      ),
    ),
    bucket: v.exactOptional(bucket),
    account: v.exactOptional(v.string()),
    key: v.exactOptional(v.pipe(v.string(), v.description("Object with the checkpoint of the second place."))),
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
  before: v.exactOptional(
    v.pipe(place, v.description("`before` of the next request. Absent where no earlier entry matches.")),
  ),
  gone_before: v.exactOptional(
    v.pipe(place, v.description("Entries before this place are not in the bucket any more.")),
  ),
});
