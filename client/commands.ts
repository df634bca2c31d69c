import type { OperatorCommand } from "./operate/operator.ts";
import type { Reporter } from "./reporter.ts";

/** Groups of commands, in the order of `valetkey --help`. */
const GROUPS = {
  agent: "For agents: credentials for one task",
  session: "For operators: signing in",
  tasks: "Tasks",
  agents: "Agents",
  people: "People and approvals",
  incident: "Incidents",
  policy: "Policies and audit",
  platform: "The platform",
} as const;

type Group = keyof typeof GROUPS;

/** Command of `valetkey`. Loads its dependencies only when it runs, so that other commands start without them. */
export interface Command {
  readonly group: Group;
  readonly usage: string;
  readonly summary: string;
  readonly help: () => Promise<string>;
  /** Returns the exit code. */
  readonly run: (
    argv: readonly string[],
    env: NodeJS.ProcessEnv,
    report: Reporter,
    version: () => string,
  ) => Promise<number>;
}

const help = () => import("./commands/help.ts");

/** Makes a command for operators: it uses the operator's own token and has its own help page. */
const operated = (
  group: Group,
  usage: string,
  summary: string,
  name: keyof typeof import("./operate/help.ts").OPERATOR_HELP,
  load: () => Promise<OperatorCommand>,
): Command => ({
  group,
  usage,
  summary,
  help: async () => (await import("./operate/help.ts")).OPERATOR_HELP[name],
  run: async (argv, env, report) => {
    // Agents may run doctor too, whose first checks need no token.
    if (name !== "doctor") (await import("./refuse-inside-task.ts")).refuseInsideTask(env);
    return (await load())(argv, env, report);
  },
});

