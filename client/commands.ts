import type { Reporter } from "./reporter.ts";

/** One command of `valetkey`. What it needs is loaded when it runs, so that the others start without it. */
export interface Command {
  readonly usage: string;
  readonly summary: string;
  readonly help: () => Promise<string>;
  /** Returns the exit code. */
  readonly run: (argv: readonly string[], env: NodeJS.ProcessEnv, report: Reporter) => Promise<number>;
}

const help = () => import("./help.ts");

export const COMMANDS: Readonly<Record<string, Command>> = {
  exec: {
    usage: 'exec --purpose "..." --allow action=arn -- command ...',
    summary: "run a command with a task's credentials",
    help: async () => (await help()).EXEC_HELP,
    run: async (argv, env, report) => {
      if (argv.slice(0, argv.indexOf("--")).includes("--narrow")) {
        const [{ narrow }, { parseNarrow }] = await Promise.all([import("./narrow.ts"), import("./narrow-options.ts")]);
        return narrow(parseNarrow(argv, env), env, report);
      }
      const [{ exec }, { parseExec }] = await Promise.all([import("./exec.ts"), import("./exec-options.ts")]);
      return exec(parseExec(argv, env), env, report);
    },
  },
  "credential-process": {
    usage: "credential-process ...",
    summary: "print a credential for ~/.aws/config",
    help: async () => (await help()).CREDENTIAL_PROCESS_HELP,
    run: async (argv, env, report) => (await import("./credential-process.ts")).credentialProcess(argv, env, report),
  },
  env: {
    usage: "env ...",
    summary: "print credentials as variables for a shell",
    help: async () => (await help()).ENV_HELP,
    run: async (argv, env, report) => (await import("./print-env.ts")).printEnv(argv, env, report),
  },
  serve: {
    usage: "serve --token-out file ...",
    summary: "serve credentials on loopback, as a sidecar",
    help: async () => (await help()).SERVE_HELP,
    run: async (argv, env, report) => (await import("./serve.ts")).serve(argv, env, report),
  },
  policy: {
    usage: "policy check | test | explain | diff",
    summary: "the workbench for policies; runs in a checkout of valetkey",
    help: async () => "",
    run: async (argv) => (await import("./policy.ts")).runPolicy(argv),
  },
};

/** What `valetkey --help` prints. */
export const overview = (): string => {
  const width = Math.max(...Object.values(COMMANDS).map(({ usage }) => usage.length));
  const lines = Object.values(COMMANDS).map(({ usage, summary }) => `  valetkey ${usage.padEnd(width)}  ${summary}`);
  return `valetkey: credentials for one task, and no longer

${lines.join("\n")}
  valetkey help <command>    every option, with examples
  valetkey --version
`;
};
