import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { folderSource } from "../client/audit/archive-source.ts";
import { select } from "../client/audit/story.ts";
import { verifyArchive } from "../client/audit/verify-archive.ts";
import { line } from "../client/audit/words.ts";
import type { Cloud } from "./cloud/start-cloud.ts";

/** Results of the tour: each value was observed, none assumed. */
export interface AuditReport {
  readonly audit_verified: boolean;
  readonly tampering_found: boolean;
}

/**
 * Shows an audit: copies the archive, verifies it without AWS, prints one task's story, and finds a changed byte.
 * @param folder folder of the copy.
 */
export async function auditTour(
  cloud: Cloud,
  task: string,
  folder: string,
  say: (text: string) => void,
): Promise<AuditReport> {
  say("8. Each decision is in a signed log that leaves the table. An auditor copies it:");
  await cloud.settled();
  await cloud.hosts.archive.invoke({});
  copyArchive(cloud, folder);
  const verified = await verifyArchive(folderSource(folder));
  say(
    `     npx valetkey audit verify ${folder}\n   -> ${verified.verdict}: ${verified.size} events in ${verified.journals} journals`,
  );
  const story = select(verified.events, { task });
  say(`     npx valetkey audit show ${folder} --task ${task}`);
  for (const event of story) say(`   -> ${line(event)}`);

  say("   Somebody changes one byte of what was refused:");
  const found = await verifyArchive(changedSource(folder));
  say(`   -> ${found.verdict}: ${found.faults[0]?.what}: ${found.faults[0]?.found}`);
  const types = new Set(story.map(({ type }) => type));
  return {
    audit_verified: verified.verdict === "intact" && types.has("task.opened") && types.has("task.ended"),
    tampering_found: found.verdict === "tampered",
  };
}

/** Copies the bucket to a folder, as `aws s3 sync` does. */
function copyArchive(cloud: Cloud, folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  const hub = cloud.aws.admin(cloud.hubAccount);
  const bucket = cloud.scope.archiveBucket;
  for (const key of hub.objectKeys(bucket).filter((each) => !/^(incoming|order)\//.test(each))) {
    mkdirSync(dirname(join(folder, key)), { recursive: true });
    writeFileSync(join(folder, key), hub.getObject(bucket, key)?.body ?? "");
  }
}

/** Archive of a folder, with one letter of the first refusal's reason changed. */
function changedSource(folder: string): ReturnType<typeof folderSource> {
  const source = folderSource(folder);
  const read = async (key: string) => {
    const body = await source.read(key);
    const at = key.startsWith("tile/entries/") ? (body?.indexOf("No policy permits it.") ?? -1) : -1;
    if (!body || at < 0) return body;
    const changed = Buffer.from(body);
    changed.write("My", at);
    return changed;
  };
  return { ...source, read };
}
