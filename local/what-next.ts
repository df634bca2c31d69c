import { shellQuoted } from "../client/shell-quoting.ts";
import type { Cloud } from "./cloud/start-cloud.ts";
import type { Credentials } from "./emulator/sessions.ts";

const OTHER_ACTS = `
Ten more acts show a database, people who approve, the signed log, an escalation, tasks for people, a consent, an
account for production, an outage of IAM, a change freeze, and rules that remember: npm start -- --tour all
`;

/** Variables of an operator's terminal and of an agent's, by which commands find what `npm start` serves. */
export const terminalOf = (cloud: Cloud, url: string): Readonly<Record<string, string>> => ({
  AWS_ENDPOINT_URL: cloud.aws.endpoint,
  AWS_REGION: cloud.aws.region,
  VALETKEY_URL: url,
  VALETKEY_ACCOUNT: cloud.targetAccount,
  VALETKEY_CONFIG: cloud.configFile,
  VALETKEY_POLICIES: cloud.policiesDir,
  VALETKEY_TOKEN_URL: `${cloud.agents.tokenUri}?agent=demo`,
});

const exported = (cloud: Cloud, url: string): string =>
  Object.entries(terminalOf(cloud, url))
    .map(([name, value]) => `  export ${name}=${shellQuoted(value, "sh")}`)
    .join("\n");

/** Variables that give the AWS SDKs the keys, in front of a command. */
const keysOf = ({ accessKeyId, secretAccessKey, sessionToken = "" }: Credentials): string =>
  `AWS_ACCESS_KEY_ID=${accessKeyId} AWS_SECRET_ACCESS_KEY=${secretAccessKey} \\\n    AWS_SESSION_TOKEN=${sessionToken}`;

/**
 * Text with commands to paste into another terminal, in this folder, while `npm start` serves.
 * @param isWhole true where all acts were shown.
 */
export const whatNext = (
  cloud: Cloud,
  url: string,
  { publisher, auditor }: { readonly publisher: Credentials; readonly auditor: Credentials },
  isWhole: boolean,
): string => `${isWhole ? "" : OTHER_ACTS}
Still serving. In another terminal, in this folder:

${exported(cloud, url)}

  # the AWS CLI, with a key that lives as long as the command
  npx valetkey exec --purpose "read the weekly report" \\
    --allow 's3:GetObject=arn:aws:s3:::acme-data/reports/*' -- aws s3 cp s3://acme-data/reports/weekly.csv -

  # any SDK: this one is JavaScript
  npx valetkey exec --purpose "read the weekly report" \\
    --allow 's3:GetObject=arn:aws:s3:::acme-data/reports/*' -- node --input-type=module -e '
    import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
    const { Body } = await new S3Client({ forcePathStyle: true }).send(
      new GetObjectCommand({ Bucket: "acme-data", Key: "reports/weekly.csv" }));
    console.log(await Body.transformToString());'

  # an operator, in a terminal of their own: open the address that it prints, and sign in as Alice
  npx valetkey login --url ${url} --name local && npx valetkey tasks

  # a person decides: the command waits; open the address that it prints, and sign in as Bob
  npx valetkey exec --purpose "publish the weekly report" \\
    --allow 's3:PutObject=arn:aws:s3:::acme-data/published/weekly.csv' -- \\
    aws s3api put-object --bucket acme-data --key published/weekly.csv --body README.md

  # an auditor: the signed log has what you did above, within two minutes
  ${keysOf(auditor)} npx valetkey audit verify s3://${cloud.scope.archiveBucket}

  # a task ends from outside: a pipeline puts an event on the bus (docs/events.md); put a task's id in place of this one
  ${keysOf(publisher)} aws --region us-east-1 events put-events --entries '[{
      "EventBusName": "arn:aws:events:us-east-1:999900001111:event-bus/valetkey", "Source": "valetkey.request", "DetailType": "task.end",
      "Detail": "{\\"version\\":\\"1\\",\\"task\\":\\"k7f3m2q9x4ab_\\",\\"reason\\":\\"the pipeline has finished\\",\\"requested_by\\":\\"ci\\"}" }]'

Logs of the functions: ${cloud.logFile}
End with Ctrl-C.`;
