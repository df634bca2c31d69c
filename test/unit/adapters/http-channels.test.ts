import type { IncomingHttpHeaders } from "node:http";
import { Webhook } from "standardwebhooks";
import * as v from "valibot";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { webhookMessage } from "../../../contract/messages.ts";
import { HttpChannels } from "../../../functions/adapters/http/http-channels.ts";
import { notificationMessage } from "../../../functions/core/approvals/notification-message.ts";
import { aRecord } from "../../fakes/samples/approval.ts";
import { aTask } from "../../fakes/samples/task.ts";
import { listen } from "../../loopback-server.ts";

let status: number;
let seen: { readonly path: string; readonly headers: IncomingHttpHeaders; readonly body: string }[];
let url: string;
let close: () => Promise<void>;
beforeEach(async () => {
  [status, seen] = [200, []];
  const server = await listen(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    seen.push({ path: request.url ?? "", headers: request.headers, body });
    response.writeHead(status, { location: "/elsewhere" }).end("ok");
  });
  ({ url, close } = server);
});
afterEach(() => close());

const message = () => {
  const made = notificationMessage(
    { fresh: [aRecord(aTask().task)], reminders: [], uses: [] },
    "https://console.example.com",
  );
  if (!made) throw new Error("no message");
  return made;
};
const SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
const channels = (secret: string) => new HttpChannels(async () => secret, { nowMs: () => Date.now() });

describe("channels over HTTP", () => {
  test("A webhook's message is verified by the library of Standard Webhooks", async () => {
    const channel = { kind: "webhook", url: `${url}/hook`, secret: "s" } as const;
    await channels(SECRET).deliver(channel, "msg_1", message());
    const [{ headers, body } = { headers: {}, body: "" }] = seen;
    const verified = new Webhook(SECRET).verify(body, headers as Record<string, string>);
    expect(verified).toMatchObject({
      type: "approval.requested",
      data: { url: "https://console.example.com/approvals" },
    });
    expect(v.is(webhookMessage, JSON.parse(body))).toBe(true);
    const tampered = body.replace("console.example.com", "evil.example.com");
    expect(() => new Webhook(SECRET).verify(tampered, headers as Record<string, string>)).toThrow();
  });

  test("Slack's address is the secret, and its message has text and no button", async () => {
    await channels(`${url}/services/T0/B0/x\n`).deliver({ kind: "slack", secret: "s" }, "msg_1", message());
    expect(seen[0]?.path).toBe("/services/T0/B0/x");
    expect(Object.keys(JSON.parse(seen[0]?.body ?? "{}"))).toEqual(["text", "unfurl_links", "unfurl_media"]);
  });

  test.each([302, 404, 429, 500])("An answer of %i is a failure, and is followed nowhere", async (answered) => {
    status = answered;
    const delivering = channels(`${url}/x`).deliver({ kind: "slack", secret: "s" }, "m", message());
    await expect(delivering).rejects.toMatchObject({ name: `ChannelAnswered${answered}Error` });
    expect(seen).toHaveLength(1);
  });

  test("No error quotes the secret", async () => {
    await close();
    const error = await channels(`${url}/secret-path`)
      .deliver({ kind: "slack", secret: "s" }, "m", message())
      .catch((caught: unknown) => caught);
    expect(String(error)).not.toContain("secret-path");
    expect(error).toMatchObject({ name: "ChannelUnreachableError" });
    expect(error).not.toHaveProperty("cause");
    close = async () => {};
  });

  test.each(["http://chat.example.com/x", "not a url", "file:///etc/passwd"])("%s is not called", async (address) => {
    const delivering = channels(address).deliver({ kind: "slack", secret: "s" }, "m", message());
    await expect(delivering).rejects.toMatchObject({ name: "ChannelUrlError" });
  });

  test("A webhook with a short secret is not signed", async () => {
    const delivering = channels("whsec_c2hvcnQ=").deliver({ kind: "webhook", url, secret: "s" }, "m", message());
    await expect(delivering).rejects.toMatchObject({ name: "ChannelSecretError" });
    expect(seen).toEqual([]);
  });
});
