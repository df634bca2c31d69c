import { hasAwsCli, hasBoto3 } from "../needs.ts";

/**
 * A program as users of one SDK write it. The program reads a granted object and another one, waits, reads the first
 * again, and prints a line for each. Then it prints the credentials of its first and its last read as JSON.
 */
export interface Program {
  readonly sdk: string;
  readonly isThere: boolean;
  readonly command: (arguments_: readonly string[]) => readonly [string, ...string[]];
}

const JAVASCRIPT = `
  import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
  const [Bucket, inside, outside, seconds] = process.argv.slice(1);
  const client = new S3Client({ forcePathStyle: true });
  const read = async (Key) => {
    try { return await (await client.send(new GetObjectCommand({ Bucket, Key }))).Body.transformToString(); }
    catch (error) { return error.name; }
  };
  const held = async () => {
    const { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken } = await client.config.credentials();
    return { AccessKeyId, SecretAccessKey, SessionToken };
  };
  console.log((await read(inside)).trim());
  const first = await held();
  console.log((await read(outside)).trim());
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  console.log((await read(inside)).trim());
  console.log(JSON.stringify({ first, last: await held() }));`;

const PYTHON = `
import boto3, json, sys, time
from botocore.exceptions import ClientError
bucket, inside, outside, seconds = sys.argv[1:]
session = boto3.Session()
s3 = session.client("s3")
def read(key):
    try: return s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode().strip()
    except ClientError as error: return error.response["Error"]["Code"]
def held():
    access_key, secret_key, token = session.get_credentials().get_frozen_credentials()[:3]
    return {"AccessKeyId": access_key, "SecretAccessKey": secret_key, "SessionToken": token}
print(read(inside))
first = held()
print(read(outside))
time.sleep(float(seconds))
print(read(inside))
print(json.dumps({"first": first, "last": held()}))`;

/**
 * The aws command does not print its credentials in its first version. The program reads them where the aws command
 * does.
 */
const KEY = `
  const headers = { authorization: process.env.AWS_CONTAINER_AUTHORIZATION_TOKEN };
  require("node:http").get(process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI, { headers, agent: false }, async (answer) => {
    const { Token, ...keys } = JSON.parse((await answer.setEncoding("utf8").toArray()).join(""));
    console.log(JSON.stringify({ ...keys, SessionToken: Token }));
  });`;
const SHELL = `
  KEY='${KEY}'
  node=$1 bucket=$2 inside=$3 outside=$4 seconds=$5
  read_it() { aws s3api get-object --bucket "$bucket" --key "$1" /dev/stdout --query nothing 2>&1 | grep -oE 'week,orders|AccessDenied' | head -1; }
  key() { "$node" -e "$KEY"; }
  read_it "$inside"
  first=$(key)
  read_it "$outside"
  sleep "$seconds"
  read_it "$inside"
  printf '{"first": %s, "last": %s}' "$first" "$(key)" | tr -d '\\n'`;

/** Programs that retry writing an object until they may, with one client, and print a line for each attempt. */
const PUBLISHES_JAVASCRIPT = `
  import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
  const [Bucket, Key] = process.argv.slice(1);
  const client = new S3Client({ forcePathStyle: true });
  for (;;) {
    try { await client.send(new PutObjectCommand({ Bucket, Key, Body: "week,orders\\n" })); break; }
    catch (error) { console.log("not yet:", error.name, error.message); }
    await new Promise((resolve) => setTimeout(resolve, 2_000));
  }
  console.log("written");`;

const PUBLISHES_PYTHON = `
import boto3, sys, time
from botocore.exceptions import BotoCoreError
session = boto3.Session()
while True:
    try:
        session.client("s3").put_object(Bucket=sys.argv[1], Key=sys.argv[2], Body=b"week,orders\\n")
        break
    except BotoCoreError as error:
        print("not yet:", type(error).__name__, error, flush=True)
    time.sleep(2)
print("written")`;

export const publishingPrograms = (): readonly Program[] => [
  {
    sdk: "the JavaScript SDK",
    isThere: true,
    command: (args) => [process.execPath, "--input-type=module", "-e", PUBLISHES_JAVASCRIPT, ...args],
  },
  { sdk: "boto3", isThere: hasBoto3(), command: (args) => ["python3", "-c", PUBLISHES_PYTHON, ...args] },
];

export const programs = (): readonly Program[] => [
  {
    sdk: "the JavaScript SDK",
    isThere: true,
    command: (args) => [process.execPath, "--input-type=module", "-e", JAVASCRIPT, ...args],
  },
  { sdk: "boto3", isThere: hasBoto3(), command: (args) => ["python3", "-c", PYTHON, ...args] },
  {
    sdk: "the aws command",
    isThere: hasAwsCli(),
    command: (args) => ["sh", "-c", SHELL, "sh", process.execPath, ...args],
  },
];
