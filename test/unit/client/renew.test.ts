import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { renewCredential } from "../../../client/credentials/renew.ts";
import { CANARY, credential, FakeValetkey, TASK_ID } from "./fake-valetkey.ts";

let service: FakeValetkey;
beforeEach(async () => {
  service = await new FakeValetkey().start();
});
afterEach(() => service.stop());

const task = { id: TASK_ID, token: CANARY.taskToken, status: "active", expiresAtMs: 0, credentials: [], issued: [] };
const renew = () => renewCredential(service.url, task, "aws-0");

describe("a renewal", () => {
  it("requests the lease by its name, with the task token", async () => {
    const fresh = credential(1, 900);
    service.renewal = () => ({ status: 200, body: fresh });
    expect(await renew()).toEqual({ kind: "renewed", credential: fresh });
    expect(service.seen).toMatchObject([
      { method: "GET", path: `/v1/tasks/${TASK_ID}/credentials/aws-0`, authorization: `Bearer ${CANARY.taskToken}` },
    ]);
  });

  it.each([401, 403, 404, 410])("is refused for good by a %i", async (status) => {
    service.renewal = () => ({ status, body: { Code: "x", Message: "The task has ended." } });
    expect(await renew()).toEqual({ kind: "refused", sentence: "The task has ended." });
  });

  it("takes the reason in OAuth's words too, and has one where there is none", async () => {
    service.renewal = () => ({ status: 403, body: { error: "access_denied", error_description: "No." } });
    expect(await renew()).toEqual({ kind: "refused", sentence: "No." });
    service.renewal = () => ({ status: 403, body: "" });
    expect(await renew()).toEqual({ kind: "refused", sentence: "valetkey answered 403." });
  });

  it.each([
    ["7", 7],
    [undefined, 10],
    ["0", 1],
    ["86400", 60],
    ["tomorrow", 10],
  ])("waits as long as a Retry-After of %s requires, within reason", async (header, seconds) => {
    service.renewal = () => ({ status: 429, body: {}, ...(header && { headers: { "retry-after": header } }) });
    expect(await renew()).toEqual({ kind: "later", retryAfterSeconds: seconds });
  });

  it.each([
    ["an outage", { status: 503, body: {} }],
    ["no answer", undefined],
    ["an approval that is pending", { status: 400, body: { error: "authorization_pending" } }],
    ["credentials without an end", { status: 200, body: { ...credential(1, 900), Expiration: undefined } }],
    ["a redirect", { status: 307, body: {}, headers: { location: "/v1/elsewhere" } }],
  ])("may succeed later after %s", async (_, reply) => {
    service.renewal = () => reply;
    expect(await renew()).toEqual({ kind: "unreachable" });
    expect(service.seen).toHaveLength(1);
  });
});
