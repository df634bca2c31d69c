import { createHmac } from "node:crypto";
import type { WebhookMessage } from "../../../contract/messages.ts";
import type { Channels } from "../../core/approvals/notification-board.ts";
import { type NotificationMessage, slackText } from "../../core/approvals/notification-message.ts";
import type { Channel } from "../../core/deployment/channel.ts";
import type { Clock } from "../../core/ports.ts";
import { boundedFetch, isTlsOrLoopback, ONCE } from "./bounded-fetch.ts";

const TIMEOUT_MS = 5_000;
/** Largest answer that is read; bytes. Only the status is used. */
const ANSWER_BYTES = 16_384;

/** Prefix of a Standard Webhooks secret; the key follows in base64. */
const SECRET_PREFIX = "whsec_";

/** Channels over HTTP: Slack's incoming webhooks, and webhooks that are signed by the Standard Webhooks convention. */
export class HttpChannels implements Channels {
  readonly #secret: (name: string) => Promise<string>;
  readonly #clock: Clock;
  readonly #fetch = boundedFetch(ANSWER_BYTES);

  /** @param secret reads one of valetkey's own secrets by its name. */
  constructor(secret: (name: string) => Promise<string>, clock: Clock) {
    this.#secret = secret;
    this.#clock = clock;
  }

  async deliver(channel: Channel, id: string, message: NotificationMessage): Promise<void> {
    const secret = (await this.#secret(channel.secret)).trim();
    const nowSeconds = Math.floor(this.#clock.nowMs() / 1_000);
    if (channel.kind === "slack") {
      // The webhook's address is its secret.
      const text = slackText(message, nowSeconds);
      return this.#post(secret, JSON.stringify({ text, unfurl_links: false, unfurl_media: false }), {});
    }
    const sent: WebhookMessage = {
      type: message.requests.every(({ use }) => use !== undefined) ? "approval.used" : "approval.requested",
      timestamp: new Date(nowSeconds * 1_000).toISOString(),
      data: message,
    };
    const body = JSON.stringify(sent);
    const signed = signature(secret, id, nowSeconds, body);
    return this.#post(channel.url, body, {
      "webhook-id": id,
      "webhook-timestamp": String(nowSeconds),
      "webhook-signature": signed,
    });
  }

  async #post(url: string, body: string, headers: Readonly<Record<string, string>>): Promise<void> {
    if (!isTlsOrLoopback(url)) throw named("ChannelUrlError", "the channel's address is no https URL");
    const { status } = await this.#fetch(url, {
      method: "POST",
      body,
      headers: { "content-type": "application/json", ...ONCE, ...headers },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch(() => {
      // The error may quote the address, which is a secret.
      throw named("ChannelUnreachableError", "the channel cannot be reached");
    });
    if (status < 200 || status > 299)
      throw named(`ChannelAnswered${status}Error`, "the channel did not take the message");
  }
}

/** Signs a message by the Standard Webhooks convention, version 1: HMAC-SHA-256 over id, time and body. @see https://www.standardwebhooks.com */
function signature(secret: string, id: string, atSeconds: number, body: string): string {
  const key = Buffer.from(secret.startsWith(SECRET_PREFIX) ? secret.slice(SECRET_PREFIX.length) : secret, "base64");
  if (key.length < 24) throw named("ChannelSecretError", "a webhook's secret has 24 bytes or more, in base64");
  return `v1,${createHmac("sha256", key).update(`${id}.${atSeconds}.${body}`).digest("base64")}`;
}

const named = (name: string, sentence: string): Error => Object.assign(new Error(sentence), { name });
