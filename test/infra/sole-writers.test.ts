import { describe, expect, it } from "vitest";
import { FUNCTIONS } from "../../contract/names.ts";
import { personTagSecret, recordKeySecret } from "../../functions/hub-names.ts";
import { JOURNAL_KINDS, KINDS, type Kind } from "../../functions/names.ts";
import { tableArn } from "../../infra/arns.ts";
import { rightsOf } from "../../infra/rights.ts";
import { ableTo, HUB, SCOPE } from "./able-to.ts";
import { allows } from "./iam.ts";

describe("the table's rights", () => {
  it.each(JOURNAL_KINDS)("let nobody change or remove an event of a journal: %s", async (kind) => {
    for (const action of ["UpdateItem", "DeleteItem", "BatchWriteItem", "PartiQLUpdate", "PartiQLDelete"])
      expect(await ableTo(action, kind), action).toEqual([]);
    expect((await ableTo("PutItem", kind)).length).toBeGreaterThan(0);
  });

  it.each<readonly [string, Kind]>([
    ["shows that a task is alive", "live"],
    ["verifies seals", "seal"],
    ["records that a token or a delegation was used", "replay"],
    ["people have to approve, and records that it was used", "approval"],
    ["lists what waits for a group", "inbox"],
    ["lists the broken glasses to be reviewed", "glass"],
    ["lists the tasks of a person", "person"],
    ["records a person's consent", "consent"],
    ["records that a consent lives", "liveConsent"],
    ["shows that a presentation or delegation token lives", "liveToken"],
    ["records whose threat model was accepted", "acceptance"],
  ])("let only the exchange put or change what %s", async (_, kind) => {
    const writers = [...(await ableTo("PutItem", kind)), ...(await ableTo("UpdateItem", kind))];
    expect(new Set(writers)).toEqual(new Set(["exchange"]));
  });

  it.each<readonly [string, Kind]>([
    ["makes an agent active", "active"],
    ["records an agent's registration", "registration"],
    ["finds it by an identity", "binding"],
  ])("let only register put or change what %s (I1)", async (_, kind) => {
    const writers = [...(await ableTo("PutItem", kind)), ...(await ableTo("UpdateItem", kind))];
    expect(new Set(writers)).toEqual(new Set(["register"]));
  });

  it("let only intake count suspensions by rules of escalation: who changes tasks could use them up, or set them free", async () => {
    for (const action of ["PutItem", "UpdateItem", "DeleteItem"])
      expect(await ableTo(action, "suspensions"), action).toEqual(action === "UpdateItem" ? ["intake"] : []);
  });

  it("let only intake add to the list of escalations, operate read it, and nobody change or remove an entry", async () => {
    expect(await ableTo("PutItem", "escalation")).toEqual(["intake"]);
    expect(await ableTo("Query", "escalation")).toEqual(["operate"]);
    for (const action of ["GetItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "PartiQLUpdate", "PartiQLDelete"])
      expect(await ableTo(action, "escalation"), action).toEqual([]);
  });

  it("let only reconcile record revocation policies in the journal: a function that ends a task cannot make up that its keys were denied", async () => {
    expect(await ableTo("PutItem", "roleJournal")).toEqual(["reconcile"]);
  });

  it.each(["explain", "journal"] as const)(
    "let %s write the journal of those that only read and its own counts alone, and see no task and no other journal",
    async (name) => {
      expect(await ableTo("PutItem", "readJournal")).toEqual(["sign", "panic", "explain", "journal"]);
      for (const kind of Object.keys(KINDS) as Kind[]) {
        for (const action of ["PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem", "Query"])
          if (kind !== "readJournal" && kind !== "pace") expect(await ableTo(action, kind), kind).not.toContain(name);
        // `explain` answers agents about themselves: it finds the agent of a token, and refuses a used token.
        const further = name === "explain" ? ["binding", "replay"] : [];
        if (!["active", "registration", "agent", ...further].includes(kind))
          expect(await ableTo("GetItem", kind), kind).not.toContain(name);
      }
    },
  );

  it("let only register lift the halt of an account, and whoever may halt it put halts alone", async () => {
    expect(await ableTo("PutItem", "accountHalt")).toEqual(["operate", "intake"]);
    expect(await ableTo("UpdateItem", "accountHalt")).toEqual([]);
    expect(await ableTo("DeleteItem", "accountHalt")).toEqual(["register"]);
    for (const action of ["PutItem", "UpdateItem", "DeleteItem"])
      expect(await ableTo(action, "accountLift"), action).toEqual(action === "PutItem" ? ["register"] : []);
  });

  it("let only register lift a condition that restricts, and set one that permits", async () => {
    for (const action of ["PutItem", "UpdateItem", "DeleteItem"]) {
      const [restricting, permitting] = [await ableTo(action, "restriction"), await ableTo(action, "relaxation")];
      const expected = { PutItem: [["operate", "intake"], ["register"]], DeleteItem: [["register"], ["operate"]] }[
        action
      ];
      expect([restricting, permitting], action).toEqual(expected ?? [[], []]);
    }
  });

  it("let only observe record that an account was heard of, and let nobody withdraw that record", async () => {
    for (const action of ["PutItem", "UpdateItem", "DeleteItem"])
      expect(await ableTo(action, "heard"), action).toEqual(action === "UpdateItem" ? ["observe"] : []);
    // The recorded endings, with which it is compared, are not observe's.
    for (const action of ["PutItem", "UpdateItem", "DeleteItem"])
      expect(await ableTo(action, "writes")).not.toContain("observe");
  });

  it("let only observe count what an hour's ended tasks left unused, and no function take a count back", async () => {
    for (const action of ["PutItem", "UpdateItem", "DeleteItem"])
      expect(await ableTo(action, "useJournal"), action).toEqual(action === "PutItem" ? ["observe"] : []);
    // The endings, by which the log shows that a task was left out, are not observe's.
    for (const kind of ["journal", "roleJournal"] as const)
      for (const action of ["PutItem", "UpdateItem", "DeleteItem"])
        expect(await ableTo(action, kind), kind).not.toContain("observe");
  });

  it("let only the exchange count refusals against an agent, only intake begin a cool-down, and nobody take either back", async () => {
    for (const action of ["PutItem", "UpdateItem", "DeleteItem"]) {
      expect(await ableTo(action, "refused"), action).toEqual(action === "PutItem" ? ["exchange"] : []);
      expect(await ableTo(action, "coolDown"), action).toEqual(action === "UpdateItem" ? ["intake"] : []);
    }
  });

  it("let only the exchange count grants against a budget, and nobody remove what was counted", async () => {
    for (const action of ["PutItem", "UpdateItem", "DeleteItem"])
      expect(await ableTo(action, "budget"), action).toEqual(action === "UpdateItem" ? ["exchange"] : []);
  });

  it("let only the exchange hold a label, and only it release one", async () => {
    for (const action of ["PutItem", "UpdateItem", "DeleteItem"])
      expect(await ableTo(action, "hold"), action).toEqual(action === "UpdateItem" ? [] : ["exchange"]);
  });

  it("let only functions that end people's tasks record up to when a person's tokens are dead", async () => {
    expect(await ableTo("UpdateItem", "personCut")).toEqual(["operate", "intake"]);
    expect(await ableTo("PutItem", "personCut")).toEqual([]);
  });

  it("let only functions that perform operators' acts record that a sign-in was used for one", async () => {
    expect(await ableTo("PutItem", "act")).toEqual(["exchange", "operate", "register"]);
    expect(await ableTo("UpdateItem", "act")).toEqual([]);
  });

  it("let only functions that revoke tokens remove a token from those that live, which they cannot restore", async () => {
    expect(await ableTo("DeleteItem", "liveToken")).toEqual(["tasks", "intake"]);
  });

  it("let only operate end a consent, for good, and nobody remove what a person has consented to or accepted (B4)", async () => {
    expect(await ableTo("DeleteItem", "liveConsent")).toEqual(["operate", "intake"]);
    for (const kind of ["consent", "acceptance"] as const) expect(await ableTo("DeleteItem", kind)).toEqual([]);
  });

  it("let nobody undo that a token was used, a key that verifies seals, a request or a vote, or what was opened and ended for a person", async () => {
    for (const kind of ["replay", "seal", "approval", "vote", "act", "person", "personCut"] as const)
      expect(await ableTo("DeleteItem", kind)).toEqual([]);
  });

  it("let only the exchange take a broken glass from the list: reviewed", async () => {
    expect(await ableTo("DeleteItem", "glass")).toEqual(["exchange"]);
  });

  it("let only those who end tasks change a record, which only the exchange makes", async () => {
    expect(await ableTo("PutItem", "task")).toEqual(["exchange"]);
    expect(await ableTo("UpdateItem", "task")).toEqual([
      "exchange",
      "tasks",
      "operate",
      "recheck",
      "sweep",
      "intake",
      "revoke-leases",
    ]);
    expect(await ableTo("DeleteItem", "task")).toEqual([]);
  });
});

describe("the counts of callers' paces", () => {
  const writers = async (by: string) => {
    const context = { "dynamodb:LeadingKeys": [`${KINDS.pace}${by}#digest#29926116`] };
    const able = async (action: string) => {
      const call = { action: `dynamodb:${action}`, resource: tableArn(SCOPE), context };
      const each = await Promise.all(FUNCTIONS.map((name) => allows(rightsOf(name, SCOPE), call, { account: HUB })));
      return FUNCTIONS.filter((_, index) => each[index]);
    };
    for (const action of ["PutItem", "DeleteItem", "GetItem", "Query"]) expect(await able(action), action).toEqual([]);
    return able("UpdateItem");
  };

  const COUNTING = [
    "exchange",
    "tasks",
    "operate",
    "recheck",
    "panic",
    "register",
    "approve",
    "explain",
    "journal",
    "sign",
  ];

  it.each(COUNTING)("of %s are changed by it alone, and removed by nobody", async (name) => {
    expect(await writers(name)).toEqual([name]);
  });

  it.each(FUNCTIONS.filter((name) => !COUNTING.includes(name)))(
    "are not changed by %s, which counts none",
    async (name) => {
      expect(await writers(name)).toEqual([]);
    },
  );
});

describe.each([recordKeySecret({}), personTagSecret({})])("the key %s", (name) => {
  it("is read by the exchange alone, and changed by no function", async () => {
    const secret = (action: string) => ({
      action: `secretsmanager:${action}`,
      resource: `arn:aws:secretsmanager:us-east-1:${HUB}:secret:${name}-a1B2c3`,
    });
    const able = async (action: string) => {
      const each = await Promise.all(
        FUNCTIONS.map((name) => allows(rightsOf(name, SCOPE), secret(action), { account: HUB })),
      );
      return FUNCTIONS.filter((_, index) => each[index]);
    };
    expect(await able("GetSecretValue")).toEqual(["exchange"]);
    for (const action of ["PutSecretValue", "UpdateSecretVersionStage", "UpdateSecret", "DeleteSecret", "TagResource"])
      expect(await able(action), action).toEqual([]);
  });
});
