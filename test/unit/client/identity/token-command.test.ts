import { describe, expect, it } from "vitest";
import { tokenOfCommand } from "../../../../client/identity/token-command.ts";

describe("a token command", () => {
  it("is run without a shell, with the audience where it is named", async () => {
    expect(await tokenOfCommand("echo --audience={audience} $HOME;id", "https://v k")).toBe(
      "--audience=https://v k $HOME;id\n",
    );
  });

  it.each([
    ["false", /failed/],
    ["a-command-that-is-not-there x", /was not found/],
    [" ", /is empty/],
  ])("that ends badly (%s) gives no token", async (line, sentence) => {
    await expect(tokenOfCommand(line, "aud")).rejects.toMatchObject({
      reason: "identity",
      message: expect.stringMatching(sentence),
    });
  });
});
