import { EXIT_CODES } from "../exit-codes.ts";
import { KUBERNETES_TOKEN_FILE } from "../identity/find-identity.ts";

const exitTable = Object.values(EXIT_CODES).map(([code, meaning]) => `  ${String(code).padEnd(5)}${meaning}`);

/** Help on the options of every command that opens a task. */
const TASK_OPTIONS = `What the task is for
  --purpose <text>             1 to 256 characters; required
  --allow <actions>=<arns>     s3:GetObject,s3:ListBucket=arn:aws:s3:::acme-data,arn:aws:s3:::acme-data/*   (repeatable; all that name one account share one set of credentials)
  --account <12 digits>        for ARNs without an account (S3) and for "*"; or VALETKEY_ACCOUNT
  --tool <server>=<tools>      tools of a tool server: tickets=read,comment   (repeatable)
  --intent <file.json>         the whole authorization_details array instead, conditions included
  --ttl <time>                 longest life of the task: 900, 15m, 1h; 15m by default, 12h at most
  --standing <uses>/<window>   where people must approve first: request one approval for several runs of the same: 5/7d is 5 within 7 days
  --no-wait                    where people must approve first: exit with 75 at once. The request stays open for the same command later
  --accept-less                take the part that policy permits, rather than all or nothing (mode=narrow); names what is left out

Who you are (an OIDC token, from the first of these sources that is present)
  --token-file <path>          or VALETKEY_TOKEN_FILE
  --token-url <address>        or VALETKEY_TOKEN_URL: a GET returns {"token": "..."}, {"value": "..."} or the token itself
  --token-command <line>       or VALETKEY_TOKEN_COMMAND: prints the token; {audience} becomes the audience; runs without a shell
  --token <token>              or VALETKEY_TOKEN. Every user of the machine can read a command line: use a file, or the variable
  GitHub Actions               found automatically, in a job with permissions: id-token: write
  GitLab CI                    with id_tokens: VALETKEY_TOKEN: aud: <audience>
  Kubernetes                   a projected token at ${KUBERNETES_TOKEN_FILE}
  SPIFFE                       a JWT-SVID from the Workload API at SPIFFE_ENDPOINT_SOCKET
  AWS                          sts:GetWebIdentityToken in Lambda, ECS and EKS; elsewhere with --identity aws
  --identity <which>           one of github, kubernetes, spiffe, aws, and no other
  --audience <text>            audience of the token; --url by default; or VALETKEY_AUDIENCE

Where and how
  --url <address>              of valetkey; or VALETKEY_URL
  --deployment <name>          a name that valetkey use lists; or VALETKEY_DEPLOYMENT. By default, the one that valetkey use chose
  --json                       print messages as JSON, one object a line: {"event", "message", ...}
  --quiet                      print warnings and errors only
`;

/** Help on the delegation that a sub-agent has. */
const DELEGATION_FILE = `  --delegation-file <path>     you are the sub-agent: the file with the delegation; or VALETKEY_DELEGATION_FILE, or VALETKEY_DELEGATION with
                               the delegation itself. Your task lies below your parent's: it gets what policy permits you within what was
                               handed on, and ends with your parent's task. Prove who you are as always. A delegation opens one task
`;

