import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "vitest";
import type { ApprovingCloud } from "../contract/approving-cloud.ts";

/** A channel that takes every message. */
export interface ListeningChannel {
  readonly url: string;
  /** Bodies of the messages so far. */
  readonly messages: string[];
  close(): void;
}

export async function listenAsChannel(): Promise<ListeningChannel> {
  const messages: string[] = [];
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += String(chunk);
    messages.push(text);
    response.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, messages, close: () => server.close() };
}

/**
 * Every act of people in AWS: they are notified of requests, approve, deny, withdraw, break the glass and review.
 * @param makeDue makes the review of a broken glass due.
 */
export async function usePeople(
  cloud: ApprovingCloud,
  { messages }: ListeningChannel,
  makeDue: (cloud: ApprovingCloud["cloud"], approval: string, agent: string) => Promise<void>,
): Promise<void> {
  const { voting } = cloud;
  const [bob, carol] = ["person:bob", "person:carol"];
  cloud.cloud.aws
    .admin(cloud.cloud.hubAccount)
    .createSecret({ name: "notify/ops", value: `whsec_${btoa("signing key of 32 bytes or so, here")}` });
  await cloud.register("publisher");

  const used = await cloud.ask("publisher", "published/weekly.csv");
  await cloud.cloud.settled();
  expect(messages).toHaveLength(1);
  expect(await voting.inboxOf(bob)).toBe(1);
  const shown = await fetch(`${cloud.url}/v1/tasks/${used.id}`, { headers: { authorization: `Bearer ${used.token}` } });
  expect(await shown.json()).toMatchObject({ status: "pending_approval" });
  const operator = { authorization: `Bearer ${await cloud.cloud.people.mint({ sub: "person:alice" })}` };
  const listed = await fetch(`${cloud.url}/v1/tasks?agent=publisher`, { headers: operator });
  expect(await listed.json()).toMatchObject({ tasks: [{ id: used.id, status: "pending_approval" }] });
  expect(await cloud.poll(used)).toEqual({ code: "authorization_pending" });
  expect(await voting.approve(bob, used.approval)).toBe("200 approved");
  expect((await cloud.poll(used)).key).toBeDefined();

  const denied = await cloud.ask("publisher", "published/monthly.csv");
  expect(await voting.deny(carol, denied.approval, "not today")).toBe("200 denied");
  expect(await cloud.poll(denied)).toEqual({ code: "approval_denied" });

  const withdrawn = await cloud.ask("publisher", "published/yearly.csv");
  await voting.approve(carol, withdrawn.approval);
  expect(await voting.withdraw(carol, withdrawn.approval)).toBe("200 withdrawn");

  // The same is requested again: the list of earlier requests names the approval that was used.
  const again = await cloud.ask("publisher", "published/weekly.csv");
  expect(await voting.earlier(bob, again.approval)).toMatchObject({
    ...{ cut: false, requests: [{ id: used.approval, outcome: "approved", by: ["staff|person:bob"] }] },
  });

  // An emergency, reviewed; and one that nobody reviews, whose agent the sweep suspends.
  await cloud.register("restorer");
  const [reviewed, unreviewed] = [
    await cloud.ask("restorer", "emergency/a.csv"),
    await cloud.ask("restorer", "emergency/b.csv"),
  ];
  for (const each of [reviewed, unreviewed]) {
    expect(await voting.breakGlass(bob, each.approval)).toBe("200 approved");
    expect((await cloud.poll(each)).key).toBeDefined();
  }
  expect(await voting.review(bob, reviewed.approval)).toBe("403 not_eligible");
  expect(await voting.review(carol, reviewed.approval)).toBe("200 reviewed");
  await makeDue(cloud.cloud, unreviewed.approval, "restorer");
  await cloud.cloud.hosts.sweep.invoke({});
  const restorer = await fetch(`${cloud.url}/v1/agents/restorer`, { headers: operator });
  expect(await restorer.json()).toMatchObject({ status: "suspended", halted: { reason: "unreviewed" } });

  expect(await voting.deny(bob, "0123456789abcdef0123", "there is none")).toBe("404 approval_unknown");

  // An inactive agent's record holds the reason.
  const left = await cloud.ask("publisher", "published/last.csv");
  const suspended = await fetch(`${cloud.url}/v1/agents/publisher/suspend`, {
    method: "POST",
    headers: operator,
    body: "{}",
  });
  expect(suspended.status).toBe(200);
  expect(await voting.deny(bob, left.approval, "it is over")).toMatch(/ task_ended$/);
}
