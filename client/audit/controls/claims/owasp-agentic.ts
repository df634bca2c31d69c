import type { Claims } from "../control.ts";
import { PRESENTATION_TOKEN } from "./presentation-token.ts";

/** Claims about the controls of OWASP Top 10 for Agentic Applications (2026). */
export const AGENTIC: Claims["OWASP Top 10 for Agentic Applications (2026)"] = {
  ASI01: {
    title: "Agent Goal Hijack",
    verdict: "partly",
    claim:
      "Whatever a prompt makes an agent want, it gets what its policies permit for its stated intent, until its deadline, and each refusal is recorded. Words grant nothing.",
    mechanism: [
      "functions/steps/tasks/authorise-intent.ts#authoriseIntent",
      "functions/steps/tasks/authenticate-task.ts#authenticateTask",
    ],
    attacks: [
      PRESENTATION_TOKEN,
      {
        test: "test/hostile/injected-agent.test.ts > an agent under prompt injection > cannot gain rights by words",
        without: {
          file: "functions/steps/tasks/authorise-intent.ts",
          find: "const parts = decided.flatMap((each) => grantedOf(each, request.mode, ports));",
          put: "const parts = /administrator/.test(request.purpose) ? [] : decided.flatMap((each) => grantedOf(each, request.mode, ports));",
        },
      },
    ],
    limits:
      "valetkey bounds what a hijacked agent reaches. It does not see that the agent was hijacked while it stays within its policies.",
    yours: "Defend the prompt itself: separate instructions from data, and filter what agents read.",
  },
  ASI02: {
    title: "Tool Misuse and Exploitation",
    verdict: "partly",
    claim:
      "Each part of an intent is decided, tool by tool and resource by resource, before a key is issued. A tool server is told which of its tools the task may call now, by today's policies. A budget bounds how many tasks an agent, a person, a team, a tree or the hub opens in a window of time, its sub-agents' included.",
    mechanism: [
      "functions/tasks/introspect.ts#introspect",
      "functions/core/policy/decide.ts#decide",
      "functions/exchange/vend/count-grant.ts#countGrant",
      "functions/core/budgets/spent.ts#freeAt",
      "functions/core/identity/holders.ts#holdersOf",
      "functions/core/delegation/inherited-terms.ts#budgetsIn",
    ],
    attacks: [
      {
        test: "test/path/tools-decided-anew.test.ts > I1: a grant of tools is decided anew > at both, by the policies that are deployed then",
        without: {
          file: "functions/tasks/introspect.ts",
          find: "return authoriseTools(lineage, presentation.server, task.facts.sourceIp, ports);",
          put: "return lineage.task.details;",
        },
      },
      {
        test: "test/path/exchange-refused.test.ts > a denial says what is wrong with each part and what to do, and stands in the journal (I7) > names every part that is not permitted",
        without: {
          file: "functions/core/policy/decide.ts",
          find: "const chosen = leastDemanding(preferred(pair, kept));",
          put: 'const chosen = leastDemanding(preferred(pair, kept)) ?? ({ policy: "none", conditions: [{}], obligations: obligationsOf({}) } as never);',
        },
      },
      {
        test: "test/path/budget-races.test.ts > a budget of 3 under 50 grants at once > grants exactly 3 of 50 requests at once, in each of 20 rounds of the whole exchange",
        without: {
          file: "functions/exchange/vend/count-grant.ts",
          find: "const again = await unlessRepeated(held, request, ports);",
          put: "const again = await ports.budgets.read(held);",
        },
      },
      {
        test: "test/path/budget-races.test.ts > a person's budget under grants at once > counts two agents of the person, and their sub-agents, together",
        without: {
          file: "functions/core/identity/holders.ts",
          find: "[personId(person)]",
          put: "agents.map(({ id }) => `${personId(person)} ${id}`)",
        },
      },
      {
        test: "test/path/budgets.test.ts > a budget that several share > counts a sub-agent under a permit of its own without a budget by the budgets of the tasks above (I3)",
        without: {
          file: "functions/core/delegation/inherited-terms.ts",
          find: "budgetsOfAll([above?.budgets ?? [], OBLIGATIONS.budgets.keep(own)]);",
          put: "budgetsOfAll([]);",
        },
      },
      {
        test: "test/path/budget-races.test.ts > a storm of tasks that are withdrawn > gives back no more than it counted",
        without: {
          file: "functions/core/budgets/spent.ts",
          find: "times.toSpliced(index, 1)",
          put: "times.toSpliced(index, 2)",
        },
      },
    ],
    events: ["task.opened", "presentation.issued"],
    yours:
      "Have your tool servers ask for introspection before they act, put `@approval` on calls that cannot be undone, and `@budget` with a short `@maxTtl` on what may happen a few times a day.",
    limits:
      "A call inside a session whose grant has a wildcard is not decided by itself. A tool is permitted by its name, and not by its arguments. Budgets count tasks that are opened, and not the calls that one makes.",
  },
  ASI03: {
    title: "Identity and Privilege Abuse",
    verdict: "met",
    claim:
      "A sub-agent gets less than its parent, never more. A delegation token gives no more than its parent put into it. A task for a person may do what both the agent and the person may.",
    mechanism: [
      "functions/core/delegation/contain.ts#contain",
      "functions/core/delegation/decide-within.ts#decideWithin",
      "functions/steps/tasks/authorise-task.ts#authoriseParent",
    ],
    attacks: [
      {
        test: "test/path/on-behalf.test.ts > B1: a task for a person may do what both the agent and the person may > grants what policy permits to both",
        without: {
          file: "functions/core/delegation/decide-within.ts",
          find: "return person ? decideForPerson(permitted, person, policies, isOneOfMany) : { permitted };",
          put: "return { permitted };",
        },
      },
      {
        test: "test/path/inheritance.test.ts > a sub-agent that policy permits more than its parent > gets nothing beyond its parent's",
        without: {
          file: "functions/core/delegation/contain.ts",
          find: "outer.account === inner.account && contains(globFromIam(outer.target), globFromIam(inner.target))",
          put: "outer.account === inner.account",
        },
      },
      {
        test: "test/hostile/delegations.test.ts > a child's intent that exceeds its parent's > is refused where it exceeds its delegation's, though the parent has it",
        without: {
          file: "functions/steps/tasks/authorise-task.ts",
          find: "parentScopeOf(lineage.task, grants, held.details)",
          put: "parentScopeOf(lineage.task, grants, undefined)",
        },
      },
    ],
    events: ["delegation.issued", "delegation.revoked", "task.refused", "task.token_issued"],
    yours: "Let each sub-agent have an identity of its own, and name in policies who may delegate to whom.",
  },
  ASI04: {
    title: "Agentic Supply Chain Vulnerabilities",
    verdict: "not_ours",
    claim:
      "The identity of a workload is its issuer's word about what was started. valetkey adds nothing about what is in it.",
    mechanism: [],
    attacks: [],
    limits: "valetkey does not inspect models, tools, prompts or packages of an agent.",
    yours:
      "Pin and verify models, tools and images. Bind agents to claims that only reviewed builds have, such as a protected branch.",
  },
  ASI05: {
    title: "Unexpected Code Execution (RCE)",
    verdict: "not_ours",
    claim:
      "Code that runs in an agent has what the agent's task has: keys that end at the fence, and no way to another task.",
    mechanism: [],
    attacks: [],
    limits: "valetkey does not run or confine an agent's code.",
    yours: "Run generated code in a sandbox without the agent's environment.",
  },
  ASI06: {
    title: "Memory & Context Poisoning",
    verdict: "not_ours",
    claim:
      "Nothing that an agent remembers counts in a decision: policy reads the verified token, the registration and the stated intent.",
    mechanism: [],
    attacks: [],
    limits: "valetkey keeps no memory or context of agents, and does not look into it.",
    yours: "Guard what agents store and retrieve.",
  },
  ASI07: {
    title: "Insecure Inter-Agent Communication",
    verdict: "partly",
    claim:
      "One agent hands work to another by a delegation token that names the receiver, is used once, and carries less than the sender has. A tool server verifies who acts, and for whom, by introspection.",
    mechanism: [
      "functions/steps/tasks/verify-delegation.ts#verifyDelegation",
      "functions/tasks/introspect.ts#introspect",
    ],
    attacks: [
      {
        test: "test/hostile/delegations.test.ts > a delegation token > is void past its own deadline",
        without: {
          file: "functions/steps/tasks/verify-delegation.ts",
          find: "if (nowSeconds >= delegation.expiresAt) throw",
          put: "if (nowSeconds < 0) throw",
        },
      },
      {
        test: "test/path/misused-delegations.test.ts > E7: an agent that uses another's delegation token, in a tree where it has no task > is refused, reported, and the token is revoked",
        without: {
          file: "functions/steps/tasks/verify-delegation.ts",
          find: 'throw new Refusal("delegation_token_invalid", { why: `it is for ${named}`, misused });',
          put: 'throw new Refusal("delegation_token_invalid", { why: `it is for ${named}`, ...(misused.hash === "" ? { misused } : {}) });',
        },
      },
    ],
    limits:
      "valetkey carries no messages between agents. It authenticates the rights that they hand on, and not what they say.",
    events: ["delegation.issued", "delegation.revoked"],
    yours: "Encrypt and authenticate the messages between agents, with mutual TLS or signed messages.",
  },
  ASI08: {
    title: "Cascading Failures",
    verdict: "met",
    claim:
      "The end of a task ends everything below it. Escalation rules end tasks and suspend agents, within caps, so that neither one agent nor a rule that errs takes the others along. A condition of the world, such as a change freeze, ends live tasks that policy no longer permits. A panic stops everything.",
    mechanism: [
      "functions/intake/contain.ts#contain",
      "functions/steps/tasks/end-task.ts#endTask",
      "functions/recheck/recheck-task.ts#recheckTask",
      "functions/steps/tasks/grants-now.ts#grantsNow",
    ],
    attacks: [
      {
        test: "test/path/escalation.test.ts > no rule of escalation is a lever > A rule that errs, or agents that are sacrificed, suspend no more than the cap",
        without: {
          file: "functions/intake/contain.ts",
          find: "return (await take()) ? { done: wanted } : { done: beyond, wanted };",
          put: "return { done: wanted };",
        },
      },
      {
        test: "test/path/ending-subtrees.test.ts > ending a task > ends every task below it",
        without: {
          file: "functions/steps/tasks/end-task.ts",
          find: "return { task, ended: [...ended, ...(await endBelow(task, ports))] };",
          put: "return { task, ended };",
        },
      },
      {
        test: "test/path/conditions.test.ts > a condition that is set while a request is decided > is seen after the write: nothing is handed out, and the task is withdrawn",
        without: {
          file: "functions/steps/tasks/grants-now.ts",
          find: "if (now && isSameHolding(each.requester.conditions, now)) continue;",
          put: "if (now && isSameHolding(now, now)) continue;",
        },
      },
      {
        test: "test/path/condition-races.test.ts > a freeze of hub, set and rechecked at any moment > while a task is renewed: no task that it denies is alive afterwards",
        without: {
          file: "functions/recheck/recheck-task.ts",
          find: "if (await isPermitted(lineage, worlds.now, ports)) return undefined;",
          put: "if (await isPermitted(lineage, worlds.quiet, ports)) return undefined;",
        },
      },
      {
        test: "test/path/recheck.test.ts > nobody keeps a denied task alive > by a record that nobody can believe",
        without: {
          file: "functions/recheck/recheck-task.ts",
          find: "if (!(error instanceof Refusal) || REPEATED.has(error.code)) throw error;",
          put: "if (!(error instanceof Refusal) || error.code) throw error;",
        },
      },
    ],
    events: [
      "panic.declared",
      "panic.lifted",
      "condition.tightened",
      "escalation.detected",
      "event.taken",
      "event.refused",
    ],
    yours: "Subscribe to the alarms, and rehearse `valetkey panic` once.",
  },
  ASI09: {
    title: "Human-Agent Trust Exploitation",
    verdict: "met",
    claim:
      "A person decides over a record that valetkey renders from the decision itself, marked where words are the agent's own. The vote is a signature over that record's hash; what is vended is what was approved, or nothing. Whoever shaped the agent does not approve it.",
    mechanism: [
      "functions/exchange/approvals/use-approval.ts#useApproval",
      "functions/core/approvals/excluded-people.ts#excludedPeople",
    ],
    attacks: [
      {
        test: "test/path/approvals/approvals.test.ts > I9b: what is vended is what was approved > an approval is void with",
        without: {
          file: "functions/exchange/approvals/use-approval.ts",
          find: "if (changed.length === 0) return;",
          put: "return;",
        },
      },
      {
        test: "test/path/approvals/decide.test.ts > POST /v1/approvals/{approval}/decide > I9a: refuses the shaper of an agent above",
        without: {
          file: "functions/core/approvals/excluded-people.ts",
          find: "people: [...persons, ...shapers.filter((person) => person !== undefined)],",
          put: "people: [],",
        },
      },
    ],
    events: [
      "approval.asked",
      "approval.voted",
      "approval.denied",
      "approval.withdrawn",
      "approval.standing",
      "approval.used",
      "approval.reviewed",
      "approval.void",
      "issuer.key_seen",
    ],
    yours: "Ask few people, for few things: an approver who gets a hundred requests a day approves them all.",
  },
  ASI10: {
    title: "Rogue Agents",
    verdict: "partly",
    claim:
      "Suspending an agent ends everything that it has: tasks, tokens, keys at AWS, and the tasks of its sub-agents. What a key was used for is compared with what was granted; rules E1, E2, E4 and E6 can suspend the agent, where valetkey.json says so.",
    mechanism: ["functions/steps/agents/suspend-agent.ts#suspendAgent", "functions/intake/contain.ts#contain"],
    attacks: [
      {
        test: "test/hostile/injected-agent.test.ts > an agent under prompt injection > keeps nothing once its agent is suspended",
        without: {
          file: "functions/steps/agents/suspend-agent.ts",
          find: "const { ended } = await endTasksOf(agent.id, by, ports);",
          put: "const ended: readonly TaskPath[] = [];",
        },
      },
      {
        test: "test/path/escalation.test.ts > an escalation > whose response is suspend_agent",
        without: {
          file: "functions/intake/contain.ts",
          find: "if (agent) await suspendAgent(agent, by, ports, { reportedAt: at });",
          put: "",
        },
      },
    ],
    events: ["agent.suspended", "agent.resumed", "escalation.detected", "role.policy_written", "task.ended"],
    yours: "Choose the responses of the escalation rules in `valetkey.json`; all of them are alarms until you do.",
    limits:
      "Rules see a call when CloudTrail delivers it, minutes later. The other rules end tasks, cool an agent down or ring.",
  },
};