export const EXEC_HELP = `valetkey exec [options] -- command [arguments]

Proves who you are, opens a task for what you are about to do, runs the command with credentials for exactly that, and ends the
task when the command ends. The command's AWS SDKs find the credentials by themselves, and renew them while the task lives.

${TASK_OPTIONS}
Whom you work for
  --on-behalf-of <from>        the token of a person whose may_act names you: a file, an address, env for VALETKEY_PERSON_TOKEN, or
                               login: you sign in where valetkey login did, for this task alone; nothing of the sign-in is stored.
                               The task gets what policy permits both to you and to the person, for an hour at most. A new token
                               starts the hour again, up to --ttl: in the file at once, at the address after half of the hour
  Messages of valetkey go to stderr; stdin and stdout belong to the command.

Without a key
  --sign                       no AWS key is handed out: the sessions stay in valetkey, which signs one request at a time. The command's SDKs
                               send their requests to ports on loopback (AWS_ENDPOINT_URL_<SERVICE>), with keys that no AWS knows; valetkey
                               exec gets the signatures and sends the requests to AWS. Policy may require it: @deliver("sign")

Sub-agents
  --delegate-to <agent>        an agent to which the command may hand on parts of this task, with valetkey delegate; repeatable. Without it,
                               to nobody. valetkey exec gets each delegation; the command never has the task token
${DELEGATION_FILE}
Inside a task
  --narrow                     run the command with fewer permissions than this task has: needs --allow or --intent, takes --ttl, and
                               calls AWS alone (sts:GetScopedCredentials). The narrowed credentials end with the task

Examples
  valetkey exec --purpose "monthly report" --account 111122223333 \\
    --allow 's3:GetObject=arn:aws:s3:::acme-data/reports/*' -- aws s3 cp s3://acme-data/reports/may.csv .
  valetkey exec --purpose "drain the queue" --ttl 3600 \\
    --allow sqs:ReceiveMessage,sqs:DeleteMessage=arn:aws:sqs:eu-west-1:111122223333:jobs -- python3 worker.py
  valetkey exec --purpose "triage" --intent intent.json --json -- node agent.js
  valetkey exec --sign --purpose "read the weekly report" --account 111122223333 \\
    --allow 's3:GetObject=arn:aws:s3:::acme-data/reports/*' -- aws s3 cp s3://acme-data/reports/weekly.csv -
  valetkey exec --narrow --account 111122223333 --allow 's3:GetObject=arn:aws:s3:::acme-data/reports/may.csv' -- ./untrusted-plugin
  valetkey exec --purpose "monthly report" --account 111122223333 --delegate-to helper \\
    --allow 's3:GetObject=arn:aws:s3:::acme-data/reports/*' -- node agent.js
  valetkey exec --purpose "read one report" --account 111122223333 --delegation-file handed-on --token-file helper.jwt \\
    --allow 's3:GetObject=arn:aws:s3:::acme-data/reports/may.csv' -- node helper.js

The command's environment
  valetkey removes other ways to AWS: keys, profiles, role and token variables, ~/.aws and instance metadata. It removes your identity:
  ACTIONS_ID_TOKEN_*, SPIFFE_ENDPOINT_SOCKET, and every VALETKEY_ variable (an operator's token too) but VALETKEY_URL, VALETKEY_ACCOUNT and
  VALETKEY_AUDIENCE. Settings such as AWS_REGION and AWS_ENDPOINT_URL stay; those of ~/.aws/config do not.
  A process of the same user can still reach files and processes: the login of an operator (~/.config/valetkey/logins.json), stored
  tasks (~/.cache/valetkey), token files, and on Linux the environment of valetkey exec itself (/proc). Run programs that you do not
  trust as another user, and operate from another account than agents run in. Operators' commands refuse to run inside a task.
  VALETKEY_TASK is the task's id. With several accounts, the command gets credentials of the first. For those of the second, set
  AWS_CONTAINER_CREDENTIALS_FULL_URI to the value of VALETKEY_CREDENTIALS_AWS_1.
  A login to PostgreSQL is in PGHOST, PGUSER, PGPASSWORD and so on, a token of GitHub in GH_TOKEN, if it is the only one of its kind.
  VALETKEY_CREDENTIALS_POSTGRES_0 (_SECRET_1, ...: type, and place in the intent) is the address of such a login, and of each secret and
  token. A GET with Authorization: $VALETKEY_CREDENTIALS_TOKEN returns it as JSON. These credentials are not renewed.

After a refusal by AWS
  Where stderr is no terminal, valetkey exec looks there for AWS's message that no session policy allows a call of this task. Once the task
  has ended, it asks policy about that call, as valetkey can-i does, and prints the --allow for it; for three calls at most, within five
  seconds, without an effect on the exit code. It needs a further token from the token file, address, command or GitHub, and does not ask
  for a person or below another task. --quiet turns it off.

Exit codes
  the command's own; 128 + n if signal n ended it; otherwise
${exitTable.join("\n")}
`;

