import type { IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { listen } from "../../loopback-server.ts";

export type Item = Readonly<Record<string, { readonly S?: string }>>;

/**
 * Fast replacement for DynamoDB, STS and Secrets Manager with the calls of one vend: the benchmark measures the caller.
 */
export interface TinyAws {
  /** Endpoint: `http://127.0.0.1:port`. */
  readonly endpoint: string;
  close(): Promise<void>;
}

/** Starts the server. @param seed items of the table, in the wire format. */
export async function startTinyAws(seed: readonly Item[]): Promise<TinyAws> {
  const items = new Map(seed.map((item) => [keyOf(item), item]));
  const { url, close } = await listen(async (request, response) => {
    const answer = await answerCall(request, items);
    response.writeHead(200, { "content-type": answer.startsWith("<") ? "text/xml" : "application/x-amz-json-1.0" });
    response.end(answer);
  });
  return { endpoint: url, close };
}

const keyOf = ({ pk, sk }: Item): string => `${pk?.S}|${sk?.S}`;

async function answerCall(request: IncomingMessage, items: Map<string, Item>): Promise<string> {
  const body = await text(request);
  const target = request.headers["x-amz-target"];
  if (target === undefined) return ASSUMED;
  if (String(target).endsWith("GetSecretValue")) return SEALING_TEXT;
  const input = JSON.parse(body) as {
    readonly Key?: Item;
    readonly RequestItems?: Readonly<Record<string, { readonly Keys: readonly Item[] }>>;
    readonly TransactItems?: readonly { readonly Put?: { readonly Item: Item } }[];
  };
  for (const { Put: put } of input.TransactItems ?? []) if (put) items.set(keyOf(put.Item), put.Item);
  if (input.RequestItems) {
    const readOf = (keys: readonly Item[]) => keys.flatMap((key) => items.get(keyOf(key)) ?? []);
    const read = Object.entries(input.RequestItems).map(([table, { Keys }]) => [table, readOf(Keys)]);
    return JSON.stringify({ Responses: Object.fromEntries(read), UnprocessedKeys: {} });
  }
  const found = input.Key && items.get(keyOf(input.Key));
  // Queries return no items: the agent has no other task.
  return JSON.stringify(String(target).endsWith("GetItem") && found ? { Item: found } : { Items: [] });
}

export const SEALING_TEXT = JSON.stringify({
  SecretString: "a sealing text that is long enough for a key of 256 bits",
});

export const ASSUMED = `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials><AccessKeyId>ASIABENCHBENCHBENCH0</AccessKeyId><SecretAccessKey>none</SecretAccessKey><SessionToken>none</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials><AssumedRoleUser><AssumedRoleId>AROABENCHBENCHBENCH0:bench</AssumedRoleId><Arn>arn:aws:sts::111122223333:assumed-role/reports/bench</Arn></AssumedRoleUser></AssumeRoleResult></AssumeRoleResponse>`;
