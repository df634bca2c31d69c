import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { describe, expect, it } from "vitest";
import { helpAsTyped, ownCommand } from "../../../client/own-command.ts";

const folderWith = (file: string, under = "bin"): string => {
  const folder = join(mkdtempSync(join(tmpdir(), "valetkey-path-")), under);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, file), "");
  return folder;
};
const pathOf = (...folders: readonly string[]) => ({ PATH: folders.join(delimiter) });

describe("the command of a message", () => {
  it("is started by npx where no shell finds it", () => {
    expect(ownCommand(pathOf(folderWith("ls"), ""))).toBe("npx valetkey");
    expect(ownCommand({})).toBe("npx valetkey");
  });

  it.each(["valetkey", "valetkey.cmd"])("is spelled without npx where %s is installed for the machine", (file) => {
    expect(ownCommand(pathOf(folderWith("ls"), folderWith(file)))).toBe("valetkey");
  });

  it("is started by npx where only npm's own folder has it, which no shell of the user searches", () => {
    expect(ownCommand(pathOf(folderWith("valetkey", "node_modules/.bin")))).toBe("npx valetkey");
  });

  it("is spelled so in the examples of a help, and not where a sentence names it", () => {
    const help =
      "valetkey use [name]\n\n  --forget <name>  as valetkey use lists it\n\n  valetkey use\n  A=b npx valetkey use && valetkey tasks\n  source <(valetkey completion bash)\n";
    process.env.PATH = folderWith("ls");
    expect(helpAsTyped(help)).toBe(
      "valetkey use [name]\n\n  --forget <name>  as valetkey use lists it\n\n  npx valetkey use\n  A=b npx valetkey use && npx valetkey tasks\n  source <(npx valetkey completion bash)\n",
    );
    process.env.PATH = folderWith("valetkey");
    expect(helpAsTyped("  A=b npx valetkey use\n")).toBe("  A=b valetkey use\n");
  });
});
