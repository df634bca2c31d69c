import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { trySignIn } from "../../../client/doctor/try-sign-in.ts";
import { linesOf, type Tried } from "../../../console/sign-in/pending.ts";
import { type OidcIssuer, startOidcIssuer } from "../../../local/issuer/oidc-issuer.ts";
import { PEOPLE } from "../../../local/issuer/people.ts";
import { signIn } from "../../../local/issuer/sign-in-client.ts";
import { CLIENTS } from "../../../local/issuer/sign-in-provider.ts";
import { CLIENT } from "../../unit/client/run-client.ts";
import { folderWith } from "../../unit/policy-tools/folder.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
/** Some of these issuers prove too little for an acceptance of a threat model. */
const local = { ...JSON.parse(readFileSync(join(ROOT, "local/valetkey.json"), "utf8")), threatModels: "off" };
const OPERATE = `${local.url}/operate`;
const REDIRECT = `${local.console.url}/callback`;
const NONCE = "Nw".padEnd(43, "x");

let people: OidcIssuer;
let pairwise: OidcIssuer;
beforeAll(async () => {
  const start = (isPairwise: boolean) =>
    startOidcIssuer({
      port: 0,
      issuerPath: "/people",
      kind: "people",
      audience: OPERATE,
      signIn: { people: PEOPLE, consoleOrigin: local.console.url, operate: OPERATE, isPairwise },
    });
  [people, pairwise] = await Promise.all([start(false), start(true)]);
});
afterAll(() => Promise.all([people.close(), pairwise.close()]));

/** Writes a `valetkey.json` whose people sign in at this issuer. */
function configOf({ issuer }: OidcIssuer, changes: { readonly issuer?: object; readonly sre?: object } = {}): string {
  const issuers = local.issuers.map((each: { kind: string }) =>
    each.kind === "people" ? { ...each, url: issuer, ...changes.issuer } : each,
  );
  const { sre, security } = local.approvers;
  const approvers = { sre: { ...sre, ...changes.sre }, ...(changes.sre === undefined ? { security } : {}) };
  return join(folderWith({ "valetkey.json": JSON.stringify({ ...local, issuers, approvers }) }), "valetkey.json");
}

const now = () => Math.floor(Date.now() / 1_000);
const begun = { issuer: "staff", nonce: NONCE };

/** Signs in as the console's page does. */
async function tried({ issuer }: OidcIssuer, clientId: string = CLIENTS.approvals) {
  const begun_at = now();
  const parameters = clientId === CLIENTS.reading ? { resource: OPERATE } : { prompt: "login", max_age: "0" };
  const request = { clientId, redirectUri: REDIRECT, person: "person:bob", nonce: NONCE, parameters };
  const tokens = await (await signIn(issuer, request)).redeem();
  return { ...begun, begun_at, id_token: tokens.id_token ?? "", access_token: tokens.access_token };
}

/** Judges a trial. Returns `check state found` for each finding, with the remedy where a finding is not ok. */
async function judged(config: string, shown: Tried, operatorToken?: string, secret?: string) {
  const findings = await trySignIn(config, "staff", secret).judge(linesOf(shown), operatorToken);
  return findings.map(({ check, state, found }) => `${check} ${state} ${found}`);
}

describe("valetkey doctor --sign-in, at a real issuer", () => {
  it("finds everything that a vote needs, and the same person at another client", async () => {
    const [{ access_token: operator }, shown] = [await tried(people, CLIENTS.reading), await tried(people)];
    expect(await judged(configOf(people), shown, operator)).toEqual([
      "code ok was redeemed by the page",
      expect.stringMatching(/^signature ok ES256 by the key .*, which the issuer publishes$/),
      "client ok valetkey-approvals, and no other",
      "nonce ok is that of the request",
      expect.stringMatching(/^sign-in ok auth_time is that of this sign-in/),
      expect.stringMatching(/^class ok acr .*; no group asks for one$/),
      "person ok sub is person:bob, and the same in your operator's token",
      "group sre ok you are in it",
      'group security unknown groups has 2 entries, and "security" is not counted',
      "vote ok it would count for sre, where policy lets you approve",
    ]);
  });

  it("finds people hidden by pairwise subjects, until a claim identifies them", async () => {
    const [{ access_token: operator }, shown] = [await tried(pairwise, CLIENTS.reading), await tried(pairwise)];
    expect(await judged(configOf(pairwise), shown, operator)).toContain(
      "signature unknown the issuer's keys are not taken: pairwise subjects, and no person claim in valetkey.json",
    );
    const named = await judged(configOf(pairwise, { issuer: { person: "oid" } }), shown, operator);
    expect(named).toContain("person ok oid is person:bob, and the same in your operator's token");
    expect(named).toContain("vote ok it would count for sre, where policy lets you approve");
    // With the URL of the keys, nobody has read that subjects are pairwise. The other client's token shows it.
    const keys = configOf(pairwise, { issuer: { jwksUrl: pairwise.jwksUri } });
    expect(await judged(keys, shown, operator)).toContainEqual(
      expect.stringMatching(/^person bad sub is .*, and .* in your operator's token$/),
    );
    expect(await judged(keys, shown)).toContain(
      "person unknown whether sub is the same at another client was not seen",
    );
  });

  it("reads the page's text, and exits with 0 where all is well", async () => {
    const { access_token, ...shown } = await tried(people);
    const child = spawn(process.execPath, [CLIENT, "doctor", "--sign-in", "staff", "--config", configOf(people)], {
      env: { PATH: process.env.PATH ?? "" },
    });
    let [out, err] = ["", ""];
    child.stdout.on("data", (text) => {
      out += text;
    });
    child.stderr.on("data", (text) => {
      err += text;
    });
    child.stdin.end(linesOf(shown));
    const code = await new Promise((ended) => child.once("close", ended));
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(/^vote +ok +it would count for sre, where policy lets you approve$/m),
    ]);
    expect(err).toContain(`${local.console.url}/sign-in/staff`);
    expect(out).not.toContain(shown.id_token);
  });
});

