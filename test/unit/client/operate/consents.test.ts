import { describe, expect, it } from "vitest";
import { actIn } from "../../../../contract/decision/act-link.ts";
import { type ActRecord, actHash, actId } from "../../../../functions/core/approvals/act-record.ts";
import { answers, asked, file, ok, refused, run, setOperatorStage, valetkey } from "./operator-stage.ts";

setOperatorStage();

const CEILING = [
  { type: "aws", account: "111122223333", actions: ["s3:GetObject"], resources: ["arn:aws:s3:::acme-data/reports/*"] },
];
const BODY = { agent: "reports", purpose: "summarise \u202egpj.exe\u001b[2J", authorization_details: CEILING, days: 7 };
const record = (body: object = BODY): ActRecord => ({
  version: 1,
  hub: valetkey.url,
  nonce: "A".repeat(22),
  created_at: 1_795_000_000,
  act: { method: "POST", path: "/v1/consents", body: { ...body } },
});
/** Id of a consent, which its hash determines. */
const idOf = (signed = record()): string => actId(actHash(signed));
const shown = (changes: object = {}, signed = record()) => ({
  id: idOf(signed),
  status: "live",
  person: "staff|pat",
  agent: "reports",
  purpose: "x",
  authorization_details: CEILING,
  created_at: "2026-11-24T12:00:00Z",
  expires_at: "2026-12-01T12:00:00Z",
  hash: actHash(signed),
  record: signed,
  ...changes,
});
const give = (...more: string[]) =>
  run("consents", "give", "reports", "--intent", file("intent.json", JSON.stringify(CEILING)), ...more);

describe("valetkey consents", () => {
  it("lists one's own, or another person's", async () => {
    answers["GET /v1/consents"] = ok({ consents: [shown()] });
    const { code, stdout } = await run("consents");
    expect(code).toBe(0);
    expect(stdout).toMatch(/[0-9a-f]{32} +staff\|pat +reports +2026-12-01T12:00:00Z +x/);
    answers["GET /v1/consents?person=staff%7Ckim"] = ok({ consents: [] });
    expect((await run("consents", "list", "--person", "staff|kim")).stdout).toBe("No consent is live.\n");
  });

  it("shows until when an agent is paused for its person, and by which rule", async () => {
    const until = "2026-11-25T12:00:00Z";
    const by = "escalation:E6:fK2w";
    answers["GET /v1/consents"] = ok({ consents: [shown({ paused: { by, until } }), shown({ person: "staff|kim" })] });
    const { stdout } = await run("consents");
    expect(stdout.split("\n").slice(3)).toEqual([
      `A rule of escalation has paused reports for staff|pat until ${until} (${by}).`,
      "",
    ]);
    answers[`GET /v1/consents/${idOf()}`] = ok(shown({ paused: { by, until: `${until}\u001b[2J` } }));
    const one = await run("consents", "show", idOf());
    expect(one.stdout).toContain(`\nA rule of escalation has paused reports for staff|pat until ${until}`);
    expect(one.stdout).not.toContain("\u001b");
  });

  it("shows one by what was signed alone, with every hidden character as an escape", async () => {
    answers[`GET /v1/consents/${idOf()}`] = ok(shown({ purpose: "something else", agent: "other-agent" }));
    const { code, stdout } = await run("consents", "show", idOf());
    expect(code).toBe(0);
    expect(stdout).toContain("Let the agent reports act for you\n");
    expect(stdout).toContain("For 7 days");
    expect(stdout).toContain("    summarise \\u{202E}gpj.exe");
    expect(stdout).toContain("    On: arn:aws:s3:::acme-data/reports/* (every resource whose name begins with this)\n");
    expect(stdout).toMatch(/Words: \w+( \w+){7}\n/);
    expect(stdout).toContain(actHash(record()));
    for (const each of ["something else", "other-agent", "\u202e", "\u001b"]) expect(stdout).not.toContain(each);
  });

  it.each([
    ["another hash than the record's", () => shown({ hash: "A".repeat(43) }), "hash_differs"],
    [
      "a record of another act",
      () => shown({}, { ...record(), act: { ...record().act, path: "/v1/panic/lift" } }),
      "record_unknown",
    ],
    ["a consent that cannot be described", () => shown({}, record({ ...BODY, days: "many" })), "record_unknown"],
    ["the genuine record of another consent", () => shown({}, record({ ...BODY, days: 8 })), "record_of_another"],
    [
      "the genuine record of another hub",
      () => shown({}, { ...record(), hub: "https://other.example.com" }),
      "record_of_another",
    ],
  ])("does not show %s", async (_, answer, event) => {
    const id = event === "record_of_another" && answer().record.hub !== valetkey.url ? answer().id : idOf();
    answers[`GET /v1/consents/${id}`] = ok(answer());
    const { code, stderr } = await run("consents", "show", id, "--json");
    expect([code, stderr]).toEqual([77, expect.stringContaining(event)]);
  });

  it("gives one on the console's page, which it prints, and waits for exactly that one", async () => {
    answers["GET /.well-known/oauth-authorization-server"] = ok({ console_uri: "https://console.example.com" });
    answers["POST /v1/consents"] = refused(401, "step_up_required");
    const other = shown({ id: "f".repeat(32) }, record({ ...BODY, purpose: "another" }));
    const own = shown({ id: "x; rm -rf ~" }, record({ ...BODY, purpose: "my reports" }));
    let looks = 0;
    Object.defineProperty(answers, "GET /v1/consents", {
      enumerable: true,
      get: () => {
        looks += 1;
        return ok({ consents: looks === 1 ? [other] : [other, own] });
      },
    });
    const { code, stdout, stderr } = await give("--purpose", "my reports", "--days", "7");
    expect([code, stdout]).toEqual([
      0,
      expect.stringContaining(`Given: consent ${idOf(record({ ...BODY, purpose: "my reports" }))}`),
    ]);
    expect(stdout).not.toContain("rm -rf");
    expect(looks).toBe(2);
    expect(stderr).toContain("Let the agent reports act for you");
    const linked = actIn(/\/act(#[\w-]+)/.exec(stderr)?.[1] ?? "");
    expect(linked).toEqual({ path: "/v1/consents", body: { ...BODY, purpose: "my reports" } });
    expect(asked().filter((each) => each.startsWith("POST"))).toEqual(["POST /v1/consents"]);
  });

  it("withdraws one, and prints which tasks ended", async () => {
    answers[`POST /v1/consents/${idOf()}/withdraw`] = ok({ ...shown(), status: "ended", ended: ["k7f3m2q9x4ab."] });
    const { code, stdout } = await run("consents", "withdraw", idOf());
    expect([code, stdout]).toEqual([0, `Consent ${idOf()} is withdrawn, for good. Ended tasks: k7f3m2q9x4ab.\n`]);
  });

  it.each([
    ["without a ceiling", () => run("consents", "give", "reports", "--purpose", "x"), "--intent is required"],
    ["without a purpose", () => give(), "--purpose is required"],
    ["for days that are none", () => give("--purpose", "x", "--days", "0.5"), "--days takes"],
    ["to nobody", () => run("consents", "give"), "say to which agent"],
    ["in an unknown way", () => run("consents", "lend"), "there is no consents lend"],
  ])("gives none %s", async (_, command, sentence) => {
    const { code, stderr } = await command();
    expect([code, stderr]).toEqual([64, expect.stringContaining(sentence)]);
    expect(asked()).toEqual([]);
  });
});
