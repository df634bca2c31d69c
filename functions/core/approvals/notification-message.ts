import type { Notification } from "../../../contract/messages.ts";
import { textOf, votesOfGroups } from "../policy/needed-votes.ts";
import type { StandingTerms } from "../policy/standing-terms.ts";
import type { ApprovalRecord } from "./approval-record.ts";
import type { DueNotification } from "./notifications.ts";

/** Number of requests that a message lists one by one; it counts the others. */
const LISTED = 5;

/**
 * Message to the people of one channel about one agent. The message has links and no button: whoever administers a chat
 * can act as its members.
 */
export interface NotificationMessage extends Notification {}

/**
 * Makes the message about requests of one agent.
 * @param consoleUrl origin of the pages on which people decide.
 */
export function notificationMessage(
  due: DueNotification<ApprovalRecord>,
  consoleUrl: string,
): NotificationMessage | undefined {
  const all = [
    ...[...due.fresh, ...due.reminders].map((record) => ({ record, expires_at: record.expires_at })),
    ...due.uses.map(({ record, use, until }) => ({ record, expires_at: until, use })),
  ];
  const agent = all[0]?.record.agent;
  if (!agent) return undefined;
  const requests = all.slice(0, LISTED).map(({ record, ...about }) => ({
    id: record.id,
    url: `${consoleUrl}/approvals/${record.id}`,
    needed: textOf(votesOfGroups(record.needed)),
    purpose: record.purpose,
    ...about,
    reminder: !("use" in about) && due.reminders.includes(record),
    ...(record.standing ? { standing: { uses: record.standing.uses, window: record.standing.window } } : {}),
  }));
  return { agent, requests, more: all.length - requests.length, url: `${consoleUrl}/approvals` };
}

/**
 * Writes the message as Slack's mrkdwn. Texts of agents and of those who register them
 * are in code spans, in which Slack makes no links, mentions and formats.
 * @param nowSeconds epoch seconds.
 * @see https://docs.slack.dev/messaging/formatting-message-text
 */
export function slackText({ agent, requests, more, url }: NotificationMessage, nowSeconds: number): string {
  const name = `${inCode(agent.name)} (team ${inCode(agent.team)})`;
  const lines = requests.map(({ url: page, needed, purpose, expires_at: expiresAt, reminder, standing, use }) =>
    [
      use !== undefined && !standing
        ? `*The glass was broken:* ${name} was given a key that one person approved alone, although policy requires ${escaped(needed)}.`
        : use === undefined || !standing
          ? `${reminder ? "Reminder: " : ""}${name} asks for an approval by ${escaped(needed)}.`
          : `${name} was given a key under its standing approval by ${escaped(needed)}: use ${use} of ${standing.uses}.`,
      ...(use === undefined && standing ? [`*It asks for ${usesInWords(standing)}.*`] : []),
      `The agent writes: ${inCode(purpose)}`,
      use === undefined
        ? `${minutes(expiresAt - nowSeconds)} left: <${page}|look and decide>`
        : standing
          ? `Nobody was asked again. To end the approval: <${page}|look and withdraw>`
          : `Another person has to review it within 24 h, or the agent is suspended: <${page}|look and review>`,
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

/**
 * Writes the terms of a standing approval.
 * @example usesInWords({ uses: 5, window: 604800 }) // "5 uses within 168 h, without asking again"
 */
const usesInWords = ({ uses, window }: StandingTerms): string =>
  `${uses} uses within ${Math.floor(window / 3_600)} h, without asking again`;

const minutes = (seconds: number): string => `${Math.max(1, Math.round(seconds / 60))} min`;
