import { afterAll, vi } from "vitest";

/**
 * Runs before each test file, since the files share a process and the modules that they import. What a file does to the
 * process is undone after it; what it does to a module of ours it has to undo itself.
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
