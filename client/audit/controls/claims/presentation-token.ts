import type { Attack } from "../control.ts";

/** Attack with a presentation token on a task, which two frameworks name. */
export const PRESENTATION_TOKEN: Attack = {
  test: "test/hostile/injected-agent.test.ts > an agent under prompt injection > reaches with its presentation token",
  without: {
    file: "functions/steps/tasks/authenticate-task.ts",
    find: 'if (parsed?.kind !== "vk" || (expected !== undefined && !isSpellingOf(expected, parsed.path)))\n    throw new Refusal(otherwise);\n  const task = await ports.tasks.read(parsed.path);\n  if (\n    !task ||\n    !isOneOf(\n      parsed.hash,\n      task.tokens.map(({ hash }) => hash),\n    )\n  )',
    put: "if (parsed === undefined) throw new Refusal(otherwise);\n  const task = await ports.tasks.read(parsed.path);\n  if (!task)",
  },
};
