import type { DynamoBackends } from "../../../local/emulator/dynamodb/dynamo-backends.ts";
import type { S3Answer } from "./bucket-differences.ts";
import type { S3Call, Send } from "./compare-buckets.ts";

type Body = Record<string, unknown>;

/** Changes what a DynamoDB gets, or what it answers. */
const changed = (
  change: {
    readonly input?: (name: string, input: Body) => Body;
    readonly answer?: (name: string, body: Body) => Body;
  },
  tables: DynamoBackends,
): DynamoBackends => ({
  send: async (account, name, input, region) => {
    const given = change.input?.(name, input as Body) ?? input;
    const answer = await tables.send(account, name, given, region);
    return {
      ...answer,
      body: JSON.stringify(change.answer?.(name, JSON.parse(answer.body) as Body) ?? JSON.parse(answer.body)),
    };
  },
  close: () => tables.close(),
});

const reversed = (of: unknown): readonly unknown[] => [...(of as readonly unknown[])].reverse();

/** DynamoDBs that are wrong in one respect. */
export const TABLE_FAULTS: Readonly<Record<string, (tables: DynamoBackends) => DynamoBackends>> = {
  "another code of an error": (tables) =>
    changed(
      {
        answer: (_, body) =>
          JSON.parse(JSON.stringify(body).replace(/ConditionalCheckFailedException/, "ConditionFailed")) as Body,
      },
      tables,
    ),
  "reasons of a cancelled transaction in reverse": (tables) =>
    changed(
      {
        answer: (_, body) =>
          body.CancellationReasons ? { ...body, CancellationReasons: reversed(body.CancellationReasons) } : body,
      },
      tables,
    ),
  "items of a query in reverse": (tables) =>
    changed(
      { answer: (name, body) => (name === "Query" && body.Items ? { ...body, Items: reversed(body.Items) } : body) },
      tables,
    ),
  "a removal without its condition": (tables) =>
    changed(
      {
        input: (name, input) => {
          if (name !== "DeleteItem") return input;
          const { ConditionExpression, ExpressionAttributeNames, ExpressionAttributeValues, ...rest } = input;
          return rest;
        },
      },
      tables,
    ),
  "a transaction without its last write": (tables) =>
    changed(
      {
        input: (name, input) => {
          const items = input.TransactItems as readonly object[];
          return name === "TransactWriteItems" && items.length > 1
            ? { ...input, TransactItems: items.slice(0, -1) }
            : input;
        },
      },
      tables,
    ),
  "a batch of reads without its last item": (tables) =>
    changed(
      {
        answer: (name, body) => {
          if (name !== "BatchGetItem" || !body.Responses) return body;
          const found = Object.entries(body.Responses as Record<string, readonly object[]>);
          return { ...body, Responses: Object.fromEntries(found.map(([table, items]) => [table, items.slice(1)])) };
        },
      },
      tables,
    ),
};

/** Changes the calls of one name, or their answers. */
const wrong =
  (
    name: S3Call["name"],
    change: { readonly input?: (input: Body) => Body; readonly answer?: (answer: S3Answer) => S3Answer },
  ) =>
  (send: Send): Send =>
  async (bucket, call) => {
    if (call.name !== name) return send(bucket, call);
    const answer = await send(bucket, { name, input: change.input?.(call.input as Body) ?? call.input });
    return change.answer?.(answer) ?? answer;
  };
const text = (change: (text: string) => string) => (answer: S3Answer) =>
  JSON.parse(change(JSON.stringify(answer))) as S3Answer;

/** S3s that are wrong in one respect. */
export const BUCKET_FAULTS: Readonly<Record<string, (send: Send) => Send>> = {
  "If-None-Match that is not looked at": wrong("PutObject", { input: ({ IfNoneMatch, ...rest }) => rest }),
  "If-Match that is not looked at": wrong("PutObject", { input: ({ IfMatch, ...rest }) => rest }),
  "another code of an absent object": wrong("GetObject", {
    answer: text((json) => json.replace("NoSuchKey", "NotFound")),
  }),
  "another entity tag": wrong("PutObject", { answer: text((json) => json.replace(/"ETag":"\\"./, '"ETag":"\\"x')) }),
  "metadata that is lost": wrong("PutObject", { input: ({ Metadata, ...rest }) => rest }),
  "a list in another order": wrong("ListObjectsV2", {
    answer: ({ pages, ...rest }) => ({
      ...rest,
      pages: (pages as readonly Body[]).map((page) =>
        page.Contents ? { ...page, Contents: reversed(page.Contents) } : page,
      ),
    }),
  }),
  "a list without Delimiter": wrong("ListObjectsV2", { input: ({ Delimiter, ...rest }) => rest }),
  "a removal that is not done": (send) => async (bucket, call) =>
    call.name === "DeleteObject" ? { status: 204 } : send(bucket, call),
};
