import { describe, expect, it } from "vitest";
import { BrokenDeployment } from "../../../functions/core/deployment/broken-deployment.ts";
import { digestOf, manifestOf, parseManifest } from "../../../functions/core/deployment/manifest.ts";

const manifest = manifestOf({ "a.json": "a", "b.json": "b" });
const change = (changed: object) => JSON.stringify({ ...manifest, ...changed });

describe("a manifest", () => {
  it("names each file with its digest, and all of them with one hash", () => {
    expect(parseManifest(JSON.stringify(manifest))).toEqual(manifest);
    expect(manifest.files).toEqual({ "a.json": digestOf("a"), "b.json": digestOf("b") });
    expect(manifest.hash).toBe(digestOf(JSON.stringify(manifest.files)));
    expect(digestOf("a")).toBe("ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb");
  });

  it.each<[string, string]>([
    ["is no JSON", '{"canary'],
    ["is no object", "null"],
    ["is another hash's", change({ hash: digestOf("") })],
    ["has no hash", change({ hash: undefined })],
    ["is another file's", change({ files: { ...manifest.files, "a.json": digestOf("b") } })],
    ["names one file less", change({ files: { "a.json": digestOf("a") } })],
    ["names no files", change({ files: undefined, hash: digestOf("undefined") })],
    ["has nothing for files", change({ files: null, hash: digestOf("null") })],
    ["has what is no digest", change({ files: { "a.json": 7 }, hash: digestOf('{"a.json":7}') })],
  ])("is refused where it %s, without a word of it", (_, text) => {
    const broken = new BrokenDeployment("manifest_unreadable", "manifest.json");
    expect(() => parseManifest(text)).toThrow(broken);
  });
});

describe("a broken deployment", () => {
  it("gives the reason and the name, and nothing of the contents", () => {
    const broken = new BrokenDeployment("file_altered", "policies.json");
    expect({ ...broken, message: broken.message }).toEqual({
      name: "BrokenDeployment",
      reason: "file_altered",
      what: "policies.json",
      message: "file_altered: policies.json",
    });
  });
});
