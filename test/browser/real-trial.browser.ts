import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { trySignIn } from "../../client/doctor/try-sign-in.ts";
import { functionRoleName } from "../../functions/hub-names.ts";
import { functionRoleArn } from "../../infra/arns.ts";
import { APPROVALS_SECRET, hubRedeems, type LocalCloud, startLocalCloud } from "../harness/local-cloud.ts";
import { heardPage, openBrowser } from "./open-browser.ts";

let browser: Awaited<ReturnType<typeof openBrowser>>;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser?.close());

/** Tries the sign-in on the page as Bob, and has the command judge the page's result. */
async function judged({ configFile, origin }: LocalCloud, secret?: string): Promise<readonly string[]> {
  const trial = trySignIn(configFile, "staff", secret);
  expect(trial.page).toBe(`${origin}/sign-in/staff`);
  const { page, context, heard } = await heardPage(browser);
  try {
    await page.goto(trial.page);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByLabel("Bob").check();
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("Give this to the command").waitFor();
    const shown = (await page.locator(".command code").textContent()) ?? "";
    expect(heard).toEqual([]);
    return (await trial.judge(shown, undefined)).map(({ check, state }) => `${check} ${state}`);
  } finally {
    await context.close();
  }
}

/** Reads the client's secret with the rights of `approve`, which redeems votes with it. */
async function secretOf({ cloud: { aws, hubAccount } }: LocalCloud): Promise<string> {
  const credentials = aws.keysFor(
    functionRoleArn("approve", { partition: "aws", account: hubAccount }),
    functionRoleName("approve", {}),
  );
  const client = new SecretsManagerClient({ endpoint: aws.endpoint, region: "us-east-1", credentials });
  const { SecretString: secret = "" } = await client.send(new GetSecretValueCommand({ SecretId: APPROVALS_SECRET }));
  return secret;
}

const ALL = [
  ...["code ok", "signature ok", "client ok", "nonce ok", "sign-in ok", "class ok", "person ok", "person unknown"],
  ...["group sre ok", "group security unknown", "vote ok"],
];

describe("a trial of the sign-in on the console of `npm start`", () => {
  it("proves everything that a vote needs, where the page redeems the code", async () => {
    const stage = await startLocalCloud({ hasRules: false });
    try {
      expect(await judged(stage)).toEqual(ALL);
    } finally {
      await stage.close();
    }
  });

  it("proves it as well where the hub redeems the code, to a caller that has the client's secret", async () => {
    const stage = await startLocalCloud({ change: hubRedeems, hasRules: false });
    try {
      expect(await judged(stage)).toEqual(["code skipped"]);
      expect(await judged(stage, "not the secret")).toEqual(["code bad"]);
      expect(await judged(stage, await secretOf(stage))).toEqual(ALL);
    } finally {
      await stage.close();
    }
  });
});
