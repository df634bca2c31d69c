import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { callService, isOutage, tryService } from "../../../client/task/service.ts";
import { FakeValetkey } from "./fake-valetkey.ts";

let service: FakeValetkey;
beforeEach(async () => {
  service = await new FakeValetkey().start();
});
afterEach(() => {
  vi.restoreAllMocks();
  return service.stop();
});

const call = (timeoutMs = 5_000) => callService({ url: `${service.url}/x`, method: "GET", timeoutMs });

describe("a call to the service", () => {
  it("gives up after its time, and that is an outage", async () => {
    service.other = () => new Promise(() => {});
    const patience = vi.spyOn(AbortSignal, "timeout");
    const answer = await call(50);
    expect(answer).toBeUndefined();
    expect(isOutage(answer)).toBe(true);
    expect(patience.mock.calls).toEqual([[50]]);
  });

  it.each([
    [200, false],
    [403, false],
    [429, false],
    [500, true],
    [503, true],
  ])("answered with %i is an outage: %s", async (status, expected) => {
    service.other = () => ({ status, body: {} });
    expect(isOutage(await call())).toBe(expected);
  });

  it.each([["nonsense"], ["null"], ["[]"], [""]])(
    "has an empty body where that is not a JSON object: %j",
    async (body) => {
      service.other = () => ({ status: 200, body });
      expect((await call())?.body).toEqual({});
    },
  );

  it("was never sent where nobody listens, and may have been where no answer came", async () => {
    const gone = await new FakeValetkey().start();
    const { url } = gone;
    await gone.stop();
    const outcome = (base: string) => tryService({ url: `${base}/x`, method: "POST", timeoutMs: 5_000 });
    expect(await outcome(url)).toBe("unsent");
    service.other = () => undefined;
    expect(await outcome(service.url)).toBe("unanswered");
    expect(await callService({ url, method: "GET", timeoutMs: 5_000 })).toBeUndefined();
  });
});
