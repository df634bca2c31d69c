import { request } from "node:http";
import { describe, expect, it } from "vitest";
import { listenForBrowser } from "../../../../client/operate/sign-in/listen-for-browser.ts";

/** The status of the answer to an unchanged path: `fetch` would normalise it first. */
const statusOf = (origin: string, path: string) =>
  new Promise<number | undefined>((resolve, reject) => {
    const { hostname, port } = new URL(origin);
    request({ hostname, port, path }, (response) => resolve(response.resume().statusCode))
      .on("error", reject)
      .end();
  });

describe("the port that the browser comes back to", () => {
  it.each(["//", "http://[", "/callback?state=other", "/other?state=mine"])(
    "answers 404 to %s, and still waits for its own",
    async (path) => {
      const browser = await listenForBrowser(5_000);
      try {
        const answered = browser.answer("mine");
        expect(await statusOf(browser.redirectUri, path)).toBe(404);
        expect(await statusOf(browser.redirectUri, "/callback?state=mine&code=1")).toBe(200);
        expect((await answered).searchParams.get("code")).toBe("1");
      } finally {
        browser.close();
      }
    },
  );
});
