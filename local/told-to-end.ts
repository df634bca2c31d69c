/** Interval of looking for the shell of npm; milliseconds. */
const LOOK_MS = 250;
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Calls back once this process is to end: by a signal, or because the shell is gone in which npm ran it. npm passes a
 * signal on to that shell, which ends by it and passes on nothing.
 * @param isUnderNpm false for a process that may outlive whoever started it.
 */
export function onceToldToEnd(end: () => void, isUnderNpm = process.env.npm_lifecycle_event !== undefined): void {
  let isTold = false;
  const tell = (): void => {
    if (isTold) return;
    isTold = true;
    clearInterval(looking);
    end();
  };
  const shell = process.ppid;
  const look = (): void => {
    if (process.ppid !== shell) tell();
  };
  const looking = setInterval(isUnderNpm ? look : () => undefined, LOOK_MS).unref();
  for (const signal of SIGNALS) process.once(signal, tell);
}
