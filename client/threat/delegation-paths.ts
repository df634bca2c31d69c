import { ON_BEHALF_SECONDS, TASK_SECONDS, TOKEN_LIMITS, TREE_LIMITS } from "../../contract/limits.ts";
import { PARTIES_TO_SUSPEND, PAUSE_SECONDS } from "../../functions/core/escalation/pause.ts";
import { type PathModel, pathModel } from "./path-model.ts";
import { timeInWords } from "./time-in-words.ts";

const { depth, children, pending } = TREE_LIMITS;

/** Models of the ways to act with rights of somebody else, by their names. */
const PATHS = {
  "sub-agent": () =>
    pathModel("delegation", {
      path: "delegation-sub-agent",
      title: "an agent that delegates to a sub-agent",
      source: "client/threat/delegation-paths.ts",
      described: "docs/reference/sub-agents.md",
      edges: [
        { who: "parent", what: "task token, for a delegation token", whom: "exchange" },
        { who: "parent", what: "delegation token", whom: "sub-agent" },
        { who: "sub-agent", what: "delegation token and its own OIDC token", whom: "exchange" },
        { who: "exchange", what: "a task below the parent's", whom: "sub-agent" },
      ],
      decided: [
        "each pair for the sub-agent, with the depth and the chain of agents above (context.delegation)",
        "each pair within what every task above holds, and within the details of the delegation",
        "no approval: where policy asks for one, the sub-agent's request is refused, and none is inherited",
      ],
      attackers: [
        {
          who: "a thief of a delegation token",
          can: "Nothing with it alone. The use by another agent than the one that it names is refused, and is the escalation E7.",
          cannot: "Open a task without the named sub-agent's own OIDC token, or use the token twice.",
          seconds: TASK_SECONDS.most,
        },
        {
          who: "a parent that turns",
          can: "Hands any part of what it holds to any registered agent, as far as policy permits that agent the same.",
          cannot: `Give more than it holds, for longer than its own task lives, more than ${depth} levels below a root, or to more than ${children} live tasks at a time.`,
          seconds: TASK_SECONDS.most,
        },
        {
          who: "a program under valetkey exec, in the parent's name",
          can: "Hands parts of the task to the agents that --delegate-to names, and to nobody without it.",
          cannot: "Get the task token, delegate to another agent, or delegate from under --narrow or a further exec.",
          seconds: TASK_SECONDS.most,
        },
        {
          who: "a sub-agent that turns",
          can: "Uses what its task was granted, and delegates it on.",
          cannot: "Reach what its parent does not hold, or outlive its parent.",
          seconds: TASK_SECONDS.most,
        },
      ],
      ends: [
        "The end of a task ends everything below it: nothing is issued any more, and AWS denies the sessions of the whole tree by one name.",
        `A delegation token ends with its use, its deadline and its task. A task has ${pending} unused ones at most.`,
        "Suspending an agent ends its tasks, and with them those below.",
      ],
      residual: [
        "What agents tell each other beside valetkey is not seen.",
        "A program of the same user as valetkey exec may read that process's memory, as far as the operating system lets it, and the task token there.",
        "Nothing but policies on the chain says which agent may work for which.",
      ],
    }),
  person: () =>
    pathModel("on_behalf", {
      path: "delegation-person",
      title: "an agent that acts on behalf of a person",
      source: "client/threat/delegation-paths.ts",
      described: "docs/people.md",
      edges: [
        { who: "person", what: "a token of the person's own, whose may_act names the agent", whom: "agent" },
        { who: "agent", what: "the person's token and its own OIDC token", whom: "exchange" },
        { who: "exchange", what: "a task for the person", whom: "agent" },
      ],
      decided: [
        "each pair for the agent, with the person (context.onBehalfOf)",
        "each pair for the person, with the agent (context.actor); what both may is granted",
        "the person's own vote on exactly this request, where a permit has @consent",
      ],
      attackers: [
        {
          who: "a thief of the person's token",
          can: "Nothing with it alone.",
          cannot: "Open a task without the OIDC token of the agent that it names, or operate: its audience is another.",
          seconds: ON_BEHALF_SECONDS.token,
        },
        {
          who: "the agent, under somebody else's prompt",
          can: "Does what both it and the person may, in the person's name, until the task ends.",
          cannot: "Act for another person, go on after the hour, or give a consent: that is a sign-in of the person.",
          seconds: ON_BEHALF_SECONDS.task,
        },
        {
          who: "a person who has a shared agent break a rule of escalation",
          can: `Ends that task, and has the agent refused to that person for ${timeInWords(PAUSE_SECONDS)}.`,
          cannot: `Have the agent suspended for others; that takes ${PARTIES_TO_SUSPEND} people within an hour.`,
          seconds: PAUSE_SECONDS,
        },
        {
          who: "an administrator of the people's issuer",
          can: "Signs in as any of its people, names any agent, and has what both may.",
          cannot: "Get more than policy permits the agent.",
          seconds: null,
        },
      ],
      ends: [
        `The task ends ${timeInWords(ON_BEHALF_SECONDS.task)} after the person's token was issued. The token opens a task for ${timeInWords(ON_BEHALF_SECONDS.token)}.`,
        "valetkey people end-tasks, and the event person.offboard, end every task for the person, sub-agents' included.",
      ],
      residual: [
        "A group that the person lost counts until the task ends.",
        "Two accounts of one human are two people.",
        "Ending the tasks does not keep the person's issuer from signing the person in again.",
      ],
    }),
  "tool-server": () =>
    pathModel("presentation_token", {
      path: "delegation-tool-server",
      title: "an agent that calls a tool server",
      source: "client/threat/delegation-paths.ts",
      described: "docs/recipes/mcp.md",
      edges: [
        { who: "agent", what: "task token, for a presentation token", whom: "exchange" },
        { who: "agent", what: "presentation token", whom: "tool server" },
        { who: "tool server", what: "presentation token and its own OIDC token", whom: "introspection" },
        {
          who: "introspection",
          what: "whether the task lives, and which of this server's tools it may call",
          whom: "tool server",
        },
      ],
      decided: [
        "each tool of the server, for the task and every task above it, at the presentation and again at each introspection",
      ],
      attackers: [
        {
          who: "a thief of a presentation token",
          can: "Calls the granted tools of that one server as this task.",
          cannot: "Show it to another server, to valetkey or to AWS; get a key or a further token.",
          seconds: TASK_SECONDS.most,
        },
        {
          who: "a tool server that turns",
          can: "Learns of the task what concerns this server, and does with its own rights whatever it likes.",
          cannot: "Call AWS as the task, end the task, learn its token, or show the token at another server.",
          seconds: TASK_SECONDS.most,
        },
      ],
      ends: [
        "The token ends with its task, whose end the next introspection tells. The holder can revoke it before (RFC 7009).",
        `A task has ${TOKEN_LIMITS.presentations} of them at a time at most.`,
      ],
      residual: [
        "A tool server that does not introspect each call goes on until it does.",
        "What a tool does with the server's own rights is not seen.",
      ],
    }),
} as const satisfies Readonly<Record<string, () => PathModel>>;

/** Names of the ways to delegate. */
export const DELEGATION_PATHS: readonly string[] = Object.keys(PATHS);

/** Makes the model of a way to delegate; undefined for an unknown name. */
export const delegationModel = (name: string): PathModel | undefined =>
  Object.entries(PATHS).find(([known]) => known === name)?.[1]();
