import { PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { actHash, recordHash } from "../../contract/decision/record-hash.ts";
import { TOKEN_TYPES } from "../../contract/names.ts";
import { poll, put, type WaitingAnswer } from "../../local/approval-tour.ts";
import { type SignedIn, type SignInRequest, signIn } from "../../local/issuer/sign-in-client.ts";
import { CLIENTS } from "../../local/issuer/sign-in-provider.ts";
import { post, registerAgents, type TokenAnswer } from "../../local/tour.ts";
import { APPROVALS_SECRET, hubRedeems, type LocalCloud, startLocalCloud } from "../harness/local-cloud.ts";

let [local, redirectUri]: [LocalCloud | undefined, string] = [undefined, ""];
const running = (): LocalCloud => {
  if (!local) throw new Error("it has not started");
  return local;
};

beforeAll(async () => {
  local = await startLocalCloud({ change: hubRedeems, hasRules: false });
  redirectUri = `${local.origin}/callback`;
  await registerAgents(local.api, local.cloud, ["demo"]);
});
afterAll(() => local?.close());

/** Replaces the client's secret, as an operator would by hand. */
async function putSecret(text: string): Promise<void> {
  const { aws, scope } = running().cloud;
  const permissions = {
    put: {
      Version: "2012-10-17" as const,
      Statement: [{ Effect: "Allow" as const, Action: "secretsmanager:PutSecretValue", Resource: "*" }],
    },
  };
  const trust = { Version: "2012-10-17" as const, Statement: [] };
  const { arn } = await aws.admin(scope.account).createRole({ name: "by-hand", trust, permissions });
  const { accessKeyId, secretAccessKey, sessionToken = "" } = aws.keysFor(arn, "by-hand");
  const credentials = { accessKeyId, secretAccessKey, sessionToken };
  const client = new SecretsManagerClient({ endpoint: aws.endpoint, region: scope.region, credentials });
  await client.send(new PutSecretValueCommand({ SecretId: APPROVALS_SECRET, SecretString: text }));
}

const ask = (): Promise<WaitingAnswer> => running().ask();
const pollOf = ({ access_token: token }: WaitingAnswer) => poll(running().api, token);
const headers = async (): Promise<Record<string, string>> => ({
  authorization: `Bearer ${await running().cloud.people.mint({ sub: "person:bob", groups: ["sre", "valetkey-approvers"] })}`,
  "content-type": "application/json",
});
/** Signs in as Bob for the request's hash, as the console's page has him do, without redeeming the code. */
const signInFor = async ({ task }: WaitingAnswer, changed: Partial<SignInRequest> = {}): Promise<SignedIn> => {
  const answer = await fetch(`${running().api}/v1/approvals/${task.approval.id}`, { headers: await headers() });
  const { record } = (await answer.json()) as { record: Parameters<typeof recordHash>[0] };
  return signIn(running().cloud.people.issuer, {
    clientId: CLIENTS.approvals,
    redirectUri,
    person: "person:bob",
    nonce: await recordHash(record),
    parameters: { prompt: "login", max_age: "0" },
    ...changed,
  });
};
const decide = async (
  { task }: WaitingAnswer,
  { callback, verifier }: SignedIn,
  changed: Readonly<Record<string, string>> = {},
): Promise<string> => {
  const code = callback.searchParams.get("code") ?? "";
  const body = { decision: "approve", code, code_verifier: verifier, redirect_uri: redirectUri, ...changed };
  const address = `${running().api}/v1/approvals/${task.approval.id}/decide`;
  const answer = await fetch(address, { method: "POST", headers: await headers(), body: JSON.stringify(body) });
  const reply = (await answer.json()) as { status?: string; code?: string; error_description?: string };
  return `${answer.status} ${reply.status ?? reply.code} ${reply.error_description ?? ""}`.trim();
};

/** Consent of Erin that the tour's agent reads these objects. */
const consentOf = (objects: readonly string[]) => ({
  agent: "demo",
  purpose: "read the weekly report",
  days: 1,
  authorization_details: [
    {
      type: "aws",
      account: running().cloud.targetAccount,
      actions: ["s3:GetObject"],
      resources: objects.map((each) => `arn:aws:s3:::acme-data/${each}`),
    },
  ],
});
/** Signs in as Erin for the consent, without redeeming the code. Returns the consent with the code. */
async function signInForConsent(body: ReturnType<typeof consentOf>) {
  const made = { nonce: crypto.randomUUID().replaceAll("-", ""), created_at: Math.floor(Date.now() / 1_000) };
  const act = { method: "POST", path: "/v1/consents", body };
  const { callback, verifier } = await signIn(running().cloud.people.issuer, {
    clientId: CLIENTS.approvals,
    redirectUri,
    person: "person:erin",
    nonce: await actHash({ version: 1, hub: running().api, act, ...made }),
    parameters: { prompt: "login", max_age: "0" },
  });
  const code = callback.searchParams.get("code") ?? "";
  return { ...body, step_up: { code, code_verifier: verifier, redirect_uri: redirectUri, ...made } };
}
async function give(body: object): Promise<string> {
  const { people } = running().cloud;
  const token = await people.mint({ sub: "person:erin", groups: ["support"] });
  const answer = await fetch(`${running().api}/v1/consents`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const reply = (await answer.json()) as { status?: string; code?: string; error_description?: string };
  return `${answer.status} ${reply.status ?? reply.code} ${reply.error_description ?? ""}`.trim();
}
/** Requests Erin's report, by a token of hers that names no agent. */
async function actingForErin(): Promise<string> {
  const { agents, people } = running().cloud;
  const erins = await people.mint({ sub: "person:erin", groups: ["support"], aud: running().api, may_act: undefined });
  const actor_token = await agents.mint({ sub: "agent:demo" });
  const actor = { actor_token, actor_token_type: TOKEN_TYPES.idToken };
  const answer = await post(running().api, erins, consentOf(["reports/weekly.csv"]).authorization_details, actor);
  const { sub, code } = (await answer.json()) as { sub?: string; code?: string };
  return `${answer.status} ${sub ?? code}`;
}
const REFUSED = /^400 vote_invalid .*Your issuer refuses the code: sign in again\.$/;

describe("a code that the hub redeems with the secret of a confidential client", () => {
  it("is a vote, and the agent's next poll brings a key that works", async () => {
    const waiting = await ask();
    const metadata = await fetch(`${running().cloud.people.issuer}/.well-known/openid-configuration`);
    expect(await metadata.json()).toMatchObject({
      token_endpoint_auth_methods_supported: expect.arrayContaining(["client_secret_basic"]),
    });
    expect(await decide(waiting, await signInFor(waiting))).toBe("200 approved");
    const { credentials } = (await (await pollOf(waiting)).json()) as TokenAnswer;
    expect(credentials[0] && (await put(running().cloud, credentials[0]))).toBe("200");
  });

  it("is useless to a page without the secret: the issuer redeems it for nobody else", async () => {
    await expect((await signInFor(await ask())).redeem()).rejects.toThrow();
  });

  it("is refused with another verifier than the sign-in began with", async () => {
    const waiting = await ask();
    const signedIn = await signInFor(waiting);
    expect(await decide(waiting, signedIn, { code_verifier: "a".repeat(43) })).toMatch(REFUSED);
    expect((await pollOf(waiting)).status).toBe(400);
  });

  it("is redeemed once: not again for the same request, nor for another", async () => {
    const [one, two] = [await ask(), await ask()];
    const signedIn = await signInFor(one);
    expect(await decide(one, signedIn)).toBe("200 approved");
    expect(await decide(one, signedIn)).toMatch(REFUSED);
    expect(await decide(two, signedIn)).toMatch(REFUSED);
  });

  it("counts only for the request of its nonce, even if it is first sent for another", async () => {
    const [one, two] = [await ask(), await ask()];
    expect(await decide(two, await signInFor(one))).toMatch(/^400 vote_invalid .*signed for another request/);
    expect((await pollOf(two)).status).toBe(400);
  });

  it.each([
    ["another address", "https://evil.example.com/callback"],
    ["another path of the console", ""],
  ])("is not sent to the issuer with %s", async (_, other) => {
    const waiting = await ask();
    const signedIn = await signInFor(waiting);
    const redirect = other || redirectUri.replace("/callback", "/approvals");
    expect(await decide(waiting, signedIn, { redirect_uri: redirect })).toMatch(/^400 malformed_request/);
    // The issuer got no request, so the code is still valid for its own request.
    expect(await decide(waiting, signedIn)).toBe("200 approved");
  });

  it("of the client for reading is refused: only the approvals client votes", async () => {
    const waiting = await ask();
    expect(await decide(waiting, await signInFor(waiting, { clientId: CLIENTS.reading }))).toMatch(REFUSED);
  });

  it("of another person is no vote of the sender", async () => {
    const waiting = await ask();
    const carols = await signInFor(waiting, { person: "person:carol" });
    expect(await decide(waiting, carols)).toMatch(/^400 vote_invalid .*another person than/);
  });

  it("is a consent, by which an agent acts for the person, whose token names nobody (B2)", async () => {
    const consent = consentOf(["reports/weekly.csv"]);
    const { step_up: by, ...body } = await signInForConsent(consent);
    expect(await give({ ...body, step_up: { ...by, code_verifier: "a".repeat(43) } })).toMatch(REFUSED);
    expect(await give({ ...consentOf(["*"]), step_up: by })).toMatch(
      /^400 vote_invalid .*something else than this act/,
    );
    expect(await actingForErin()).toBe("400 actor_not_allowed");
    expect(await give(await signInForConsent(consent))).toBe("201 live");
    expect(await actingForErin()).toBe("200 staff|person:erin");
  });

  it("is kept waiting where the issuer does not accept our secret: the operators have to mend it, not the person", async () => {
    const waiting = await ask();
    const signedIn = await signInFor(waiting);
    await putSecret("not what the issuer has");
    expect(await decide(waiting, signedIn)).toMatch(/^503 issuer_unreachable/);
  });

  it("is kept waiting where the issuer is down: that is reported, and nothing is decided", async () => {
    const waiting = await ask();
    const signedIn = await signInFor(waiting);
    const sent = await headers();
    await running().cloud.people.close();
    const code = signedIn.callback.searchParams.get("code") ?? "";
    const body = { decision: "approve", code, code_verifier: signedIn.verifier, redirect_uri: redirectUri };
    const address = `${running().api}/v1/approvals/${waiting.task.approval.id}/decide`;
    const answer = await fetch(address, { method: "POST", headers: sent, body: JSON.stringify(body) });
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([503, "issuer_unreachable"]);
    expect(await (await pollOf(waiting)).json()).toMatchObject({ code: "authorization_pending" });
  });
});
