import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { agentId } from "../../../../contract/agent-id.ts";
import { PERMISSIONS, type PermissionName } from "../../../../contract/permissions.ts";
import { type OperationTarget, operationQuery } from "../../../../functions/core/policy/operation-query.ts";
import { cedarOf } from "../cedar-of.ts";

const AGENT = { id: agentId("reporter"), team: "data", owner: "ada", labels: ["reader"] };
const person = (groups: readonly string[], isFirst = false) => ({ id: "staff|ada", groups, isFirst });

/** The policies that are shipped. */
const shipped = ["operators", "owners", "approvers"]
  .map((name) => readFileSync(new URL(`../../../../policies/${name}.cedar`, import.meta.url), "utf8"))
  .flatMap((text) => text.split(/(?<=;)\s*(?=@id)/))
  .filter((text) => text.trim() !== "");

const may = (
  texts: readonly string[],
  operator: ReturnType<typeof person>,
  operation: PermissionName,
  target: OperationTarget,
) => cedarOf(texts).evaluate(operationQuery(operator, operation, target)).allowed;

const operations = Object.keys(PERMISSIONS) as PermissionName[];
const READING = [
  "valetkey:ListAgents",
  "valetkey:ReadAgent",
  "valetkey:ReadOverview",
  "valetkey:ListEscalations",
  "valetkey:ListTasks",
  "valetkey:ReadReceipt",
  "valetkey:ReadLedger",
  "valetkey:ReadJournal",
  "valetkey:ReadPanic",
  "valetkey:ListAccounts",
  "valetkey:ListConditions",
  "valetkey:ListBudgets",
  "valetkey:ListSecrets",
  "valetkey:ReadSecret",
  "valetkey:ReadConsents",
  "valetkey:ReadPolicies",
  "valetkey:ExplainPolicy",
];

describe("the question whether a person may do an operation", () => {
  const ada = { type: "User", id: "staff|ada" };
  const end = { type: "Action", id: "valetkey:EndTask" };
  const operate = { type: "Action", id: "valetkey:Operate" };
  const bare = (uid: { readonly type: string; readonly id: string }) => ({ uid, attrs: {}, parents: [] });
  const sre = { type: "Group", id: "staff|sre" };
  const principal = { uid: ada, attrs: { id: ada.id, firstOperator: false }, parents: [sre] };

  it("is about an agent of its team", () => {
    const [agent, team] = [
      { type: "Agent", id: "reporter" },
      { type: "Team", id: "data" },
    ];
    expect(operationQuery(person(["staff|sre"]), "valetkey:EndTask", AGENT)).toStrictEqual({
      principal: ada,
      action: end,
      resource: agent,
      context: {},
      entities: [
        principal,
        { uid: end, attrs: {}, parents: [operate] },
        { uid: agent, attrs: { id: "reporter", team: "data", owner: "ada", labels: ["reader"] }, parents: [team] },
        bare(sre),
        bare(operate),
        bare(team),
      ],
    });
  });

  it("is about the deployment as a whole", () => {
    const valetkey = { type: "Deployment", id: "valetkey" };
    expect(operationQuery(person(["staff|sre"]), "valetkey:EndTask", "deployment")).toStrictEqual({
      principal: ada,
      action: end,
      resource: valetkey,
      context: {},
      entities: [principal, { uid: end, attrs: {}, parents: [operate] }, bare(valetkey), bare(sre), bare(operate)],
    });
  });
});

describe("an operator", () => {
  it.each(operations.filter((operation) => PERMISSIONS[operation].length > 0))(
    "may %s as one of the first, or of the operators; an auditor may look; nobody else may",
    (operation) => {
      for (const target of ["deployment", AGENT] as const) {
        expect(may(shipped, person([], true), operation, target)).toBe(true);
        expect(may(shipped, person(["staff|valetkey-operators"]), operation, target)).toBe(true);
        expect(may(shipped, person(["staff|valetkey-auditors"]), operation, target)).toBe(READING.includes(operation));
        for (const group of ["staff|valetkey-operators-of-old", "partners|valetkey-operators", "valetkey-operators"])
          expect(may(shipped, person([group]), operation, target)).toBe(false);
      }
    },
  );

  it("I9a: may not approve for operating, not even as one of the first; whoever may approve operates nothing", () => {
    const approve = "valetkey:Approve";
    expect(may(shipped, person(["staff|valetkey-operators"], true), approve, AGENT)).toBe(false);
    const approver = person(["staff|valetkey-approvers"]);
    expect(operations.filter((operation) => may(shipped, approver, operation, AGENT))).toEqual([approve]);
    expect(may(shipped, person(["partners|valetkey-approvers"]), approve, AGENT)).toBe(false);
  });

  it("may confirm the agent that it answers for, and do nothing else to it", () => {
    const mine = { ...AGENT, owner: "staff|ada" };
    const allowed = operations.filter((operation) => may(shipped, person([]), operation, mine));
    expect(allowed).toEqual(["valetkey:ConfirmAgent"]);
    expect(may(shipped, person([]), "valetkey:ConfirmAgent", { ...AGENT, owner: "other|ada" })).toBe(false);
    expect(may(shipped, person([]), "valetkey:ConfirmAgent", "deployment")).toBe(false);
  });

  it.each([
    ["the agent's team", 'permit (principal is User, action, resource in Team::"data");'],
    [
      "what is known of the agent",
      'permit (principal is User, action, resource is Agent) when { resource.id == "reporter" && resource.team == "data" && resource.owner == "ada" };',
    ],
    ["who it is", 'permit (principal == User::"staff|ada", action, resource is Agent);'],
  ])("may be permitted by %s", (_name, text) => {
    expect(may([text], person([]), "valetkey:SuspendAgent", AGENT)).toBe(true);
    expect(may([text], person([]), "valetkey:SuspendAgent", "deployment")).toBe(false);
  });

  it("is never an agent, whatever it is called", () => {
    const texts = [
      'permit (principal == Agent::"staff|ada", action, resource);',
      "permit (principal is Agent, action, resource);",
    ];
    expect(may(texts, person([], true), "valetkey:EndTask", AGENT)).toBe(false);
  });
});
