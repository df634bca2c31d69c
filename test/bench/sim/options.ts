import { parseArgs } from "node:util";

/** Options of a simulation: the day's load, and the capacity. */
export interface SimOptions {
  /** Openings per second, on the day's average. */
  readonly rate: number;
  /** Busiest hour's rate, as a multiple of the average. */
  readonly peak: number;
  /** Mean lifetime of a task (exponential); seconds. */
  readonly lifeSeconds: number;
  /** Task roles in the account's pool. */
  readonly roles: number;
  /** Share of the tasks that are not ended before their deadline. */
  readonly forgotten: number;
  readonly seed: number;
  /** Path of the plot; undefined for none. */
  readonly svg: string | undefined;
  readonly json: boolean;
  /** True measures a task's cost too, which starts the local cloud. */
  readonly cost: boolean;
}

export const HELP = `npm run sim                                    a day of 5 tasks a second of 120 s, over 8 task roles
npm run sim -- --rate 20 --life 30 --roles 16
npm run sim -- --svg day.svg --json

  --rate <tasks/s>      on the day's average; 5
  --peak <times>        the busiest hour against the average; 3
  --life <seconds>      of a task, on average; 120
  --roles <n>           task roles in the account's pool; 8
  --forgotten <part>    tasks that only their deadline ends; 0.05
  --seed <n>            the same seed is the same day; 1
  --svg <file>          a plot of the day
  --no-cost             do not measure what a task costs (that starts the local cloud)
  --json                one JSON document on standard output

One account, one Region. It goes through every second of the day with the deployed code of the revocation policy, and then looks for the
largest load that the account carries, and what to raise next.`;

/** Parses the command line. @throws {RangeError} with a sentence for people. */
export function simOptions(argv: readonly string[]): SimOptions | "help" {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      rate: { type: "string", default: "5" },
      peak: { type: "string", default: "3" },
      life: { type: "string", default: "120" },
      roles: { type: "string", default: "8" },
      forgotten: { type: "string", default: "0.05" },
      seed: { type: "string", default: "1" },
      svg: { type: "string" },
      json: { type: "boolean", default: false },
      "no-cost": { type: "boolean", default: false },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) return "help";
  return {
    rate: number("rate", values.rate, 0.01, 1_000),
    peak: number("peak", values.peak, 1, 20),
    lifeSeconds: number("life", values.life, 1, 43_200),
    roles: whole("roles", values.roles, 1, 100),
    forgotten: number("forgotten", values.forgotten, 0, 1),
    seed: whole("seed", values.seed, 0, 2 ** 31),
    svg: values.svg,
    json: values.json,
    cost: !values["no-cost"],
  };
}

function number(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < least || value > most)
    throw new RangeError(`--${name} takes a number from ${least} to ${most}`);
  return value;
}

function whole(name: string, text: string, least: number, most: number): number {
  const value = number(name, text, least, most);
  if (!Number.isInteger(value)) throw new RangeError(`--${name} takes a whole number`);
  return value;
}
