import { describe, expect, it } from "vitest";
import { ConfigProblem } from "../../../infra/config/config-problem.ts";
import { APP, CLIENT, GITHUB, OAUTH, read, STAFF } from "./sample-config.ts";

type Json = Readonly<Record<string, unknown>>;

const approvals = (changes: Json = {}) => ({ clientId: "approvals", freshness: "auth_time", ...changes });
const staff = (changes: Json) => ({ issuers: [GITHUB, { ...STAFF, ...changes }] });
const channel = (secret: string) => ({ notify: { chat: { kind: "slack", secret } } });
const approving = (secret: string) => staff({ approvals: approvals({ tokenExchange: "hub", secret }) });
const signals = (audience: string) => ({
  ...staff({ onBehalf: true, approvals: approvals() }),
  signals: [{ name: "idp", url: "https://signals.example.com", people: "staff", audience }],
});

function faultsOf(changes: Json): string {
  try {
    read(changes);
    return "";
  } catch (error) {
    if (error instanceof ConfigProblem) return error.message;
    throw error;
  }
}

describe("a configuration in which one name serves two purposes is refused", () => {
  it.each<[string, Json, string]>([
    ...["/operate", "/introspect", "", "/", "/operate/", "/v1/signals"].map((path): [string, Json, string] => [
      `a client for approvals with the audience <url>${path}`,
      staff({ approvals: approvals({ clientId: `https://valetkey.example.com${path}` }) }),
      'issuers: "staff" has the approvals client "https://valetkey.example.com',
    ]),
    [
      "a console's client with the operators' audience",
      staff({ console: { clientId: "https://valetkey.example.com/operate" } }),
      'issuers: "staff" has the console client',
    ],
    [
      "a command's client with the operators' audience",
      staff({ cli: { clientId: "https://valetkey.example.com/operate" } }),
      'issuers: "staff" has the cli client',
    ],
    [
      "signals with the operators' audience",
      signals("https://valetkey.example.com/operate"),
      'signals: "idp" has the audience',
    ],
    ["signals with the audience of votes", signals("approvals"), 'signals: "idp" has the audience "approvals"'],
    ...["signet", "person-tags", "sealing-key", "eu/signet"].map((name): [string, Json, string] => [
      `a channel with valetkey's own secret ${name}`,
      channel(`valetkey/${name}`),
      `notify: "valetkey/${name}" is a secret that valetkey makes for itself`,
    ]),
    [
      "a client's secret that is the record key",
      approving("valetkey/signet"),
      'issuers: "valetkey/signet" is a secret',
    ],
    [
      "a GitHub App with the record key for its key",
      { githubApps: [{ ...APP, privateKey: "valetkey/signet" }] },
      'githubApps: "valetkey/signet" is a secret',
    ],
    [
      "a rotated secret that is the record key",
      { oauthClients: [{ ...CLIENT, secret: "valetkey/signet" }] },
      'oauthClients: "valetkey/signet" is a secret',
    ],
    [
      "a registration token that is the record key",
      { oauthClients: [{ ...CLIENT, registrationToken: "valetkey/signet" }] },
      'oauthClients: "valetkey/signet" is a secret',
    ],
    [
      "a channel with the secret of approvals",
      { ...channel("shared"), ...approving("shared") },
      'issuers: "shared" is also a secret of notify',
    ],
    [
      "a channel with a GitHub App's key",
      { ...channel(APP.privateKey), githubApps: [APP] },
      'githubApps: "github/app" is also a secret of notify',
    ],
    [
      "a channel with a rotated client's secret",
      { ...channel(CLIENT.secret), oauthClients: [CLIENT] },
      'oauthClients: "clients/report" is also a secret of notify',
    ],
    [
      "a channel with a registration token",
      { ...channel(CLIENT.registrationToken), oauthClients: [CLIENT] },
      'oauthClients: "clients/report-registration" is also a secret of notify',
    ],
    ...["email", "name", "Preferred_Username", "upn", "/profile/email"].map((person): [string, Json, string] => [
      `people identified by ${person}`,
      staff({ person }),
      `issuers: "staff" identifies people by ${person}, which changes`,
    ]),
  ])("%s", (_what, changes, fault) => {
    expect(faultsOf(changes)).toContain(fault);
  });

  it.each<[string, Json]>([
    ["a client whose name is none of ours", staff({ approvals: approvals() })],
    [
      "a client with the address of another hub",
      staff({ approvals: approvals({ clientId: "https://b.example.com" }) }),
    ],
    [
      "two channels with one secret",
      { notify: { aa: { kind: "slack", secret: "s" }, bb: { kind: "slack", secret: "s" } } },
    ],
    [
      "a client's secret where it is used and where it is rotated",
      { oauthProviders: [OAUTH], oauthClients: [{ ...CLIENT, secret: OAUTH.authentication.clientSecret }] },
    ],
    ["people identified by an id", staff({ person: "employee_id" })],
    ["a channel's own secret among valetkey's", channel("valetkey/notify/chat")],
    ["signals with an audience of their own", signals("https://valetkey.example.com/events")],
  ])("%s has one purpose, and is accepted", (_what, changes) => {
    expect(faultsOf(changes)).toBe("");
  });
});
