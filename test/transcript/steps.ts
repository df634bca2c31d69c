/** Part of the transcript: prose, and commands that are pasted one after another into one shell. */
export interface Part {
  readonly prose: string;
  readonly commands: readonly string[];
}

const COUNT = `cat > count.mjs <<'END'
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";

const client = new S3Client({ forcePathStyle: true });
for (const Key of ["reports/weekly.csv", "payroll/salaries.csv"]) {
  const lines = async () => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: "acme-data", Key }));
    return (await Body.transformToString()).trim().split("\\n").length;
  };
  console.log(Key, await lines().catch((error) => error.name));
}
END`;

/** Commands for another terminal than the tour's, in the order of the page. */
export const PARTS: readonly Part[] = [
  {
    prose: "In another terminal, what it says to paste:",
    commands: [
      "export AWS_ENDPOINT_URL=http://127.0.0.1:4566 AWS_REGION=us-east-1",
      "export VALETKEY_URL=http://127.0.0.1:4565 VALETKEY_ACCOUNT=111122223333",
      "export VALETKEY_TOKEN_URL='http://127.0.0.1:4567/agents/token?agent=demo'",
      `npx valetkey exec --purpose "read the weekly report" \\
    --allow 's3:GetObject=arn:aws:s3:::acme-data/reports/*' -- aws s3 cp s3://acme-data/reports/weekly.csv -`,
      "aws s3 cp s3://acme-data/reports/weekly.csv -",
    ],
  },
  {
    prose: "A script of one's own, which knows nothing of valetkey:",
    commands: [
      COUNT,
      `npx valetkey exec --purpose "count its lines" --allow 's3:GetObject=arn:aws:s3:::acme-data/reports/*' -- node count.mjs`,
    ],
  },
  {
    prose: "And asking for too much:",
    commands: [
      `npx valetkey exec --purpose "count its lines" --allow 's3:GetObject=arn:aws:s3:::acme-data/*' -- node count.mjs; echo $?`,
    ],
  },
  {
    prose: `Then the other side, an operator's. At a terminal, \`login\` asks whether that is where you sign in; \`--yes\` says so here.
Alice signs in on the page whose address it prints:`,
    commands: ["npx valetkey login --url http://127.0.0.1:4565 --name local --yes"],
  },
  {
    prose: "She ends a task while its command runs:",
    commands: [
      `npx valetkey exec --purpose "a long job" --allow 's3:GetObject=arn:aws:s3:::acme-data/reports/*' -- sleep 300 2> job.log & sleep 5`,
      "npx valetkey tasks --agent demo",
      `npx valetkey revoke "$(npx valetkey tasks --agent demo -o json | grep -o '\\b[a-z0-9]\\{12\\}_' | head -1)" --wait 60`,
      "wait $!; echo $?; cat job.log",
    ],
  },
  { prose: "And where something is wrong, this says what:", commands: ["npx valetkey doctor"] },
];
