import { describe, expect, it } from "vitest";
import { personTag } from "../../../../functions/core/people/person-tag.ts";
import { PERSON_TAG_PATTERN } from "../../../../functions/names.ts";

const KEY = "k".repeat(43);
const PAT = { issuer: "staff", value: "pat" };

describe("a person's tag", () => {
  it.each([
    // Computed by Python's hmac and base64.b32encode.
    [KEY, PAT, "PBDVELLQIUPL2W5R"],
    [KEY, { issuer: "staff", value: "kim" }, "2SRZ2SMKGM5HCT2C"],
    ["q".repeat(43), PAT, "DVNWWWUZ6CUTRUBS"],
  ])("is 16 characters of the HMAC over issuer and person", (key, person, tag) => {
    expect(personTag(key, person)).toBe(tag);
    expect(tag).toHaveLength(PERSON_TAG_PATTERN.length);
  });

  it("is another one for the same id at another issuer (B5)", () => {
    expect(personTag(KEY, { issuer: "partners", value: "pat" })).not.toBe(personTag(KEY, PAT));
  });
});
