import { describe, expect, it } from "vitest";
import { fakeWorld } from "../../fakes/world/world.ts";
import { watchWorlds } from "../../harness/watch-worlds.ts";
import { APPROVING, ApprovalScene, permitting } from "./approving.ts";

watchWorlds();

/** Makes a request that needs these votes, of groups that list these people. @returns the alarms that it raised. */
async function rung(votes: string, listed: Readonly<Record<string, readonly string[]>>): Promise<readonly unknown[]> {
  const approvers = (APPROVING.approvers ?? []).map((group) => {
    const persons = listed[group.name];
    return persons ? { ...group, members: { persons } } : group;
  });
  const scene = new ApprovalScene(
    [permitting(`@approval("${votes}")`)],
    fakeWorld({ deployment: { ...APPROVING, approvers } }),
  );
  await scene.waiting();
  return scene.world.lines.filter(({ event }) => event === "approvers_few").map(({ level, why }) => `${level} ${why}`);
}

describe("a request that waits for people who are listed", () => {
  it.each<readonly [string, string, Readonly<Record<string, readonly string[]>>, readonly string[]]>([
    ["is silent where one is to spare", "sre=2", { sre: ["bob", "carol", "dave"] }, []],
    ["rings where nobody is to spare", "sre=2", { sre: ["bob", "carol"] }, ["error nobody to spare"]],
    ["does not count who shaped the agent", "sre", { sre: ["bob", "registrar"] }, ["error nobody to spare"]],
    ["does not count the owner of the agent alone", "sre", { sre: ["bob", "owner"] }, ["error nobody to spare"]],
    ["counts the owner beside others", "sre=2", { sre: ["bob", "carol", "owner"] }, []],
    ["rings where too few may vote", "sre", { sre: ["owner", "registrar"] }, ["error too few may vote"]],
    [
      "counts a person of two groups once",
      "sre,security",
      { sre: ["bob", "eve"], security: ["bob", "eve"] },
      ["error nobody to spare"],
    ],
    ["is silent about a group by claim", "sre=5", {}, []],
    [
      "reports a listed group as far as it can, beside one by claim",
      "sre,security",
      { security: ["bob"] },
      ["error nobody to spare"],
    ],
  ])("%s", async (_, votes, listed, lines) => {
    expect(await rung(votes, listed)).toEqual(lines);
  });
});
