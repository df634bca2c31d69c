import { EXIT_CODES } from "../exit-codes.ts";
import { KUBERNETES_TOKEN_FILE } from "../identity/find-identity.ts";

const exitTable = Object.values(EXIT_CODES).map(([code, meaning]) => `  ${String(code).padEnd(5)}${meaning}`);

/** Help on the options of every command that opens a task. */
const TASK_OPTIONS = `What it is for
  --purpose <text>             1 to 256 characters; required
  --allow <actions>=<arns>     s3:GetObject,s3:ListBucket=arn:aws:s3:::acme-data,arn:aws:s3:::acme-data/*   (repeatable; all of one account are one set of credentials)
  --account <12 digits>        for ARNs without an account (S3) and for "*"; or VALETKEY_ACCOUNT
  --tool <server>=<tools>      tools of a tool server: tickets=read,comment   (repeatable)
  --intent <file.json>         a whole authorization_details array instead, with conditions and all
  --ttl <time>                 how long the task may last: 900, 15m, 1h; 15m unless given, 12h at most
  --standing <uses>/<window>   where people must approve first: ask them once for so many runs of the same within so long: 5/7d
  --no-wait                    where people must approve first: exit 75 at once. The request waits on; the same command gets it again
  --accept-less                take what policy permits of it, rather than all or nothing (mode=narrow)

Who you are (an OIDC token; the first of these that is there)
  --token-file <path>          or VALETKEY_TOKEN_FILE
  --token-url <address>        or VALETKEY_TOKEN_URL: a GET answers {"token": "..."}, {"value": "..."} or the token itself
  --token-command <line>       or VALETKEY_TOKEN_COMMAND: prints it; {audience} stands for the audience; no shell reads the line
  --token <token>              or VALETKEY_TOKEN. Every user of the machine can read a command line: use a file, or the variable
  GitHub Actions               by itself, in a job with permissions: id-token: write
  GitLab CI                    with id_tokens: VALETKEY_TOKEN: aud: <audience>
  Kubernetes                   a projected token at ${KUBERNETES_TOKEN_FILE}
  SPIFFE                       a JWT-SVID from the Workload API at SPIFFE_ENDPOINT_SOCKET
  AWS                          sts:GetWebIdentityToken in Lambda, ECS and EKS; elsewhere with --identity aws
  --identity <which>           one of github, kubernetes, spiffe, aws, and no other
  --audience <text>            the audience to ask for; --url unless given; or VALETKEY_AUDIENCE

Where and how
  --url <address>              of valetkey; or VALETKEY_URL
  --deployment <name>          one of valetkey use; or VALETKEY_DEPLOYMENT. Without any of these, the one that valetkey use chose
  --json                       what we say as one JSON object a line: {"event", "message", ...}
  --quiet                      say only what went wrong
`;

