import { hasAwsCli, hasBoto3 } from "../../needs.ts";
import type { Program } from "../programs.ts";

/**
 * Programs that call S3, DynamoDB, SQS, STS and Lambda (REST) as users of an SDK write them, with nothing of
 * valetkey's, and print a line for each call. Three settings, of SQS and of presigned URLs, are those of docs/signing.md. Arguments: bucket, key,
 * file to upload, table, queue, function.
 */
const JAVASCRIPT = `
  import { createReadStream, statSync } from "node:fs";
  import { DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
  import { InvokeCommand, LambdaClient, ListFunctionsCommand } from "@aws-sdk/client-lambda";
  import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
  import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
  import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
  import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
  const [Bucket, Key, large, TableName, QueueUrl, FunctionName] = process.argv.slice(1);
  const show = async (what, work) => console.log(what + ": " + (await work().catch((error) => error.name + ": " + error.message)));
  const [s3, tables, queues, functions] = [new S3Client(), new DynamoDBClient(), new SQSClient({ useQueueUrlAsEndpoint: false }), new LambdaClient()];
  const done = () => "done";
  await show("put", () => s3.send(new PutObjectCommand({ Bucket, Key, Body: "week,orders" })).then(done));
  await show("get", async () => (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body.transformToString());
  const presigned = async () => (await fetch(await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key })))).text();
  await show("presigned", presigned);
  const Body = createReadStream(large);
  const upload = { Bucket, Key: "reports/large", Body, ContentLength: statSync(large).size };
  await show("upload", () => s3.send(new PutObjectCommand(upload)).then(done));
  await show("size", async () => (await s3.send(new HeadObjectCommand({ Bucket, Key: "reports/large" }))).ContentLength);
  const id = { id: { S: "ü" } };
  await show("put item", () => tables.send(new PutItemCommand({ TableName, Item: id })).then(done));
  await show("get item", async () => (await tables.send(new GetItemCommand({ TableName, Key: id }))).Item.id.S);
  await show("send", () => queues.send(new SendMessageCommand({ QueueUrl, MessageBody: "a job" })).then(done));
  await show("receive", async () => (await queues.send(new ReceiveMessageCommand({ QueueUrl }))).Messages[0].Body);
  const caller = async () => (await new STSClient().send(new GetCallerIdentityCommand({}))).Account.length;
  await show("digits of the account", caller);
  await show("functions", async () => (await functions.send(new ListFunctionsCommand({ MaxItems: 5 }))).Functions.length);
  const found = async () => functions.send(new InvokeCommand({ FunctionName })).then(() => "found", ({ name }) => name);
  await show("function", found);`;

const PYTHON = `
import boto3, sys, urllib.request
from botocore.config import Config
from botocore.exceptions import ClientError
bucket, key, large, table, queue, function = sys.argv[1:]
def show(what, work):
    try: print(f"{what}: {work()}")
    except Exception as error: print(f"{what}: {type(error).__name__}: {error}")
s3, tables, queues, functions = (boto3.client(each) for each in ("s3", "dynamodb", "sqs", "lambda"))
show("put", lambda: s3.put_object(Bucket=bucket, Key=key, Body=b"week,orders") and "done")
show("get", lambda: s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode())
presigner = boto3.client("s3", config=Config(signature_version="s3v4"))
url = presigner.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": key})
show("presigned", lambda: urllib.request.urlopen(url).read().decode())
show("upload", lambda: s3.upload_file(large, bucket, "reports/large") or "done")
show("size", lambda: s3.head_object(Bucket=bucket, Key="reports/large")["ContentLength"])
show("put item", lambda: tables.put_item(TableName=table, Item={"id": {"S": "ü"}}) and "done")
show("get item", lambda: tables.get_item(TableName=table, Key={"id": {"S": "ü"}})["Item"]["id"]["S"])
show("send", lambda: queues.send_message(QueueUrl=queue, MessageBody="a job") and "done")
show("receive", lambda: queues.receive_message(QueueUrl=queue)["Messages"][0]["Body"])
show("digits of the account", lambda: len(boto3.client("sts").get_caller_identity()["Account"]))
show("functions", lambda: len(functions.list_functions(MaxItems=5)["Functions"]))
def found():
    try: return functions.invoke(FunctionName=function) and "found"
    except ClientError as error: return error.response["Error"]["Code"]
show("function", found)`;

const SHELL = `
  bucket=$1 key=$2 large=$3 table=$4 queue=$5 function=$6
  show() { what=$1; shift; printf '%s: %s\\n' "$what" "$("$@" 2>&1 | tr -d '\\n')"; }
  done_by() { "$@" > /dev/null && echo done; }
  code() { "$@" 2>&1 | grep -oE 'ResourceNotFoundException' | head -1; }
  put() { printf week,orders | aws s3 cp - "s3://$bucket/$key"; }
  show put done_by put
  show get aws s3 cp "s3://$bucket/$key" -
  printf '[default]\\ns3 =\\n  signature_version = s3v4\\n' > "$HOME/presigning"
  show presigned sh -c 'curl -sS "$(AWS_CONFIG_FILE=$HOME/presigning aws s3 presign "$1")"' sh "s3://$bucket/$key"
  show upload done_by aws s3 cp --quiet "$large" "s3://$bucket/reports/large"
  show size aws s3api head-object --bucket "$bucket" --key reports/large --query ContentLength --output text
  show "put item" done_by aws dynamodb put-item --table-name "$table" --item '{"id": {"S": "ü"}}'
  show "get item" aws dynamodb get-item --table-name "$table" --key '{"id": {"S": "ü"}}' --query Item.id.S --output text
  show send done_by aws --endpoint-url "$AWS_ENDPOINT_URL_SQS" sqs send-message --queue-url "$queue" --message-body "a job"
  show receive aws --endpoint-url "$AWS_ENDPOINT_URL_SQS" sqs receive-message --queue-url "$queue" --query 'Messages[0].Body' --output text
  show "digits of the account" aws sts get-caller-identity --query 'length(Account)' --output text
  show functions aws lambda list-functions --no-paginate --max-items 5 --query 'length(Functions)' --output text
  show function code aws lambda invoke --function-name "$function" /dev/null`;

export const signedPrograms = (): readonly Program[] => [
  {
    sdk: "the JavaScript SDK",
    isThere: true,
    command: (args) => [process.execPath, "--input-type=module", "-e", JAVASCRIPT, ...args],
  },
  { sdk: "boto3", isThere: hasBoto3(), command: (args) => ["python3", "-c", PYTHON, ...args] },
  { sdk: "the aws command", isThere: hasAwsCli(), command: (args) => ["sh", "-c", SHELL, "sh", ...args] },
];

export const LARGE_BYTES = 50 * 1024 * 1024;

/** Lines that each program has to print. */
export const SIGNED_LINES: readonly string[] = [
  ...["put: done", "get: week,orders", "presigned: week,orders", "upload: done", `size: ${LARGE_BYTES}`],
  ...["put item: done", "get item: ü", "send: done", "receive: a job"],
  ...["digits of the account: 12", "functions: 0", "function: ResourceNotFoundException"],
];
