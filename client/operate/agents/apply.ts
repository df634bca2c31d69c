import { addressOf } from "../../../contract/address.ts";
import { plainLine } from "../../../contract/decision/plain-line.ts";
import { secondsIn } from "../../duration.ts";
import { ClientError } from "../../exit-codes.ts";
import { checkoutOf } from "../../files/checkout.ts";
import { ownCommand } from "../../own-command.ts";
import type { Reporter } from "../../reporter.ts";
import { agentWith, findAgent, perform } from "../approvals/perform.ts";
import { differentFields } from "../is-same.ts";
import { type OperatorCommand, operatorOf } from "../operator.ts";
import type { OperatorApi } from "../operator-api.ts";
import { parseOperator, readText } from "../operator-options.ts";
import { joined, type Shown, shown } from "../print/shown.ts";
import { coloured } from "../print/table.ts";
import { type Fault, loadAgentsReader, type WantedAgent } from "./load-agents.ts";
import { namesPerson } from "./names-person.ts";
import { rehearsed, type Step } from "./rehearse-steps.ts";

type Body = Readonly<Record<string, unknown>>;

/**
 * Runs `valetkey apply -f agents.yaml [--yes]`: checks the file, shows what it would change, and with --yes changes it. Exit code 3 where something would
 * change. Agents that the file does not name stay as they are. Only `valetkey offboard` ends an agent for good, never a missing line.
 */
export const apply: OperatorCommand = async (argv, env, report) => {
  const options = parseOperator("apply", argv, env, ["file", "yes", "config"]);
  const { file, yes = false, config } = options.option;
  if (file === undefined) throw usage(`name the file: ${ownCommand()} apply -f agents.yaml`);
  const wanted = await wantedAgents(file, { url: options.url, configFile: checkoutOf({ config }, env).config }, report);
  const { api, print } = await operatorOf(options, env);
  const compared: Step[] = [];
  for (const each of wanted) compared.push(...(await report.patiently("comparing", stepsFor(each, api))));
  for (const { agent } of wanted)
    if (typeof agent.owner === "string" && !namesPerson(agent.owner))
      report.note("owner", ownerNote(String(agent.id), agent.owner));
  const lacking = compared.flatMap(({ lacks = [] }) => lacks);
  if (lacking.length > 0) throw faulty(lacking, file);
  const steps = await report.patiently("rehearsing", rehearsed(compared, api));
  const isImpossible = steps.some(({ sign }) => sign === "!");
  const changes = steps.filter(({ run }) => run !== undefined);
  const says = (states: readonly StepState[]) => ({
    plan: steps.map(({ sign, agent, says, takesVote, refused }, at) => ({
      sign,
      agent,
      says,
      ...(takesVote ? { takes_vote: true } : {}),
      ...(refused ? { refused } : {}),
      ...(states[at] ? { state: states[at] } : {}),
    })),
    applied: yes && !isImpossible,
    ...(states.length === 0 ? {} : { summary: countsOf(states) }),
  });
  if (isImpossible || !yes || changes.length === 0) {
    print(says([]), () => planned(steps));
    if (isImpossible) throw usage("a step of the plan cannot be done; nothing was changed");
    if (changes.length === 0) report.note("unchanged", "nothing to change");
    else report.note("planned", `${changes.length} to change; give --yes to do it`);
    return changes.length === 0 ? 0 : WOULD_CHANGE;
  }
  const { states, failure } = await carriedOut(steps, api, report);
  print(says(states), () => shown`${planned(steps)}${inWords(states)}\n`);
  if (failure !== undefined) throw failure;
  return 0;
};

/** Exit code where something would change, the same as that of `valetkey policy diff`. */
const WOULD_CHANGE = 3;

/** Outcome of a step; `same` for one that changes nothing. */
type StepState = "done" | "failed" | "not_tried" | "same";

/** Carries out the steps in order, up to the first that fails: later steps may depend on it. */
async function carriedOut(
  steps: readonly Step[],
  api: OperatorApi,
  report: Reporter,
): Promise<{ readonly states: readonly StepState[]; readonly failure?: unknown }> {
  const states: StepState[] = [];
  let failure: unknown;
  for (const { agent, says, run } of steps) {
    if (run === undefined || failure !== undefined) {
      states.push(run === undefined ? "same" : "not_tried");
      continue;
    }
    try {
      await report.patiently(`changing ${agent}`, run(api, report));
      report.note("applied", `${agent}: ${says}: done`);
      states.push("done");
    } catch (error) {
      report.warn("failed", `${agent}: ${says}: failed`);
      failure = error;
      states.push("failed");
    }
  }
  return failure === undefined ? { states } : { states, failure };
}

const countsOf = (states: readonly StepState[]) => {
  const count = (state: StepState) => states.filter((each) => each === state).length;
  return { done: count("done"), failed: count("failed"), not_tried: count("not_tried") };
};

