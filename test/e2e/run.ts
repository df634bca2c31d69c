import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { Api } from "./api.ts";
import { approvalStory } from "./approval-story.ts";
import { assumptionsStory } from "./assumptions-story.ts";
import { bootstrap, deployAll, destroyAll } from "./cdk.ts";
import { Checks } from "./checks.ts";
import { DeployedRecord } from "./deployed-record.ts";
import { DeployedSecrets } from "./deployed-secrets.ts";
import { escalationStory } from "./escalation-story.ts";
import { installMinistack } from "./ministack.ts";
import { makeFolder, usePolicies } from "./own-folder.ts";
import { pythonStory } from "./python-story.ts";
import { story } from "./story.ts";
import { HUB, startWorld, TARGET } from "./world.ts";

// A folder made by `valetkey init` with the packed archive installed in it, deployed to an AWS-compatible endpoint on loopback: `npm run e2e`.
const checks = new Checks();
console.log("installing MiniStack into .venv, where it is not there yet");
installMinistack();
console.log("starting two issuers and MiniStack");
const world = await startWorld();
try {
  const { folder, directory } = world.cloud;
  await checks.need("the packed archive is installed in a folder of its own", () => makeFolder(folder, directory));
  await checks.need("the folder's own command finds its policies in order, and each case as expected", async () => {
    writeFileSync(`${folder}/valetkey.json`, JSON.stringify(world.config));
    await usePolicies(folder);
  });
  await checks.need("both accounts are bootstrapped", async () => {
    await bootstrap(world.cloud, HUB);
    await bootstrap(world.cloud, TARGET);
  });
  const endpoint = await checks.need("every stack is deployed, and the hub says where it answers", async () => {
    const outputs = await deployAll(world.cloud, HUB);
    return String(Object.entries(outputs).find(([name]) => name.includes("Endpoint"))?.[1]);
  });
  const record = new DeployedRecord(world.cloud);
  const api = new Api(world.cloud.endpoint, endpoint);
  await pythonStory(checks, world, api, record);
  await approvalStory(checks, world, api, record);
  // The three stories wait, for the minute's rules and for AWS's delays, and share nothing. Side by side they wait
  // once.
  const task = await besides(
    story(checks, world, api, record, new DeployedSecrets(world.cloud)),
    escalationStory(checks, world, api, record),
    assumptionsStory(checks, world),
  );
  await checks.check("every stack is taken away again", () => destroyAll(world.cloud, HUB));
  await checks.check("the journal outlives the stacks", async () => {
    assert.deepEqual(await record.journal(task), ["task.opened", "task.ended"]);
  });
} catch (error) {
  console.error(`stopped: ${String(error)}`);
  // A run that was stopped did not pass.
  checks.failed ||= 1;
} finally {
  await world.stop();
}

/** Waits for all, so that none runs on in a world that is stopped. @throws {unknown} what stopped the first of those that stopped. */
async function besides<T>(one: Promise<T>, ...others: readonly Promise<unknown>[]): Promise<T> {
  await Promise.allSettled([one, ...others]);
  await Promise.all(others);
  return one;
}

console.log(`${checks.passed} passed, ${checks.failed} failed`);
process.exitCode = checks.failed === 0 ? 0 : 1;
