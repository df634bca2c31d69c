/** Time between two checks for npm's shell; milliseconds. */
const LOOK_MS = 250;
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Calls back once when this process has to end: at a signal, or after the end of npm's shell. npm sends a signal to
 * that shell, which ends and does not pass the signal on.
 * @param isUnderNpm false for a process that may outlive its parent.
 */
export function onShutdown(end: () => void, isUnderNpm = process.env.npm_lifecycle_event !== undefined): void {
  let isCalled = false;
  const endOnce = (): void => {
    if (isCalled) return;
    isCalled = true;
    clearInterval(looking);
    end();
  };
  const shell = process.ppid;
  const look = (): void => {
    if (process.ppid !== shell) endOnce();
  };
  const looking = setInterval(isUnderNpm ? look : () => undefined, LOOK_MS).unref();
  for (const signal of SIGNALS) process.once(signal, endOnce);
}