export const DELEGATE_HELP = `valetkey delegate --to <agent> --allow <actions>=<arns> --out <file> [options]

Inside a task of valetkey exec --delegate-to: hands on a part of the task to a sub-agent. Writes a delegation to a new file (0600), and prints
no token. The sub-agent opens one task of its own with the delegation, which never has more than this task, and ends with it.
A delegation is good for the one agent that it names, together with that agent's own identity.

  --to <agent>                 registered id of the sub-agent, one that valetkey exec --delegate-to names; required
  --out <file>                 new file for the delegation; required. An existing file is never overwritten
  --allow, --tool, --account, --intent   the most that the sub-agent may request, as for valetkey exec; a part of what this task has
  --ttl <time>                 longest life of the delegation and of the sub-agent's task; as long as this task by default
  --json, --quiet              messages on stderr as JSON; warnings and errors only

Example
  valetkey delegate --to helper --account 111122223333 --allow 's3:GetObject=arn:aws:s3:::acme-data/reports/may.csv' --ttl 5m --out handed-on
  and the sub-agent, with its own identity
  valetkey exec --delegation-file handed-on --purpose "read one report" --account 111122223333 \\
    --allow 's3:GetObject=arn:aws:s3:::acme-data/reports/may.csv' -- node helper.js

Exit codes
${exitTable.join("\n")}
`;

export const CREDENTIAL_PROCESS_HELP = `valetkey credential-process [options]

Prints one credential in the form that credential_process of ~/.aws/config needs. SDKs start this command for each of their processes,
and some before every call. The task is stored in a private file (0600, in your cache folder), so each credential is requested once.
Only the deadline ends the task: choose --ttl accordingly.

${TASK_OPTIONS}  --credential <name>          one of the task's AWS credentials; the first by default: aws-0

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

Prints a task's credentials as variables for a shell. The credentials are static: use them for work of 15 minutes at most. Where you
can wrap the command, prefer valetkey exec, which renews the credentials and ends the task.

${TASK_OPTIONS}  --shell <name>               sh (the default), fish, powershell
  --credential <name>          one of the task's AWS credentials; the first by default: aws-0
${DELEGATION_FILE}
Examples
  eval "$(valetkey env --purpose "look at one file" --ttl 300 --account 111122223333 --allow 's3:GetObject=arn:aws:s3:::acme-data/a')"
  valetkey env --shell powershell --purpose "look at one file" --allow 's3:GetObject=arn:aws:s3:::acme-data/a' | Out-String | Invoke-Expression

Exit codes
${exitTable.join("\n")}
`;

export const SERVE_HELP = `valetkey serve --token-out <file> [options]

A sidecar: serves the AWS SDKs' container-credentials protocol on loopback until SIGTERM. Any process that can read the token file gets
credentials. When a task is over, the sidecar opens the next one with the same intent.

${TASK_OPTIONS}  --port <port>                any free one by default; with --sign, the ports after it are those of the services
  --token-out <file>           file for the endpoint's token (0600); required where the intent has AWS
  --credentials-out <folder>   files (0600) of what connectors issue, for a proxy that injects it: <folder>/github-0/token, or
                               <folder>/secret-0/0/value for the first of several. The sidecar prints their paths, opens the next task
                               before they end, and removes them at the end
  --on-behalf-of <from>        the tokens of a person whose may_act names you, or who has given you a consent: a file or an address.
                               A new token there starts the task's hour again, and the next task takes a new one. All tasks are for
                               the same person
  --sign                       no program gets a key: the hub signs each request, and the sidecar opens a port for each service, which it
                               prints as variables. Policy may require it: @deliver("sign")

Example
  valetkey serve --port 9911 --token-out /run/valetkey/token --purpose "worker" --ttl 43200 \\
    --allow sqs:ReceiveMessage,sqs:DeleteMessage=arn:aws:sqs:eu-west-1:111122223333:jobs
  and beside it
  AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1:9911/aws-0 AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=/run/valetkey/token python3 worker.py

Exit codes
  0 after SIGTERM or SIGINT; otherwise
${exitTable.join("\n")}
`;
