import { EXIT_CODES } from "../exit-codes.ts";

const WHERE = `  --url <address>              of valetkey; or VALETKEY_URL
  --deployment <name>          one of valetkey use; or VALETKEY_DEPLOYMENT. Without any of these, the one that valetkey use chose
`;

const SHOWN = `  -o, --output <form>          table, wide (nothing cut to the terminal), json or yaml; on stdout. --json is -o json
  --json                       one JSON document on stdout, and messages as JSON
  --quiet                      say only what went wrong
`;

const COMMON = `${WHERE}  --operator-token-file <path> your OIDC token; or VALETKEY_OPERATOR_TOKEN_FILE, VALETKEY_OPERATOR_TOKEN, or what valetkey login kept
  --audience <text>            whom your token must be for; <url>/operate unless given. It is sent to no other address
${SHOWN}`;

const exits = Object.values(EXIT_CODES).map(([code, meaning]) => `  ${String(code).padEnd(5)}${meaning}`);

const page = (usage: string, text: string, options: string, examples: string, common = COMMON): string =>
  `valetkey ${usage}

${text}

Options
${options}${common}
Examples
${examples}

Exit codes
  0    done
${exits.join("\n")}
`;

/** Help pages of the operators' commands. */
export const OPERATOR_HELP = {
  login: page(
    "login [--url <address>] [--name <name>] [--issuer <url> --client-id <id>] [--device]",
    "Logs you in where the hub says that its people sign in (issuers[].cli in valetkey.json), in a browser of this machine (authorization code\nwith PKCE) or on another device. The first time it says where that is, and asks; a place that has changed is asked about again. The token is kept\nin a file of your own (0600) and refreshed while the issuer lets it. Its aud must be <url>/operate (or what --audience says; the server is not\nasked) and nothing else: the access token's, where the issuer knows an API of that name, or the ID token's, where the client has that name.",
    '  --name <name>                keep the address under this name, for --deployment and valetkey use\n  --yes                        take the place that the hub names the first time without being asked; never a changed one\n  --issuer <url>               the people\'s issuer: alone, one of those that the hub names\n  --client-id <id>             a public client there, with http://127.0.0.1 as redirect address (RFC 8252)\n  --device                     for a machine without a browser (RFC 8628)\n  --scope <scopes>             as the hub says, or openid offline_access\n  --resource <uri>             RFC 8707: whose token it is to be; the audience unless given; "" for issuers that must not be told\n  --wait <seconds>             how long you may take; 300 unless given\n',
    "  valetkey login --url https://valetkey.example.com --name prod\n  valetkey login\n  valetkey login --url https://valetkey.example.com --issuer https://login.example.com --client-id valetkey-cli",
  ),
  use: page(
    "use [<name> | --forget <name>]",
    "Without a name: the deployments that valetkey login --name kept, and with * the one that commands use. With a name: use that one from now on.\nFlags and variables win over it. The names are in a file of your own (config.json, 0600), which holds no token and sends none anywhere: a token\ngoes to the address that it was issued for and to no other.",
    "  --forget <name>              take the name away; the sign-in stays until valetkey logout\n",
    "  valetkey use\n  valetkey use prod\n  valetkey tasks --deployment staging",
    SHOWN,
  ),
  logout: page(
    "logout",
    "Forgets the token that valetkey login kept.",
    "",
    "  valetkey logout --url https://valetkey.example.com",
  ),
  agents: page(
    "agents [list | show <id> | register -f <file> | suspend <id> | resume <id> | confirm <id> | advise <id>]",
    "The registered agents. Suspending ends an agent's tasks, says which, and can be taken back; offboarding (valetkey offboard) cannot.\nadvise: what an agent was granted and never used, in at least 20 tasks over at least 14 days: a smaller intent, and a policy as a diff, on which\nthe policies' cases were run (in a checkout). It applies nothing.",
    "  --status <status>            list those: active, suspended, offboarding, offboarded\n  --inactive-days <n>          list those that nobody has used for so long\n  -f, --file <file.json>       a registration, as POST /v1/agents takes it; - for stdin\n  --reason <text>              suspend: why, at most 256 characters, for the agent's journal\n  --wait <seconds>             suspend: until IAM has what denies each key, so long at most (exit code 75 where it has not), with the receipts\n  --days <n>                   advise: how far to look back; 30 unless given, 90 at most\n  --policies <folder>          advise: whose cases to run; policies unless given\n  --config <file>              advise: the valetkey.json that the policies belong to\n",
    '  valetkey agents advise report-agent --days 30\n  valetkey agents --inactive-days 30\n  valetkey agents suspend report-agent --reason "its key stood in a public log" --wait 60',
  ),
  tasks: page(
    "tasks [--agent <id>] [--watch | --ended [--since <time>]] | tasks ledger <task> | tasks prolong --task-token-file <path> --on-behalf-of <from>",
    "The tasks that are alive, as trees; or those that ended, the latest first, with how, when and by whom. ledger: what a task was granted and what it did with it, as CloudTrail tells minutes later. prolong: the hour of a task that acts for a person counts from a new token of the person;\nvaletkey exec and serve do it by themselves.",
    "  --agent <id>                 of one agent\n  --watch                      again every two seconds\n  --ended                      those that ended\n  --since <time>               with --ended: 90m, 24h, 7d; 24h unless given, 90 days at most\n  --task-token-file <path>     prolong: the task's token, from a file, or - for stdin\n  --on-behalf-of <from>        prolong: the person's new token: a file, an address, env for VALETKEY_PERSON_TOKEN, or login: you sign in\n",
    "  valetkey tasks --watch\n  valetkey tasks --ended --agent report-agent --since 7d\n  valetkey tasks ledger k7f3m2q9x4ab.\n  valetkey tasks prolong --task-token-file /run/agent/task --on-behalf-of login",
  ),
  revoke: page(
    "revoke <task> [--wait <seconds>]",
    "Ends any task, and all below it: its credentials stop working.",
    "  --wait <seconds>             until AWS was told, so long at most, and print the receipts\n",
    "  valetkey revoke k7f3m2q9x4ab.\n  valetkey revoke k7f3m2q9x4ab. --wait 60",
  ),
  people: page(
    "people end-tasks <issuer|person> [--reason <text>] [--wait <seconds>]",
    "Ends every task that acts for a person, sub-agents' included, and says which. The person's tokens of before open no further one; after a new\nsign-in agents can act for the person again. The person is named as in the journal: the people's issuer of valetkey.json, a bar, the person's id there.",
    "  --reason <text>              why, at most 256 characters, for the journal\n  --wait <seconds>             until IAM has what denies each key, so long at most (exit code 75 where it has not), with the receipts\n",
    "  valetkey people end-tasks 'staff|8f1c0c1e-77aa-4a3b-9d0e-0a1b2c3d4e5f' --reason \"left the company\" --wait 60",
  ),
  approvals: page(
    "approvals [list | show <id> | approve <id> | deny <id> --reason <text> | withdraw <id>]",
    "The requests of agents that people decide about. show computes the request's hash from what it shows, and prints the first 88 bits of it as\neight words: the page shows the same words, or it shows another request. approve prints the page's address, on which you sign in\nfor exactly this request. deny and withdraw need no further sign-in, and end a standing approval. What is used already cannot be withdrawn: end its task.",
    "  --group <name>               list: of one group of approvers\n  --standing                   list: approvals that were given for several uses, and have some left\n  --review                     list: broken glasses that another person has to review\n  --decided                    list: what you approved and can withdraw, or whose task lives\n  --reason <text>              deny: why, at most 500 characters; the agent reads it\n",
    '  valetkey approvals\n  valetkey approvals show ap7f3m2q9x4ab\n  valetkey approvals deny ap7f3m2q9x4ab --reason "not during the freeze"',
  ),
  consents: page(
    "consents [list | show <id> | give <agent> --intent <path> --purpose <text> [--days <n>] | withdraw <id>]",
    "What you let agents do for you. give prints the consent and the page on which you sign in for exactly it, and waits. show computes the hash from\nwhat was signed, says it in words, and prints the first 88 bits of the hash as eight words. withdraw ends the consent for good, and every\ntask under it. A person has one live consent for an agent.",
    "  --intent <path>              give: the most that the agent gets, a JSON array of authorization_details\n  --purpose <text>             give: what for, at most 256 characters\n  --days <n>                   give: 30 unless given, 90 at most\n  --person <issuer|person>     list: of another person, as an operator\n",
    '  valetkey consents\n  valetkey consents give report-agent --intent reports.json --purpose "summarise my reports" --days 7\n  valetkey consents show 0123456789abcdef0123456789abcdef\n  valetkey consents withdraw 0123456789abcdef0123456789abcdef',
  ),
  receipt: page(
    "receipt <task> | --agent <id> [--since <time>] [--wait <seconds>]",
    "When a task ended, and when IAM had a policy that denies each of its keys. AWS takes some seconds more to act on a policy:\nhow many, is seen of a sample of the endings. With those of all tasks below it.",
    "  --agent <id>                 of all tasks of an agent that ended, the latest first\n  --since <time>               with --agent: 90m, 24h, 7d; 7d unless given\n  --wait <seconds>             until it is complete, so long at most\n",
    "  valetkey receipt k7f3m2q9x4ab. --json\n  valetkey receipt --agent report-agent --wait 60",
  ),
  find: page(
    "find <key | arn | user id | task | source identity> [--account <id>] [--agent <id>]",
    "The task behind what CloudTrail or GuardDuty names, its agent, how it stands, and what to run next. The name of a session is its task's id,\nand its source identity is the agent's. An access key is looked for among the tasks that may have a live session: any other opens nothing.",
    "  --account <id>               of an access key: its account, which makes the search shorter\n  --agent <id>                 of an access key: look at this agent's tasks only; needed by operators who may not see all agents\n",
    "  valetkey find ASIAQNZGKIQY56JQ7WML\n  valetkey find arn:aws:sts::111122223333:assumed-role/valetkey-task-3/k7f3m2q9x4ab.",
  ),
  incident: page(
    "incident <agent> [--reason <text>] [--out <file.json>] [--since <time>] [--wait <seconds>]",
    "Lists what an agent has, suspends it, waits until IAM has what denies each of its keys, and gathers receipts and ledgers. The first line says whether\nanything of it can still act. What fails is said, and does not stop the rest. Run it again: it goes on. Exit code 75 where something may act still.",
    "  --reason <text>              why, at most 256 characters, for the agent's journal\n  --out <file.json>            keep all of it in a file (0600), and the page beside it (.txt). A second run goes on with the file\n  --since <time>               whose ledgers to read: of tasks that ended since; 24h unless given\n  --wait <seconds>             until the keys are denied, so long at most; 60 unless given\n",
    '  valetkey incident report-agent --reason "its key stood in a public log" --out incident.json\n  valetkey incident report-agent --json',
  ),
  secrets: page(
    "secrets [list | <name> | show <name> | rotate <name> [--yes]]",
    "The managed secrets, and never a value of one: how each is rotated, where it is used, which task holds it, its last and next rotation,\nsince when a task has seen the value in force, and what is pending. rotate has one rotated within minutes, whoever holds it.",
    "  --yes                        rotate without being asked at the terminal\n",
    "  valetkey secrets\n  valetkey secrets databases/app\n  valetkey secrets rotate databases/app --yes",
  ),
  offboard: page(
    "offboard <agent> --yes [--reason <text>] [--wait <seconds>]",
    "Ends everything that the agent ever had, for good, and prints receipts and report. It may be repeated.",
    "  --yes                        it cannot be undone, and the id is never used again\n  --reason <text>              why, at most 256 characters, for the agent's journal\n  --wait <seconds>             how long to wait until AWS denies each key and nothing else is open; 60 unless given. Exits with 75 where that is not so by then. The report is signed after the last fence: run it again\n",
    '  valetkey offboard report-agent --yes --reason "its key stood in a public log" --wait 900',
  ),
  panic: page(
    "panic [--reason <text> --yes | --lift --yes]",
    "Stops everything at once: nothing is handed out, and no session of any agent works. Without options: whether that is so.",
    "  --reason <text>              declares it\n  --lift                       takes it back; what was alive before stays dead\n  --yes                        for both\n",
    '  valetkey panic --reason "stolen laptop" --yes\n  valetkey panic --lift --yes',
  ),
  escalations: page(
    "escalations [--agent <id> | --task <id>] [--since <time>]",
    "What rules of escalation have found, the latest first: which rule, about which agent and task, by which call, and what was done about it. At most ten\nof one rule about one agent are listed for an hour; the log has all. Each names the journal's event that records it (--json).",
    "  --agent <id>                 about one agent\n  --task <id>                  about a task, and the others of its tree\n  --since <time>               90m, 24h, 7d; 7d unless given, 90 days at most\n",
    "  valetkey escalations\n  valetkey escalations --agent report-agent --since 24h\n  valetkey escalations --task k7f3m2q9x4ab. --json",
  ),
  accounts: page(
    "accounts [list | halt <id> --reason <text> --yes | retire <id> --reason <text> --yes | lift <id> --yes]",
    "The target accounts. In a halted one nothing is issued: a rule of escalation halts it, or you do. Keys that were handed out before work until their\nfence, 15 minutes at most; other accounts go on. Lifting takes a vote where stepUp is on, and prints the page for it.\nBefore an account leaves valetkey.json, retire it: nothing is issued there, and every task with a key there ends. Run it again until it says\nretired (exit code 75 before); it then notes that in valetkey.lock.json.",
    "  --reason <text>              halt and retire: why, at most 256 characters; everybody who lists the accounts reads it\n  --yes                        for all three\n  --config <file>              retire and lift: note it in the valetkey.lock.json beside this file; valetkey.json unless given\n",
    '  valetkey accounts\n  valetkey accounts halt 111122223333 --reason "a key that nobody recorded" --yes\n  valetkey accounts retire 111122223333 --reason "the account is closed" --yes\n  valetkey accounts lift 111122223333 --yes',
  ),
  apply: page(
    "apply -f <agents.yaml> [--yes]",
    "Checks a file of agents, shows what it would change, and with --yes does it. What the file does not name is left alone. A second run changes nothing.\nA fault of the file is told with line and column before anything is asked. Exit code 3: something would change, and --yes was not said. Where a step\nfails, nothing after it is tried, and the last line counts what was done, failed and not tried.",
    "  -f, --file <file>            YAML or JSON: a list of registrations, each with an optional status; - for stdin\n  --config <file>              the deployment's valetkey.json, whose issuers bindings are held to: valetkey.json unless given\n  --yes                        do it\n",
    "  valetkey apply -f agents.yaml\n  valetkey apply -f agents.yaml --yes",
  ),
  config: page(
    "config check [--config <file>] [--agents <file>] [--policies <folder>] [--strict]",
    "Checks valetkey.json and a file of agents, and lists every fault as file:line:column, those of form and those between fields together.\nPlaceholders of the shipped files are errors where nobody can be reached there, and warnings where they are accounts of AWS's documentation;\npolicies of the guided tour are a warning. It asks no service. Exit code 1 where something cannot be used.",
    "  --config <file>              valetkey.json unless given\n  --agents <file>              agents.yaml unless given, where it is there\n  --policies <folder>          policies unless given\n  --strict                     exit code 1 for warnings too\n",
    "  valetkey config check\n  valetkey config check --strict -o json",
    SHOWN,
  ),
  "threat-model": page(
    "threat-model <agent> [--registration <file.json>] [--policies <folder>] [--config <file>] [--format md|json|mermaid] | --connector <type> | --delegation <path> | accept <agent> | baseline",
    "The threat model of an agent, made from its registration and from what is deployed: its reach, who can act as it, delegation, what a thief of each\ncredential could do and for how long, approvals on the way, who can revoke, and residual risks. The reach is an upper bound: conditions on the request\ncount as true. Runs in the folder that the deployment is made from. accept prints the model, and has you accept it for production on the console's\npage, where policy permits you and you neither own the agent nor shaped it; it refuses a checkout that is not what is deployed.\nbaseline keeps what was accepted in threat-baseline.json, by which the build proves that a narrower reach is accepted still.",
    "  --registration <file>        one agent, or a list of them, as POST /v1/agents takes them; without it the service is asked\n  --policies <folder>          policies unless given\n  --config <file>              valetkey.json unless given\n  --format <form>              md, json or mermaid; md unless given; --json is --format json\n  --connector <type>           instead of an agent: aws, or a connector, as docs/threats/ has it\n  --delegation <path>          instead of an agent: sub-agent, person or tool-server\n",
    "  valetkey threat-model report-agent --registration report-agent.json\n  valetkey threat-model report-agent --url https://valetkey.example.com --format json\n  valetkey threat-model --connector postgres\n  valetkey threat-model accept report-agent\n  valetkey threat-model baseline",
  ),
  doctor: page(
    "doctor [--config <file>] [--policies <folder>] [--log <folder>] [--before-deploy | --sign-in <issuer> | --assumptions]",
    "Looks at everything between this machine and a key, and says how to mend what is wrong. In the checkout that a deployment is made from\nalso at its issuers, and with AWS credentials in the environment (AWS_PROFILE, or keys, of the hub) at its stacks, task roles and quotas.\nWhat it may not look at is skipped, with what that takes. Exit code 1 where something is wrong.",
    "  --config <file>              what the deployment is made from: valetkey.json unless given\n  --policies <folder>          and its policies: policies unless given\n  --before-deploy              before the first deployment: placeholders, issuers, and whether these\n                               AWS credentials may deploy to each account; --url is not needed\n  --log <folder>               a copy of the signed log, as valetkey audit takes it: counts who has voted within 90 days.\n                               Unless given, the deployed log is read where AWS credentials may\n  --sign-in <issuer>           what this issuer proves of a vote: prints a page of the console, on which you sign in, and reads what\n                               the page shows. It approves nothing. VALETKEY_APPROVALS_SECRET where the hub redeems the code\n  --assumptions                tries what SECURITY.md assumes about AWS, in the account of the AWS credentials at hand (the hub's or a target's), with\n                               things called valetkey-assumption-* that it makes and removes; says holds, does not hold, or not known, and what follows. Ctrl-C\n                               stops it and removes what is there\n  --policy                     with it: print the rights that it needs, which are an administrator's, and make nothing\n  --yes                        with it: make these things without being asked\n  --out <file>                 with it: keep the report in this new file, as JSON\n",
    "  valetkey doctor --url https://valetkey.example.com\n  AWS_PROFILE=hub npx valetkey doctor\n  AWS_PROFILE=hub npx valetkey doctor --before-deploy\n  npx valetkey doctor --sign-in staff\n  AWS_PROFILE=sandbox npx valetkey doctor --assumptions --out assumptions.json\n  AWS_PROFILE=sandbox npx valetkey doctor --assumptions --policy > rights.json\n  AWS_PROFILE=sandbox npx valetkey doctor --assumptions --yes -o json",
  ),
} as const;
