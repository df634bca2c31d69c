import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { freeRow } from "../../local/emulator/free-ports.ts";
import { Browser } from "../../local/issuer/browser.ts";
import { FIRST_PORT, portsFrom } from "../../local/ports.ts";
import { PARTS } from "./steps.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const FOLDER = join(ROOT, "build", "first-five-minutes");
const COUNT = Object.keys(portsFrom(FIRST_PORT)).length;

const HEAD = `# The first five minutes

What somebody sees who follows the [README](../../README.md) from a fresh clone. \`npm run transcript\` runs these
commands and writes this page; with \`-- --check\`, as CI does, it compares what they print. What is left out is
marked \`[...]\`.
`;

/** Begins the acts that only the whole tour has. */
const SIXTH_ACT = "6. ";
const OTHER_ACTS = "Nine more acts follow with `--tour all`:";

/** Runs the whole guided tour and the commands after it, on free ports. Returns a page with their output, in which the ports are the usual ones. */
export async function transcript(): Promise<string> {
  const [first = 0] = await freeRow(COUNT);
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  const args = ["local/start.ts", "--tour", "all", "--first-port", String(first)];
  const tour = spawn(process.execPath, args, { cwd: ROOT });
  try {
    const printed = await textUntil(tour, "Still serving");
    const at = printed.indexOf(`\n${SIXTH_ACT}`) + 1;
    const parts = [
      `${HEAD}\n${console(["npm ci && npm start"], `[...]\n${printed.slice(0, at)}[...]`)}`,
      `${OTHER_ACTS}\n\n${console(["npm start -- --tour all"], `[...]\n${printed.slice(at)}[...]`)}`,
    ];
    const shell = new Shell(first);
    for (const { prose, commands } of PARTS) {
      const shown: string[] = [];
      for (const command of commands) shown.push(`$ ${command}\n${await shell.run(command)}`);
      parts.push(`${prose}\n\n\`\`\`console\n${shown.join("")}\`\`\`\n`);
    }
    shell.close();
    return usual(parts.join("\n"), first);
  } finally {
    tour.kill("SIGTERM");
    if (tour.exitCode === null) await once(tour, "exit");
  }
}

const console = (commands: readonly string[], output: string): string =>
  `\`\`\`console\n${commands.map((each) => `$ ${each}\n`).join("")}${output}\n\`\`\`\n`;

/** Replaces the ports in a text by the usual ones, and cuts the long query of a sign-in's address. */
const usual = (text: string, first: number): string =>
  text
    .replace(/(127\.0\.0\.1(?::|%3A))(\d+)/g, (whole, host: string, port: string) => {
      const at = Number(port) - first;
      return at >= 0 && at < COUNT ? `${host}${FIRST_PORT + at}` : whole;
    })
    .replace(/(people\/auth\?)\S+/g, "$1[...]")
    .replaceAll(join(FOLDER, "config"), "~/.config");

function textUntil(tour: ReturnType<typeof spawn>, end: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    tour.stdout?.on("data", (chunk) => {
      text += String(chunk);
      if (text.includes(end)) resolve(text.slice(0, text.indexOf(end)));
    });
    tour.once("exit", () => reject(new Error(`npm start ended:\n${text}`)));
  });
}

/** Line that ends a command's output. */
const END = "--first-five-minutes--";

/** Shell of a user whose machine has no AWS key and no login. Signs in as Alice on each sign-in page that a command prints. */
class Shell {
  readonly #first: number;
  readonly #bash;
  #text = "";

  constructor(first: number) {
    this.#first = first;
    const PATH = [join(ROOT, "node_modules", ".bin"), process.env.PATH].join(delimiter);
    const env = { PATH, HOME: FOLDER, XDG_CONFIG_HOME: join(FOLDER, "config"), AWS_EC2_METADATA_DISABLED: "true" };
    this.#bash = spawn("bash", ["--noprofile", "--norc"], { cwd: FOLDER, env });
    this.#bash.stdout.on("data", (chunk) => (this.#text += String(chunk)));
    this.#bash.stdin.write(`exec 2>&1\nnpx() { shift; node '${ROOT}client/valetkey.ts' "$@"; }\n`);
  }

  async run(command: string): Promise<string> {
    const [from, signedIn] = [this.#text.length, new Set<string>()];
    const here = command.replace(
      /(127\.0\.0\.1:)(\d+)/g,
      (_, host, port) => host + (Number(port) - FIRST_PORT + this.#first),
    );
    this.#bash.stdin.write(`${here}\necho ${END}\n`);
    for (;;) {
      const text = this.#text.slice(from);
      if (text.endsWith(`${END}\n`)) return text.slice(0, -END.length - 1);
      const [, page] = /open this address in a browser on this machine: (\S+)\n/.exec(text) ?? [];
      if (page !== undefined && !signedIn.has(page)) {
        signedIn.add(page);
        const browser = new Browser();
        await browser.open(page);
        await browser.submit({ person: "person:alice" });
      }
      await once(this.#bash.stdout, "data");
    }
  }

  close(): void {
    this.#bash.stdin.end();
  }
}
