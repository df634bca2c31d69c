import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import { expect, it } from "vitest";
import { signedPost } from "../../../client/doctor/aws/signed-post.ts";

it.each([
  ["of a role", "token"],
  ["of a user", undefined],
])("a POST is signed with the keys %s as AWS's own signer signs it", async (_, sessionToken) => {
  const credentials = {
    accessKeyId: "AKIADOCTOR",
    secretAccessKey: "secret",
    ...(sessionToken === undefined ? {} : { sessionToken }),
  };
  const [region, host, body] = ["eu-west-1", "cloudtrail.eu-west-1.amazonaws.com", '{"Name":"ä"}'];
  const headers = {
    "content-type": "application/x-amz-json-1.1",
    "x-amz-target": "CloudTrail_20131101.GetTrailStatus",
  };
  const at = new Date("2027-01-01T09:30:00.123Z");
  const signer = new SignatureV4({ service: "cloudtrail", region, credentials, sha256: Sha256, applyChecksum: false });
  const theirs = await signer.sign(
    { method: "POST", protocol: "https:", hostname: host, path: "/", headers: { host, ...headers }, body },
    { signingDate: at },
  );
  expect({ host, ...signedPost({ service: "cloudtrail", region, host, headers, body, at }, credentials) }).toEqual(
    theirs.headers,
  );
});
