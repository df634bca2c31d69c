import type { HostileWorld } from "./hostile-world.ts";

/** Everything that was written or requested from STS. Two equal results mean that nothing happened in between. */
export const traces = ({ ports }: HostileWorld) => ({
  tasks: [...ports.tasks.tasks.values()],
  agents: [...ports.agents.agents.values()],
  events: ports.tasks.events.length + ports.agents.events.length,
  sessions: ports.sessions.asked.length,
  counted: ports.rateLimits.writes,
});
