import type { Log } from "../../core/ports.ts";

/** One JSON line for each request, on standard output, where Lambda takes it to the function's log group. */
export const stdoutLog: Log = {
  write: (entry) => {
    process.stdout.write(`${JSON.stringify(entry)}\n`);
  },
};