export const EXEC_HELP = `valetkey exec [options] -- command [arguments]

Proves who you are, opens a task for what you are about to do, runs the command with credentials for exactly that, and ends the
task when the command ends. The command's AWS SDKs find the credentials by themselves, and renew them while the task lives.

${TASK_OPTIONS}
For whom you work
  --on-behalf-of <from>        the token of a person whose may_act names you: a file, an address, env for VALETKEY_PERSON_TOKEN, or
                               login: you sign in, where valetkey login did, for this task alone; nothing of it is kept.
                               The task gets what policy permits you and the person, for an hour at most. A token that is new in the
                               file, or at the address once half of the hour is over, moves the hour, up to --ttl
  What we say goes to stderr; stdin and stdout are the command's.

Inside a task
  --narrow                     run the command with less than this task has: needs --allow or --intent, takes --ttl, asks nobody but
                               AWS (sts:GetScopedCredentials); it ends with the task

Examples
  valetkey exec --purpose "monthly report" --account 111122223333 \\
    --allow 's3:GetObject=arn:aws:s3:::acme-data/reports/*' -- aws s3 cp s3://acme-data/reports/may.csv .
  valetkey exec --purpose "drain the queue" --ttl 3600 \\
    --allow sqs:ReceiveMessage,sqs:DeleteMessage=arn:aws:sqs:eu-west-1:111122223333:jobs -- python3 worker.py
  valetkey exec --purpose "triage" --intent intent.json --json -- node agent.js
  valetkey exec --narrow --account 111122223333 --allow 's3:GetObject=arn:aws:s3:::acme-data/reports/may.csv' -- ./untrusted-plugin

The command's environment
  Without other ways to AWS (keys, profiles, role and token variables, ~/.aws, instance metadata) and without your identity: every VALETKEY_
  variable but VALETKEY_URL, VALETKEY_ACCOUNT and VALETKEY_AUDIENCE (an operator's token goes too), ACTIONS_ID_TOKEN_*, SPIFFE_ENDPOINT_SOCKET.
  What a process of the same user can still reach is files and processes: the login of an operator (~/.config/valetkey/logins.json),
  kept tasks (~/.cache/valetkey), token files, and on Linux the environment of valetkey exec itself (/proc). Run what you do not trust as
  another user, and operate from another account than agents run in. Operators' commands refuse to run inside a task. Settings such as AWS_REGION and AWS_ENDPOINT_URL stay; those of ~/.aws/config do not.
  VALETKEY_TASK is the task's id. With several accounts the command gets the first; VALETKEY_CREDENTIALS_AWS_1 is the address
  for the second: set AWS_CONTAINER_CREDENTIALS_FULL_URI to it.
  A login to PostgreSQL is in PGHOST, PGUSER, PGPASSWORD and so on, a token of GitHub in GH_TOKEN, where there is one of its kind. Each of them, and
  each secret and token of another kind, is the JSON at VALETKEY_CREDENTIALS_POSTGRES_0 (_SECRET_1, ...: type, and place in the intent) for whoever
  sends Authorization: $VALETKEY_CREDENTIALS_TOKEN. They are not renewed.

Exit codes
  the command's own; 128 + n if signal n ended it; otherwise
${exitTable.join("\n")}
`;

export const CREDENTIAL_PROCESS_HELP = `valetkey credential-process [options]

Prints one credential as the credential_process of ~/.aws/config wants it. SDKs start it anew for each of their processes, and some
before every call; the task is kept in a file of your own (0600, in your cache folder), so valetkey is asked once for each credential.
Nothing ends the task but its deadline: choose --ttl accordingly.

${TASK_OPTIONS}  --credential <name>          which of the task's AWS credentials; the first unless given: aws-0

Example, in ~/.aws/config
  [profile reports]
  region = eu-west-1
  credential_process = valetkey credential-process --url https://valetkey.example.com --token-file /run/agent/token
    --purpose "weekly report" --ttl 3600 --account 111122223333 --allow s3:GetObject=arn:aws:s3:::acme-data/reports/*
  (on one line)

Exit codes
${exitTable.join("\n")}
`;

export const ENV_HELP = `valetkey env [options]

Prints a task's credentials as variables for a shell. They are static: for what is over within 15 minutes. Where a command can be
wrapped, valetkey exec is better, since it renews them and ends the task.

${TASK_OPTIONS}  --shell <name>               sh (unless given), fish, powershell
  --credential <name>          which of the task's AWS credentials; the first unless given: aws-0

Example
  eval "$(valetkey env --purpose "look at one file" --ttl 300 --account 111122223333 --allow 's3:GetObject=arn:aws:s3:::acme-data/a')"

Exit codes
${exitTable.join("\n")}
`;

export const SERVE_HELP = `valetkey serve --token-out <file> [options]

A sidecar: serves the AWS SDKs' container-credentials protocol on loopback, to whoever can read the token file, until it gets SIGTERM.
When a task is over it opens the next one of the same intent.

${TASK_OPTIONS}  --port <port>                any free one unless given
  --token-out <file>           where to write the endpoint's token (0600); required
  --on-behalf-of <from>        the tokens of a person whose may_act names you, or who has given you a consent: a file or an address.
                               A token that is new there moves the task's hour, and the next task takes a new one. All tasks are for
                               the person of the first

Example
  valetkey serve --port 9911 --token-out /run/valetkey/token --purpose "worker" --ttl 43200 \\
    --allow sqs:ReceiveMessage,sqs:DeleteMessage=arn:aws:sqs:eu-west-1:111122223333:jobs
  and beside it
  AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1:9911/aws-0 AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=/run/valetkey/token python3 worker.py

Exit codes
  0 after SIGTERM or SIGINT; otherwise
${exitTable.join("\n")}
`;
