import { afterAll, vi } from "vitest";

/**
 * Runs before each test file, since the files share a process and its imported modules. A file's changes to the process
 * are reverted after it. A file has to revert its changes to our modules itself.
 */
const env = { ...process.env };
const directory = process.cwd();
const { exitCode } = process;

afterAll(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
  Object.assign(process.env, env);
  process.exitCode = exitCode;
  if (process.cwd() !== directory) process.chdir(directory);
});
