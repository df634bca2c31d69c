import { afterEach, describe, expect, it, vi } from "vitest";
import { defaultProvider } from "../../infra/bundled/environment-credentials.ts";

describe("a deployed function's credentials", () => {
  afterEach(() => vi.unstubAllEnvs());

  it("are those that Lambda puts into its environment", async () => {
    vi.stubEnv("AWS_ACCESS_KEY_ID", "ASIAEXAMPLE");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "not-a-secret");
    vi.stubEnv("AWS_SESSION_TOKEN", "not-a-token");
    await expect(defaultProvider()()).resolves.toEqual({
      accessKeyId: "ASIAEXAMPLE",
      secretAccessKey: "not-a-secret",
      sessionToken: "not-a-token",
    });
  });

  it.each(["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])(
    "are looked for nowhere else where %s is missing",
    async (missing) => {
      vi.stubEnv("AWS_ACCESS_KEY_ID", "ASIAEXAMPLE");
      vi.stubEnv("AWS_SECRET_ACCESS_KEY", "not-a-secret");
      vi.stubEnv(missing, undefined);
      vi.stubEnv("AWS_PROFILE", "somebody");
      await expect(defaultProvider()()).rejects.toThrow("no credentials in the environment");
    },
  );
});