export const COMMANDS: Readonly<Record<string, Command>> = {
  exec: {
    group: "agent",
    usage: 'exec --purpose "..." --allow action=arn -- command ...',
    summary: "run a command with a task's credentials",
    help: async () => (await help()).EXEC_HELP,
    run: async (argv, env, report) => {
      if (argv.slice(0, argv.indexOf("--")).includes("--narrow")) {
        const [{ narrow }, { parseNarrow }] = await Promise.all([
          import("./commands/narrow.ts"),
          import("./commands/narrow-options.ts"),
        ]);
        return narrow(parseNarrow(argv, env), env, report);
      }
      const [{ exec }, { parseExec }] = await Promise.all([
        import("./commands/exec.ts"),
        import("./commands/exec-options.ts"),
      ]);
      return exec(parseExec(argv, env), env, report);
    },
  },
  delegate: {
    group: "agent",
    usage: "delegate --to agent --allow action=arn --out file",
    summary: "inside a task: hand on a part of it to a sub-agent",
    help: async () => (await help()).DELEGATE_HELP,
    run: async (argv, env, report) => (await import("./commands/delegate.ts")).delegate(argv, env, report),
  },
  "credential-process": {
    group: "agent",
    usage: "credential-process ...",
    summary: "print a credential for ~/.aws/config",
    help: async () => (await help()).CREDENTIAL_PROCESS_HELP,
    run: async (argv, env, report) =>
      (await import("./commands/credential-process.ts")).credentialProcess(argv, env, report),
  },
  env: {
    group: "agent",
    usage: "env ...",
    summary: "print credentials as variables for a shell",
    help: async () => (await help()).ENV_HELP,
    run: async (argv, env, report) => (await import("./commands/print-env.ts")).printEnv(argv, env, report),
  },
  serve: {
    group: "agent",
    usage: "serve --token-out file ...",
    summary: "serve credentials on loopback, as a sidecar",
    help: async () => (await help()).SERVE_HELP,
    run: async (argv, env, report) => (await import("./commands/serve.ts")).serve(argv, env, report),
  },
  whoami: {
    group: "agent",
    usage: "whoami",
    summary: "show which agent you are to the service, your limits, and what is alive",
    help: async () => (await import("./commands/question-help.ts")).WHOAMI_HELP,
    run: async (argv, env, report) => (await import("./commands/whoami.ts")).whoami(argv, env, report),
  },
  "can-i": {
    group: "agent",
    usage: "can-i action=arn ... | --list",
    summary: "ask what policy would decide, without a task",
    help: async () => (await import("./commands/question-help.ts")).CAN_I_HELP,
    run: async (argv, env, report) => (await import("./commands/can-i.ts")).canI(argv, env, report),
  },
  mcp: {
    group: "agent",
    usage: "mcp [--allow program]",
    summary: "run an MCP server that gives a model's shell an AWS profile",
    help: async () => (await import("./mcp/help.ts")).MCP_HELP,
    run: async (argv, env, report, version) => (await import("./commands/mcp.ts")).mcp(argv, env, report, version()),
  },
  login: operated(
    "session",
    "login [--url address] [--name name]",
    "log in as an operator",
    "login",
    async () => (await import("./operate/sign-in/login.ts")).login,
  ),
  use: operated(
    "session",
    "use [name]",
    "list the deployments by name, or choose one",
    "use",
    async () => (await import("./operate/sign-in/use.ts")).use,
  ),
  logout: operated(
    "session",
    "logout",
    "delete the login",
    "logout",
    async () => (await import("./operate/sign-in/login.ts")).logout,
  ),
  agents: operated(
    "agents",
    "agents [list | due | show | ...]",
    "list and change the registered agents",
    "agents",
    async () => (await import("./operate/agents/agents.ts")).agents,
  ),
  tasks: operated(
    "tasks",
    "tasks [--watch | --ended]",
    "list the live tasks as trees, or the ended ones",
    "tasks",
    async () => (await import("./operate/tasks/tasks.ts")).tasks,
  ),
  revoke: operated(
    "tasks",
    "revoke task",
    "end any task",
    "revoke",
    async () => (await import("./operate/tasks/tasks.ts")).revoke,
  ),
  approvals: operated(
    "people",
    "approvals [show | approve | deny | withdraw] [id]",
    "list and decide the requests for approval",
    "approvals",
    async () => (await import("./operate/approvals/approvals.ts")).approvals,
  ),
  consents: operated(
    "people",
    "consents [show | give | withdraw] [id | agent]",
    "list, give and withdraw your consents to agents",
    "consents",
    async () => (await import("./operate/approvals/consents.ts")).consents,
  ),
  people: operated(
    "people",
    "people end-tasks person",
    "end all tasks that act for a person",
    "people",
    async () => (await import("./operate/approvals/people.ts")).people,
  ),
  receipt: operated(
    "tasks",
    "receipt task | --agent id",
    "show when keys were revoked",
    "receipt",
    async () => (await import("./operate/tasks/receipt.ts")).receipt,
  ),
  find: operated(
    "tasks",
    "find key | arn | task",
    "find the task of a session that CloudTrail names",
    "find",
    async () => (await import("./operate/incident/find.ts")).find,
  ),
  incident: operated(
    "incident",
    "incident agent",
    "suspend an agent, and report what of it can still act",
    "incident",
    async () => (await import("./operate/incident/incident.ts")).incident,
  ),
  secrets: operated(
    "agents",
    "secrets [name | rotate name]",
    "list the managed secrets; rotate one",
    "secrets",
    async () => (await import("./operate/secrets.ts")).secrets,
  ),
  offboard: operated(
    "agents",
    "offboard agent --yes --reason text",
    "end everything an agent ever had",
    "offboard",
    async () => (await import("./operate/agents/offboard.ts")).offboard,
  ),
  panic: operated(
    "incident",
    "panic --reason text --yes",
    "stop everything at once",
    "panic",
    async () => (await import("./operate/incident/panic.ts")).panic,
  ),
  escalations: operated(
    "incident",
    "escalations [--agent id | --task id]",
    "list what the escalation rules found and did",
    "escalations",
    async () => (await import("./operate/incident/escalations.ts")).escalations,
  ),
  accounts: operated(
    "incident",
    "accounts [list | halt | retire | lift]",
    "list the target accounts; halt or retire one",
    "accounts",
    async () => (await import("./operate/incident/accounts.ts")).accounts,
  ),
  conditions: operated(
    "incident",
    "conditions [list | set | lift | recheck]",
    "set or lift a freeze, an incident",
    "conditions",
    async () => (await import("./operate/incident/conditions.ts")).conditions,
  ),
  budgets: operated(
    "policy",
    "budgets [name] [--person id | --task id]",
    "show what is spent of the budgets of policy",
    "budgets",
    async () => (await import("./operate/incident/budgets.ts")).budgets,
  ),
  apply: operated(
    "agents",
    "apply -f agents.yaml",
    "make the registered agents match a file",
    "apply",
    async () => (await import("./operate/agents/apply.ts")).apply,
  ),
  "threat-model": operated(
    "policy",
    "threat-model agent",
    "show what an agent, or a thief of its credentials, can reach",
    "threat-model",
    async () => (await import("./operate/models/threat-model.ts")).threatModel,
  ),
  audit: {
    group: "policy",
    usage: "audit verify | show | who-could | bundle",
    summary: "read and verify the signed log of decisions",
    help: async () => (await import("./audit/help.ts")).AUDIT_HELP,
    run: async (argv) => (await import("./commands/audit.ts")).runAudit(argv),
  },
  doctor: operated(
    "platform",
    "doctor",
    "check everything that a task needs to get a key",
    "doctor",
    async () => (await import("./operate/doctor/doctor.ts")).doctor,
  ),
  config: {
    group: "platform",
    usage: "config check",
    summary: "list every fault of valetkey.json and of agents' files",
    help: async () => (await import("./operate/help.ts")).OPERATOR_HELP.config,
    run: async (argv, env, report) => (await import("./operate/doctor/check-config.ts")).checkConfig(argv, env, report),
  },
  completion: {
    group: "platform",
    usage: "completion bash | zsh | fish | powershell",
    summary: "print a completion script for a shell",
    help: async () =>
      "valetkey completion bash | zsh | fish | powershell\n\nExamples\n  source <(valetkey completion bash)\n  valetkey completion powershell | Out-String | Invoke-Expression\n",
    run: async (argv) => (await import("./commands/completion.ts")).completion(argv, Object.keys(COMMANDS)),
  },
  init: {
    group: "platform",
    usage: "init [folder]",
    summary: "make the folder for a deployment of your own",
    help: async () => (await import("./init/help.ts")).INIT_HELP,
    run: async (argv) => (await import("./commands/init.ts")).init(argv),
  },
  policy: {
    group: "policy",
    usage: "policy check | test | explain | diff",
    summary: "check, test, explain and compare policies, in the folder of a deployment",
    help: async () => "",
    run: async (argv) => (await import("./commands/policy.ts")).runPolicy(argv),
  },
};

const EXAMPLES = `Examples
  valetkey exec --purpose "read the weekly report" --allow 's3:GetObject=arn:aws:s3:::acme-data/reports/*' -- aws s3 cp s3://acme-data/reports/weekly.csv -
  valetkey tasks --watch
  valetkey incident report-agent
`;

/** Composes the text of `valetkey --help`: the commands by their groups, and examples. */
export const overview = (): string => {
  const commands = Object.values(COMMANDS);
  const width = Math.max(...commands.map(({ usage }) => usage.length));
  const groups = Object.entries(GROUPS).map(([group, title]) => {
    const own = commands.filter((command) => command.group === group);
    return [title, ...own.map(({ usage, summary }) => `  valetkey ${usage.padEnd(width)}  ${summary}`)].join("\n");
  });
  return `valetkey: credentials for one task, and no longer

${groups.join("\n\n")}

More
  valetkey help <command>    every option, with examples
  valetkey --version

${EXAMPLES}`;
};
