import type { ApprovalRecord } from "./approval-record.ts";
import { textOf } from "./needed-votes.ts";
import type { DueNotice } from "./notices.ts";

/** Requests that a message lists one by one; the others are a number. */
const LISTED = 5;

/** Message to the people of one channel about one agent. It holds links and no button: whoever administers a chat can act as its members. */
export interface NoticeMessage {
  readonly agent: ApprovalRecord["agent"];
  readonly requests: readonly NoticeRequest[];
  /** Requests beyond those that are listed. */
  readonly more: number;
  /** Page that lists all of them. */
  readonly url: string;
}

export interface NoticeRequest {
  readonly id: string;
  readonly url: string;
  /** Votes that it needs, as policy writes them: `sre=2,security`. */
  readonly needed: string;
  /** Text of the agent: it proves nothing. */
  readonly purpose: string;
  /** Epoch seconds. */
  readonly expires_at: number;
  readonly reminder: boolean;
}

/**
 * Makes the message about requests of one agent.
 * @param consoleUrl origin of the pages on which people decide.
 */
export function noticeMessage(due: DueNotice<ApprovalRecord>, consoleUrl: string): NoticeMessage | undefined {
  const all = [...due.fresh, ...due.reminders];
  const agent = all[0]?.agent;
  if (!agent) return undefined;
  const requests = all.slice(0, LISTED).map((record) => ({
    id: record.id,
    url: `${consoleUrl}/approvals/${record.id}`,
    needed: textOf(record.needed),
    purpose: record.purpose,
    expires_at: record.expires_at,
    reminder: due.reminders.includes(record),
  }));
  return { agent, requests, more: all.length - requests.length, url: `${consoleUrl}/approvals` };
}

/**
 * Writes the message as Slack's mrkdwn. An agent's text stands in a code span, in which Slack makes no links, mentions and formats.
 * @param nowSeconds epoch seconds.
 * @see https://docs.slack.dev/messaging/formatting-message-text
 */
export function slackText({ agent, requests, more, url }: NoticeMessage, nowSeconds: number): string {
  const lines = requests.map(({ url: page, needed, purpose, expires_at: expiresAt, reminder }) =>
    [
      `${reminder ? "Reminder: " : ""}*${escaped(agent.name)}* (team ${escaped(agent.team)}) asks for an approval by ${escaped(needed)}.`,
      `The agent writes: ${inCode(purpose)}`,
      `${minutes(expiresAt - nowSeconds)} left: <${page}|look and decide>`,
    ].join("\n"),
  );
  return [...lines, ...(more > 0 ? [`${more} more: <${url}|all requests>`] : [])].join("\n\n");
}

/** Escapes the three characters that Slack reads as control characters. */
const escaped = (text: string): string =>
  shown(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

const inCode = (text: string): string => `\`${escaped(text).replaceAll("`", "'")}\``;

/** Replaces control and bidirectional characters: a record has none, and a message does not rely on that. */
const shown = (text: string): string => text.replace(/\p{C}/gu, " ");

const minutes = (seconds: number): string => `${Math.max(1, Math.round(seconds / 60))} min`;
