import { readDeployment } from "../adapters/files/read-deployment.ts";
import { DeploymentBundle } from "../adapters/files/shipped-files.ts";
import { readIssuerKeys } from "../adapters/http/issuer-keys.ts";
import { KmsSigner } from "../adapters/kms/kms-signer.ts";
import { S3Archive } from "../adapters/s3/s3-archive.ts";
import { stdoutLog } from "../adapters/wiring/stdout-log.ts";
import { parseAnchor } from "../core/archive/anchor.ts";
import { parseLock } from "../core/archive/parse-lock.ts";
import { parseRestored } from "../core/archive/restored.ts";
import { readEnv } from "../env.ts";
import { archive } from "./archive.ts";

const env = readEnv("archive");
const clock = { nowMs: () => Date.now() };
const deployment = readDeployment(new DeploymentBundle(env.VALETKEY_DEPLOYMENT));
const place = parseAnchor(env.VALETKEY_ARCHIVE_ANCHOR);
const ports = {
  store: new S3Archive(env.VALETKEY_ARCHIVE, { lock: { ...parseLock(env.VALETKEY_ARCHIVE_LOCK), clock } }),
  signer: new KmsSigner(env.VALETKEY_ARCHIVE_KEY),
  origin: env.VALETKEY_ARCHIVE_ORIGIN,
  restored: parseRestored(env.VALETKEY_RESTORED_AT),
  anchor: place && new S3Archive(place.bucket, { place }),
  readIssuerKeys: () => readIssuerKeys(deployment, stdoutLog),
  known: new Set<string>(),
  clock,
  log: stdoutLog,
};

export const handler = () => archive(ports);
