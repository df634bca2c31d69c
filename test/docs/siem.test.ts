import { describe, expect, it } from "vitest";
import { ocsfOf } from "../../functions/core/siem/ocsf.ts";
import { OCSF_VERSION, SEVERITY } from "../../functions/core/siem/ocsf-event.ts";
import { ocsfFaults } from "../judges/ocsf/ocsf-faults.ts";
import { SAMPLES, sampleOf } from "../unit/core/siem/journal-samples.ts";
import { read, table } from "./pages.ts";

const HUB = { account: "999900001111", region: "eu-central-1" };
const PAGE = read("docs/siem.md");

describe("docs/siem.md", () => {
  it("has each type of event as it is mapped, and no other", () => {
    const severities = new Map<number, string>(Object.entries(SEVERITY).map(([name, id]) => [id, name]));
    const mapped = SAMPLES.map((event) => {
      const { class_name, class_uid, activity_name, activity_id, severity_id } = ocsfOf(event, HUB);
      return [`\`${event.type}\``, class_name, class_uid, activity_name, activity_id, severities.get(severity_id)].map(
        String,
      );
    });
    expect(table(PAGE, "| event | class |")).toEqual(mapped);
  });

  it("shows an event as it is put, valid by OCSF's own schema", () => {
    const [, text = ""] = /A refusal:\n\n```json\n([^`]*)```/.exec(PAGE) ?? [];
    const shown: unknown = JSON.parse(text);
    expect(shown).toEqual(JSON.parse(JSON.stringify(ocsfOf(sampleOf("task.refused"), HUB))));
    expect(ocsfFaults(shown as { class_uid: number })).toEqual([]);
  });

  it("names the version of OCSF", () => {
    expect(PAGE).toContain(`OCSF ${OCSF_VERSION}`);
  });
});