function inWords(states: readonly StepState[]): string {
  const { done, failed, not_tried } = countsOf(states);
  return [`${done} done`, ...(failed + not_tried === 0 ? [] : [`${failed} failed`, `${not_tried} not tried`])].join(
    ", ",
  );
}

/** Reads the file's agents. @throws {ClientError} usage with every fault of the file, each with line and column. */
async function wantedAgents(
  file: string,
  hub: { readonly url: string; readonly configFile: string },
  report: Reporter,
): Promise<readonly WantedAgent[]> {
  const { readAgents, issuers } = await loadAgentsReader(hub);
  const { agents, faults } = readAgents({ text: readText(file), file }, issuers, secondsIn);
  if (faults.length > 0) throw faulty(faults, file);
  if (issuers === undefined)
    report.note(
      "issuers_unknown",
      "whether the issuers exist was not checked here, since the hub's valetkey.json is not in this folder; the hub checks it",
    );
  return agents;
}

const faulty = (faults: readonly Fault[], file: string): ClientError =>
  new ClientError("usage", "file_faulty", `${file} cannot be applied; nothing was changed`, {
    lines: faults.map((fault) => `  ${fault.file}:${fault.line}:${fault.column}: ${fault.message}`),
  });

const ACTIVE = { status: "active" } as const;

/** Makes the act of a step. @param wanted fields that the agent has after the act. */
const doing =
  (agent: string, path: string, body: Body, wanted: Body = body): NonNullable<Step["run"]> =>
  (api, report) =>
    perform({ api, report, act: { path, body } }, agentWith(api, agent, wanted));

/** Lists the steps for one agent. Fields that the file does not state stay as they are. So a missing status does not resume a suspended agent. */
async function stepsFor(
  { agent: { status, ...wanted }, lacks }: WantedAgent,
  api: OperatorApi,
): Promise<readonly Step[]> {
  const agent = String(wanted.id);
  const parameters = { agent };
  const found = await findAgent(api, agent);
  const suspend: Step = {
    sign: "~",
    agent,
    says: "suspend",
    act: ["suspend"],
    run: (to) => to.call("POST /v1/agents/{agent}/suspend", { parameters, body: {} }),
  };
  if (!found) {
    const register: Step = {
      sign: "+",
      agent,
      says: "register",
      act: ["register", wanted],
      run: doing(agent, "/v1/agents", wanted),
      lacks,
    };
    return status === "suspended" ? [register, suspend] : [register];
  }
  if (found.status !== "active" && found.status !== "suspended")
    return [{ sign: "!", agent, says: `is ${found.status}, and its id is never used again` }];
  const different = differentFields(wanted, found);
  const steps: Step[] = [];
  if (different.includes("bindings"))
    return [
      { sign: "!", agent, says: "has other bindings, which cannot be changed: another identity is another agent" },
    ];
  if (different.length > 0) {
    // Sends only the different fields, so that equal bindings are not rewritten.
    const changed = Object.fromEntries(different.map((name) => [name, wanted[name]]));
    const says = `change ${different.join(", ")}`;
    steps.push({
      sign: "~",
      agent,
      says,
      act: ["change", changed],
      run: doing(agent, addressOf("POST /v1/agents/{agent}", parameters), changed),
    });
  }
  if (status === "suspended" && found.status === "active") steps.push(suspend);
  if (status === "active" && found.status === "suspended")
    steps.push({
      sign: "~",
      agent,
      says: "resume",
      act: ["resume"],
      run: doing(agent, addressOf("POST /v1/agents/{agent}/resume", parameters), {}, ACTIVE),
    });
  return steps.length > 0 ? steps : [{ sign: "=", agent, says: "is as the file says" }];
}

/** Writes advice on an owner of the older form. Removes control characters, with which a file could hide lines on a terminal. */
const ownerNote = (agent: string, owner: string): string =>
  plainLine(
    `${agent}: the owner "${owner}" names no person, so that one vote alone approves nothing of it; write owner: "issuer|person", and the address as contact`,
  );

const COLOURS = { "+": "green", "~": "yellow", "=": "dim", "!": "red" } as const;

/** Formats the plan. Removes control characters, with which a file could hide lines of its plan on a terminal. */
const planned = (steps: readonly Step[]): Shown => shown`${joined(steps.map(inLine), "\n")}\n`;

function inLine({ sign, agent, says, takesVote, refused }: Step): Shown {
  const why = refused ? `: ${String(refused.error_description)} (${String(refused.code)})` : "";
  return coloured(`${sign} ${agent}: ${says}${takesVote ? ", with your vote" : ""}${why}`, COLOURS[sign]);
}

const usage = (sentence: string): ClientError => new ClientError("usage", "usage", sentence);