describe("valetkey doctor --sign-in, at an issuer that proves less", () => {
  const minted = async (changes: object, begunAt = now()) => {
    const claims = {
      aud: CLIENTS.approvals,
      sub: "person:bob",
      nonce: NONCE,
      auth_time: now(),
      groups: ["sre"],
      ...changes,
    };
    return { ...begun, begun_at: begunAt, id_token: await people.mint(JSON.parse(JSON.stringify(claims))) };
  };

  it.each<[string, object, string, string]>([
    ["no time of the sign-in", { auth_time: undefined }, "sign-in bad there is no auth_time", "sign_in_unproven"],
    ["an earlier sign-in", { auth_time: now() - 500 }, "sign-in bad auth_time is", "sign_in_before_request"],
    ["another nonce", { nonce: "n" }, "nonce bad is not that of the request", "nonce"],
    ["two audiences", { aud: [CLIENTS.approvals, "api"] }, 'client bad aud ["valetkey-approvals","api"]', "audience"],
    ["another client", { azp: "api" }, "client bad aud", "audience"],
    ["an agent that may act", { may_act: { sub: "a" } }, "parties bad the token has the claim may_act", "actor"],
    ["a key", { cnf: { jkt: "k" } }, "parties bad the token has the claim cnf", "key_bound"],
    ["no person", { sub: 7.5 }, "person bad has no usable claim sub", "person"],
    ["no list of groups", { groups: "sre" }, "group sre bad the token has no list groups", "no_group"],
  ])("finds %s, and that it would be no vote", async (_case, changes, found, fault) => {
    const all = await judged(configOf(people), await minted(changes));
    expect(all).toContainEqual(expect.stringContaining(found));
    expect(all.at(-1)).toBe(`vote bad it would not count (${fault})`);
  });

  it("cannot distinguish a recent sign-in from a clock that is behind", async () => {
    const shown = await minted({ auth_time: now() - 40 });
    expect(await judged(configOf(people), shown)).toContainEqual(
      expect.stringMatching(/^sign-in unknown auth_time is 4\d s before the request/),
    );
  });

  it("finds groups that may be left out, and a class of sign-in that the group does not accept", async () => {
    const many = { groups: Array.from({ length: 100 }, (_, index) => (index === 0 ? "sre" : `g${index}`)) };
    expect(await judged(configOf(people), await minted(many))).toContain(
      'group sre unknown groups has 100 entries, and "sre" is not counted',
    );
    const strong = configOf(people, { sre: { acr: ["phr"] } });
    expect(await judged(strong, await minted({ acr: "pwd" }))).toContain(
      'class bad acr "pwd", amr is not there; sre takes acr phr',
    );
    expect(await judged(strong, await minted({ acr: "phr" }))).toContain(
      "vote ok it would count for sre, where policy lets you approve",
    );
  });

  it("cannot determine by one sign-in that an issuer proves its acr anew", async () => {
    const config = configOf(people, {
      issuer: { approvals: { clientId: CLIENTS.approvals, freshness: "acr" } },
      sre: { acr: ["phr"] },
    });
    expect(await judged(config, await minted({ auth_time: undefined, acr: "phr" }))).toContainEqual(
      expect.stringMatching(/^sign-in unknown there is no auth_time, and one sign-in cannot show/),
    );
  });

  it("finds a token that somebody else signed", async () => {
    const token = await minted({});
    const [head, body, signature = ""] = token.id_token.split(".");
    const forged = {
      ...token,
      id_token: [head, body, `${signature.startsWith("A") ? "B" : "A"}${signature.slice(1)}`].join("."),
    };
    expect((await judged(configOf(people), forged)).at(-1)).toMatch(/^signature bad the token \(ES256, key/);
  });

  it("finds a page that the issuer does not answer, and a hub whose secret is missing or not accepted", async () => {
    const fault = { ...begun, begun_at: now(), fault: "staff cannot be reached." };
    expect(await judged(configOf(people), fault)).toEqual([
      "code bad the page could not redeem it: staff cannot be reached.",
    ]);
    const hub = configOf(people, {
      issuer: { approvals: { ...local.issuers[1].approvals, tokenExchange: "hub", secret: "approvals/staff" } },
    });
    const held = { ...begun, begun_at: now(), code: "c", code_verifier: "v", redirect_uri: REDIRECT };
    expect(await judged(hub, held)).toEqual(["code skipped the hub redeems it, with a secret that is not here"]);
    expect(await judged(hub, held, undefined, "s3cret")).toEqual(["code bad the issuer did not redeem it"]);
  });

  it("accepts only the complete text that the page of this issuer shows", async () => {
    const config = configOf(people);
    const whole = linesOf(await minted({}));
    const trial = trySignIn(config, "staff", undefined);
    expect([trial.isWhole(whole), trial.isWhole(whole.slice(0, -1)), trial.isWhole("{}")]).toEqual([
      true,
      false,
      false,
    ]);
    await expect(trial.judge(whole.slice(0, -1), undefined)).rejects.toThrow(/copy all of it/);
    await expect(trial.judge(linesOf({ ...(await minted({})), issuer: "other" }), undefined)).rejects.toThrow();
    expect(() => trySignIn(config, "local", undefined)).toThrow(/no issuer "local" with approvals; .*: staff$/);
  });
});
