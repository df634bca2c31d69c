import { describe, expect, it } from "vitest";
import { FakeService } from "../fakes/world/service.ts";
import { fakeToken } from "../fakes/world/tokens.ts";
import { fakeWorld, formEvent } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";

watchWorlds();

describe("a refusal is distinct from a bug", () => {
  it("an unforeseen error is a 500 without any detail of it", async () => {
    const service = new FakeService(fakeWorld());
    service.world.ports.tasks.before = () => {
      throw new TypeError(`the text of ${fakeToken({ sub: "somebody" })}`);
    };
    const { status, body } = await service.exchange();
    expect({ status, body }).toEqual({
      status: 500,
      body: {
        error: "server_error",
        error_description: "Something failed here; nothing was issued. Try again, or tell the operators.",
      },
    });
  });

  it("a body that claims to be base64 and is not UTF-8 is refused", async () => {
    const event = formEvent({ grant_type: "x" });
    const answer = await new FakeService(fakeWorld()).send({ ...event, isBase64Encoded: true, body: "/////w==" });
    expect(answer).toMatchObject({ status: 400, body: { code: "malformed_request" } });
  });
});
