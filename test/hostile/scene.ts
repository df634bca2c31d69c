import { type HostileWorld, hostileWorld } from "./hostile-world.ts";
import { type HeldTokens, openedTask } from "./opened-task.ts";

export interface Scene {
  readonly world: HostileWorld;
  /**
   * The task under attack. `sister`: another task of the same agent. `foreign`: one of another agent of the same team.
   */
  readonly own: HeldTokens;
  readonly sister: HeldTokens;
  readonly foreign: HeldTokens;
}

export async function scene(): Promise<Scene> {
  const world = hostileWorld();
  world.addAgent({ id: "agent-of-mesh", bindings: [{ issuer: "mesh", claims: { sub: "agent:meshed" } }] });
  const [own, sister] = [await openedTask(world), await openedTask(world)];
  return { world, own, sister, foreign: await openedTask(world, { issuer: "mesh" }) };
}

/** The text with its last character changed to another of base64url that is valid in its place. */
export const bent = (token: string): string => token.slice(0, -1) + (token.endsWith("A") ? "E" : "A");

/** A person's token, for the operators' routes. */
export const operatorToken = (world: HostileWorld, claims: Readonly<Record<string, unknown>> = {}): string =>
  world.mint({ issuer: "staff", claims: { aud: "https://valetkey.test/operate", ...claims } });
