import { describe, expect, it } from "vitest";
import { loadedWith } from "./loaded-with.ts";

const READER = "client/operate/tasks/undo/object-versions.ts";

describe("the reader of versions, which loads the SDK of S3", () => {
  it.each(["client/main.ts", "client/operate/tasks/tasks.ts", "client/operate/tasks/undo/undo.ts"])(
    "is not loaded with %s: the plan of the way back alone loads it, at its first use",
    (file) => {
      const loaded = [...loadedWith(file)];
      expect(loaded).toContain(file);
      expect(loaded).not.toContain(READER);
    },
  );

  it("loads what it needs of the client by itself", () => {
    expect([...loadedWith(READER)]).toContain("client/doctor/aws/aws-access.ts");
  });
});
