import type { Log } from "../../core/ports.ts";

/** Log that writes each entry as one JSON line to standard output, from which Lambda sends it to the function's log group. */
export const stdoutLog: Log = {
  write: (entry) => {
    process.stdout.write(`${JSON.stringify(entry)}\n`);
  },
};
