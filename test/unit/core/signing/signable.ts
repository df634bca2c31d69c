import type { RequestToSign } from "../../../../functions/core/signing/request.ts";

/** Returns a request to S3 in which nothing forbids a signature, with the given parts in place of its own. */
export const signable = (parts: Partial<RequestToSign>): RequestToSign => ({
  method: "GET",
  host: "bucket.s3.eu-central-1.amazonaws.com",
  path: "/key",
  query: "",
  headers: [],
  payloadHash: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  ...parts,
});
