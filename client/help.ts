import { EXIT_CODES } from "./exit-codes.ts";

export const HELP = `valetkey: credentials for one task, and no longer

  valetkey exec --purpose "..." --allow action=arn -- command ...    run a command with a task's credentials
  valetkey policy check | test | explain | diff                      the workbench for policies; runs in a checkout of valetkey
  valetkey help exec       every option, with examples
  valetkey --version
`;

const exitTable = Object.values(EXIT_CODES).map(([code, meaning]) => `  ${String(code).padEnd(5)}${meaning}`);

export const EXEC_HELP = `valetkey exec [options] -- command [arguments]

Proves who you are, opens a task for what you are about to do, runs the command with credentials for exactly that, and ends the
task when the command ends. The command's AWS SDKs find the credentials by themselves, and renew them while the task lives.

What it is for
  --purpose <text>             1 to 256 characters; required
  --allow <actions>=<arns>     s3:GetObject,s3:ListBucket=arn:aws:s3:::acme-data,arn:aws:s3:::acme-data/*   (repeatable)
  --account <12 digits>        for ARNs without an account (S3) and for "*"; or VALETKEY_ACCOUNT
  --tool <server>=<tools>      tools of a tool server: tickets=read,comment   (repeatable)
  --intent <file.json>         a whole authorization_details array instead, with conditions and all
  --ttl <seconds>              how long the task may last; 900 unless given, 43200 at most

Who you are (an OIDC token; the first of these that is there)
  --token-file <path>          or VALETKEY_TOKEN_FILE
  --token-url <address>        or VALETKEY_TOKEN_URL: a GET answers {"token": "..."}, {"value": "..."} or the token itself
  --token <token>              or VALETKEY_TOKEN. Every user of the machine can read a command line: use a file, or the variable
  GitHub Actions               by itself, in a job with permissions: id-token: write
  --audience <text>            the audience to ask GitHub for; --url unless given; or VALETKEY_AUDIENCE

Where and how
  --url <address>              of valetkey; required; or VALETKEY_URL
  --json                       what we say as one JSON object a line: {"event", "message", ...}
  --quiet                      say only what went wrong
  What we say goes to stderr; stdin and stdout are the command's.

Examples
  valetkey exec --purpose "monthly report" --account 111122223333 \\
    --allow 's3:GetObject=arn:aws:s3:::acme-data/reports/*' -- aws s3 cp s3://acme-data/reports/may.csv .
  valetkey exec --purpose "drain the queue" --ttl 3600 \\
    --allow sqs:ReceiveMessage,sqs:DeleteMessage=arn:aws:sqs:eu-west-1:111122223333:jobs -- python3 worker.py
  valetkey exec --purpose "triage" --intent intent.json --json -- node agent.js

The command's environment
  Without other ways to AWS (keys, profiles, role and token variables, ~/.aws, instance metadata) and without your identity
  (VALETKEY_TOKEN*, ACTIONS_ID_TOKEN_*). Settings such as AWS_REGION and AWS_ENDPOINT_URL stay; those of ~/.aws/config do not.
  VALETKEY_TASK is the task's id. With several accounts the command gets the first; VALETKEY_CREDENTIALS_AWS_1 is the address
  for the second: set AWS_CONTAINER_CREDENTIALS_FULL_URI to it.

Exit codes
  the command's own; 128 + n if signal n ended it; otherwise
${exitTable.join("\n")}
`;
