import { describe, expect, it } from "vitest";
import { FUNCTIONS } from "../../contract/names.ts";
import { rightsOf } from "../../infra/rights.ts";
import { SCOPE } from "./able-to.ts";
import { DEADLINES, functionRoles, PROBES, SECRETS, takeFrom } from "./function-roles.ts";

describe("the role of each function", () => {
  const { statements } = functionRoles();

  it("lets nobody scan, and nobody touch IAM", () => {
    const actions = statements.flatMap(({ statement }) => statement.Action);
    expect(actions.filter((action) => /Scan|PartiQL|^iam:/.test(action))).toEqual([]);
  });

  it("lets nobody remove anything but a registration, an entry in the lists of active agents, live tasks and tokens, a session that stays in the hub, roles, open endings, due tasks, waiting requests, broken glasses, labels of withdrawn tasks, live consents, halted agents and accounts, conditions, a declared panic, and a revoked lease: the journal stays", () => {
    const removes = statements.filter(({ statement }) =>
      [statement.Action].flat().some((action) => /Delete(?!Message)/.test(action)),
    );
    expect(removes).not.toHaveLength(0);
    const ofArchive = removes.filter(({ name }) => name === "archive");
    expect(ofArchive.map(({ statement }) => [statement.Action, statement.Resource])).toEqual([
      ["s3:DeleteObject", "arn:aws:s3:::valetkey-archive-999900001111-eu-central-1/incoming/*"],
    ]);
    for (const { name, statement } of removes.filter((each) => !ofArchive.includes(each))) {
      const more = name === "sweep" ? ["TIMER#*"] : [];
      const open = name === "exchange" ? [] : ["ENDING#*"];
      const glass = name === "exchange" ? ["GLASS#*", "HOLD#*"] : [];
      const own = {
        "revoke-leases": ["REVOCATION#*"],
        register: ["HALT#*", "ACCOUNTHALT#*", "RESTRICTION#*"],
        approve: ["INBOX#*"],
      }[String(name)];
      const given = {
        operate: ["ACTIVE#*", "REGISTRATION#*"],
        intake: ["ACTIVE#*", "REGISTRATION#*"],
        sweep: ["ACTIVE#*"],
      };
      const agents = given[name as keyof typeof given] ?? [];
      const consents = name === "operate" || name === "intake" ? ["LIVECONSENT#*"] : [];
      const lifted = name === "operate" ? ["DECLAREDPANIC#*", "RELAXATION#*"] : [];
      const tokens = name === "tasks" || name === "intake" ? ["LIVETOKEN#*"] : [];
      const lists = own ?? [
        ...agents,
        "LIVE#*",
        "SESSION#*",
        ...tokens,
        "ROLE#*",
        ...more,
        ...open,
        ...glass,
        ...consents,
        ...lifted,
      ];
      expect(statement).toMatchObject({
        Condition: { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": lists.toSorted() } },
      });
    }
  });

  it("lets only register give: put a registration, make an agent active, write who is bound to it (I1)", () => {
    const writersOf = (kind: string, action = /(Put|Update|Delete)Item/) =>
      statements
        .filter(
          ({ statement }) => action.test(String(statement.Action)) && JSON.stringify(statement).includes(`"${kind}`),
        )
        .map(({ name }) => name);
    const giving = /(Put|Update)Item/;
    for (const kind of ["ACTIVE#", "REGISTRATION#"]) expect(writersOf(kind, giving), kind).toEqual(["register"]);
    expect(writersOf("ACTIVE#", /DeleteItem/)).toEqual(["operate", "sweep", "intake"]);
    expect(writersOf("REGISTRATION#", /DeleteItem/)).toEqual(["operate", "intake"]);
    expect(writersOf("BINDING#")).toEqual(["register"]);
    expect(new Set(writersOf("AGENT#"))).toEqual(new Set(["operate", "register", "sweep", "intake"]));
    expect(writersOf("HALT#", /DeleteItem/)).toEqual(["register"]);
  });

  it("lets only panic declare one and only operate lift it: neither the bus nor the sweep can", () => {
    const able = (action: string, kind: string) =>
      statements
        .filter(({ statement }) => statement.Action === action && JSON.stringify(statement).includes(`"${kind}#*"`))
        .map(({ name }) => name);
    const each = ["Put", "Update", "Delete"].map((what) => `dynamodb:${what}Item`);
    expect(each.map((action) => able(action, "DECLAREDPANIC"))).toEqual([["panic"], [], ["operate"]]);
    expect(each.map((action) => able(action, "PANIC"))).toEqual([[], ["operate"], []]);
  });

  it("lets only the exchange and rotate read what may be handed out, only rotate write it, and nobody make, tag or delete one", () => {
    const doing = (pattern: RegExp) =>
      statements
        .filter(({ statement }) => [statement.Action].flat().some((action) => pattern.test(action)))
        .map(({ name }) => name);
    const managed = statements.filter(({ statement }) => [statement.Resource].flat().includes(`${SECRETS}:*`));
    const values = managed.filter(({ statement }) => JSON.stringify(statement.Action).includes("GetSecretValue"));
    expect(values.map(({ name }) => name)).toEqual(["exchange", "rotate"]);
    expect(new Set(doing(/^secretsmanager:GetSecretValue$/))).toEqual(new Set(["exchange", "revoke-leases", "rotate"]));
    expect(new Set(doing(/^secretsmanager:(?!Get|(Describe|List)Secrets?$)/))).toEqual(new Set(["rotate"]));
    expect(doing(/^secretsmanager:(Create|Delete|Tag|Untag|.*Policy)/)).toEqual([]);
  });

  it("lets only approve, and the exchange for reviews, read the secrets of the clients for approvals", () => {
    const scope = { ...SCOPE, approvalClientSecrets: ["approvals/client"] };
    const reading = FUNCTIONS.filter((name) =>
      rightsOf(name, scope).some(({ Resource }) => [Resource].flat().join().includes("secret:approvals/client-")),
    );
    expect(reading).toEqual(["exchange", "approve"]);
  });

  it("lets only the exchange, the relay, the observer and signals put events, each of one kind and under our own name", () => {
    const puts = statements.filter(({ statement }) => [statement.Action].flat().includes("events:PutEvents"));
    expect(puts.map(({ name }) => name)).toEqual(["exchange", "relay", "observe", "signals"]);
    const types = puts.map(({ statement }) => JSON.stringify(statement).match(/"events:detail-type":\[[^\]]*\]/g));
    const escalations = ['"events:detail-type":["escalation.detected"]'];
    const people = ['"events:detail-type":["person.offboard"]'];
    expect(types).toEqual([escalations, ['"events:detail-type":["task.end"]'], escalations, people]);
  });

  it("lets only the relay set a deadline, and only revoke-leases take it", () => {
    const touching = statements.filter(({ statement }) => [statement.Resource].flat().includes(DEADLINES));
    expect(
      touching.map(({ name, statement }) => [name, [statement.Action].flat().includes("sqs:SendMessage")]),
    ).toEqual([
      ["relay", true],
      ["revoke-leases", false],
    ]);
  });

  it("lets only the relay start a probe", () => {
    const senders = statements.filter(({ statement }) => JSON.stringify(statement).includes("valetkey-probes"));
    expect(senders.map(({ name, statement }) => [name, statement.Action])).toEqual([
      ["relay", "sqs:SendMessage"],
      ["probe", takeFrom(PROBES).Action],
    ]);
  });

  it("lets only the exchange and the probe assume task roles, and only the reconciler assume a revoker", () => {
    const assumes = statements.filter(({ statement }) => [statement.Action].flat().includes("sts:AssumeRole"));
    expect(assumes.map(({ name }) => name)).toEqual(["exchange", "reconcile", "probe"]);
  });
});
