import type { Cloud } from "./cloud/start-cloud.ts";
import type { Credentials } from "./emulator/sessions.ts";

const OTHER_ACTS = `
Eight more acts show a database, people who approve, the signed log, an escalation, tasks for people, a consent, an
account for production, and an outage of IAM: npm start -- --tour all
`;

/**
 * Text with commands to paste into another terminal, in this folder, while `npm start` serves.
 * @param isWhole true where all acts were shown.
 */
export const whatNext = (cloud: Cloud, url: string, publisher: Credentials, isWhole: boolean): string => `${
  isWhole ? "" : OTHER_ACTS
}
Still serving. In another terminal, in this folder:

  export AWS_ENDPOINT_URL=${cloud.aws.endpoint} AWS_REGION=us-east-1
  export VALETKEY_URL=${url} VALETKEY_ACCOUNT=${cloud.targetAccount}
  export VALETKEY_TOKEN_URL='${cloud.agents.tokenUri}?agent=demo'

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

  # a task ends from outside: a pipeline puts an event on the bus (docs/events.md); put a task's id in place of this one
  AWS_ACCESS_KEY_ID=${publisher.accessKeyId} AWS_SECRET_ACCESS_KEY=${publisher.secretAccessKey} \\
    AWS_SESSION_TOKEN=${publisher.sessionToken ?? ""} aws --region us-east-1 events put-events --entries '[{
      "EventBusName": "arn:aws:events:us-east-1:999900001111:event-bus/valetkey", "Source": "valetkey.request", "DetailType": "task.end",
      "Detail": "{\\"version\\":\\"1\\",\\"task\\":\\"k7f3m2q9x4ab.\\",\\"reason\\":\\"the pipeline has finished\\",\\"requested_by\\":\\"ci\\"}" }]'

Logs of the functions: ${cloud.logFile}
End with Ctrl-C.`;
