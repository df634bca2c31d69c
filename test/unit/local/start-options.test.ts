import { expect, it } from "vitest";
import { HELP, startOptions } from "../../../local/start-options.ts";

it.each<readonly [args: readonly string[], isWhole: boolean, isOnce: boolean]>([
  [[], false, false],
  [["--tour", "all"], true, false],
  [["--once"], true, true],
  [["--once", "--tour", "all"], true, true],
])("npm start -- %j: all acts %s, ends after them %s", (args, isWhole, isOnce) => {
  expect(startOptions(args)).toMatchObject({ isWhole, isOnce });
});

it("serves on the ports from the first one on, and delays nothing unless an option says so", () => {
  expect(startOptions([])).toMatchObject({ iamActsAfterMs: 0, trailAfterMs: 0, ports: { api: 4565, console: 4570 } });
  const given = ["--first-port", "5565", "--late-iam", "4000", "--late-trail", "5000"];
  expect(startOptions(given)).toMatchObject({
    iamActsAfterMs: 4_000,
    trailAfterMs: 5_000,
    ports: { api: 5_565, console: 5_570 },
  });
});

it.each([
  [["--tour", "five"], "--tour takes"],
  [["--late-iam", "soon"], "--late-iam takes milliseconds"],
  [["--late-iam", "-1"], "--late-iam takes milliseconds"],
  [["--late-trail", "20001"], "20000 at most"],
  [["--first-port", "1023"], "a port from 1024"],
  [["--first-port", "65531"], "a port from 1024"],
])("refuses %j, and says what the option takes", (args, says) => {
  const flat = args.length === 2 ? [`${args[0]}=${args[1]}`] : args;
  expect(startOptions(flat)).toEqual({ fault: expect.stringContaining(says) });
});

it.each([
  [
    ["--first-prot", "19400"],
    "--first-prot is unknown; did you mean --first-port? npm start -- --help lists the options",
  ],
  [["all"], "an argument is not an option; npm start -- --help shows an example"],
  [["--first-port"], "an option lacks its value"],
])("refuses %j with a sentence", (args, says) => {
  expect(startOptions(args)).toEqual({ fault: expect.stringContaining(says) });
});

it("help names every option", () => {
  expect(startOptions(["-h"])).toBe("help");
  for (const option of ["--tour all", "--once", "--late-iam", "--late-trail", "--first-port"])
    expect(HELP).toContain(option);
});
