import { SignatureV4 } from "@smithy/signature-v4";
import { environmentKeys } from "./environment-keys.ts";
import { Sha256 } from "./sha256.ts";

/** Makes the SDK's own signer (AWS Signature Version 4), with the credentials of this function's role. */
export const signerOf = (service: string, region: string): SignatureV4 =>
  new SignatureV4({
    ...{ service, region, sha256: Sha256 },
    credentials: async () => environmentKeys(),
    // Services other than S3 read the hash of the body from the signature alone.
    applyChecksum: false,
  });
