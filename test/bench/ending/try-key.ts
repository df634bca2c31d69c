import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import type { Vended } from "../cloud/bench-agent.ts";

/** Tries a vended key with the call that it is for, and returns AWS's status: 200 or 403. */
export type TryKey = () => Promise<number>;

const PATH = "/acme-data/reports/weekly.csv";
const EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/** Makes the attempt for a key. Signs the request once, since a signature is valid for minutes and signing is not measured. */
export async function keyTrier({ credentials }: Vended, endpoint: string): Promise<TryKey> {
  const [key] = credentials;
  if (!key) throw new Error("the task has no credentials to try");
  const { hostname, port, host } = new URL(endpoint);
  const signer = new SignatureV4({
    service: "s3",
    region: "us-east-1",
    sha256: Sha256,
    uriEscapePath: false,
    credentials: { accessKeyId: key.AccessKeyId, secretAccessKey: key.SecretAccessKey, sessionToken: key.Token },
  });
  const { headers } = await signer.sign({
    method: "GET",
    protocol: "http:",
    hostname,
    port: Number(port),
    path: PATH,
    headers: { host, "x-amz-content-sha256": EMPTY_SHA256 },
  });
  const { host: _host, ...sent } = headers;
  return async () => {
    const answer = await fetch(`${endpoint}${PATH}`, { headers: sent });
    await answer.arrayBuffer();
    return answer.status;
  };
}
