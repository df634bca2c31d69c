import { EXIT_CODES } from "../exit-codes.ts";

const WHERE = `  --url <address>              of valetkey; or VALETKEY_URL
  --deployment <name>          a name that valetkey use lists; or VALETKEY_DEPLOYMENT. By default, the one that valetkey use chose
`;

const SHOWN = `  -o, --output <form>          table, wide (no column is cut), json or yaml, on stdout; --json is -o json
  --json                       one JSON document on stdout, and messages as JSON
  --quiet                      print warnings and errors only
`;

const COMMON = `${WHERE}  --operator-token-file <path> your OIDC token; or VALETKEY_OPERATOR_TOKEN_FILE, VALETKEY_OPERATOR_TOKEN, or the token that valetkey login stored
  --audience <text>            audience that your token must have; <url>/operate by default. The token goes to no other address
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
    "Logs you in at the place that the hub names (issuers[].cli in valetkey.json), in a browser of this machine (authorization code with PKCE)\nor on another device. At the first login, and where the place has changed, shows the place and waits for your yes. The token is stored in a\nprivate file (0600), and refreshed as long as the issuer permits. The token's only aud must be <url>/operate, or the value of --audience,\nwhatever the server answers. It is the access token where the issuer knows an API of that name, or the ID token where the client has that name.",
    '  --name <name>                store the address under this name, for --deployment and valetkey use\n  --yes                        accept the place that the hub names at the first login without a question; never a changed place\n  --issuer <url>               the people\'s issuer; without --client-id, one that the hub names\n  --client-id <id>             a public client there, with http://127.0.0.1 as redirect address (RFC 8252)\n  --device                     for a machine without a browser (RFC 8628)\n  --scope <scopes>             scopes to request; by default those that the hub names, or openid offline_access\n  --resource <uri>             resource of the token (RFC 8707); the audience by default; "" for issuers that accept no resource\n  --wait <seconds>             longest time for your sign-in; 300 by default\n',
    "  valetkey login --url https://valetkey.example.com --name prod\n  valetkey login\n  valetkey login --url https://valetkey.example.com --issuer https://login.example.com --client-id valetkey-cli",
  ),
  use: page(
    "use [<name> | --forget <name>]",
    "Without a name: lists the deployments that valetkey login --name stored; * marks the default. With a name: makes that deployment the default.\nFlags and variables win over the default. The names are in a private file (config.json, 0600), which holds no token: a token goes only to\nthe address that it was issued for.",
    "  --forget <name>              remove the name; the sign-in stays until valetkey logout\n",
    "  valetkey use\n  valetkey use prod\n  valetkey tasks --deployment staging",
    SHOWN,
  ),
  logout: page(
    "logout",
    "Deletes the token that valetkey login stored.",
    "",
    "  valetkey logout --url https://valetkey.example.com",
  ),
  agents: page(
    "agents [list | due | show <id> | register -f <file> | suspend <id> | resume <id> | confirm <id> | advise <id>]",
    "Lists and changes the registered agents. due lists those that have to be confirmed, the next due first, with the last confirmation and by whom. suspend ends an agent's tasks and lists them; resume lifts the suspension,\nand every pause for one party (paused_for in show). Offboarding (valetkey offboard) cannot be undone. advise prints what an agent was granted and never used, in at least 20 tasks over at least 14 days: a smaller intent, and a\npolicy as a diff. It runs the policies' cases with that policy (in a checkout), and applies nothing.",
    "  --status <status>            list: agents with this status: active, suspended, offboarding, offboarded\n  --inactive-days <n>          list: agents that were not used for so many days\n  -f, --file <file.json>       a registration, as POST /v1/agents takes it; - for stdin\n  --reason <text>              suspend, resume: why, at most 256 characters, for the agent's journal\n  --wait <seconds>             suspend: wait so long at most until IAM denies each key, and print the receipts; exit code 75 if it does not\n  --days <n>                   advise: days to look back; 30 by default, 90 at most. due: only agents that are due within so many days\n  --policies <folder>          advise: the policies whose cases are run; policies by default\n  --config <file>              advise: the valetkey.json that the policies belong to\n",
    '  valetkey agents due --days 14\n  valetkey agents confirm report-agent\n  valetkey agents advise report-agent --days 30\n  valetkey agents --inactive-days 30\n  valetkey agents suspend report-agent --reason "its key stood in a public log" --wait 60',
  ),
  tasks: page(
    "tasks [--agent <id>] [--watch | --ended [--since <time>]] | tasks ledger <task> | tasks changes <task> | tasks undo <task> | tasks prolong --task-token-file <path> --on-behalf-of <from>",
    "Lists the live tasks, as trees; or the ended ones, the latest first, with how, when and by whom they ended. ledger: what a task was granted, and what\nit did, as CloudTrail reports minutes later. changes: what a task and its sub-agents changed, and what of it is not visible. undo: a plan of the way\nback of objects of S3 in buckets with versions, as a text for sh, or as JSON with it; it runs nothing, and lists versions with your own AWS credentials.\nprolong: sends a new token of the person for whom a task acts, so that the task's hour starts again; valetkey exec and serve do this by themselves.",
    "  --agent <id>                 tasks of one agent\n  --watch                      print the list again every two seconds\n  --ended                      list ended tasks\n  --since <time>               with --ended: 90m, 24h, 7d, a day or an instant; 24h by default, 90 days at most\n  --task-token-file <path>     prolong: the task's token, from a file, or - for stdin\n  --on-behalf-of <from>        prolong: the person's new token: a file, an address, env for VALETKEY_PERSON_TOKEN, or login: you sign in\n",
    "  valetkey tasks --watch\n  valetkey tasks --ended --agent report-agent --since 7d\n  valetkey tasks ledger k7f3m2q9x4ab_\n  valetkey tasks changes k7f3m2q9x4ab_\n  valetkey tasks undo k7f3m2q9x4ab_ --json\n  valetkey tasks prolong --task-token-file /run/agent/task --on-behalf-of login",
  ),
  revoke: page(
    "revoke <task> [--wait <seconds>]",
    "Ends any task, and all tasks below it: their credentials stop working.",
    "  --wait <seconds>             wait so long at most until IAM denies each key, and print the receipts\n",
    "  valetkey revoke k7f3m2q9x4ab_\n  valetkey revoke k7f3m2q9x4ab_ --wait 60",
  ),
  people: page(
    "people end-tasks <issuer|person> [--reason <text>] [--wait <seconds>]",
    "Ends every task that acts for a person, sub-agents' included, and lists them. Tokens that the person got before then open no further task. After a\nnew sign-in, agents can act for the person again. Name the person as the journal does: the people's issuer in valetkey.json, a bar, the\nperson's id there.",
    "  --reason <text>              why, at most 256 characters, for the journal\n  --wait <seconds>             wait so long at most until IAM denies each key, and print the receipts; exit code 75 if it does not\n",
    "  valetkey people end-tasks 'staff|8f1c0c1e-77aa-4a3b-9d0e-0a1b2c3d4e5f' --reason \"left the company\" --wait 60",
  ),
  approvals: page(
    "approvals [list | show <id> | approve <id> | deny <id> --reason <text> | withdraw <id>]",
    "Lists and decides agents' requests for approval. show computes the request's hash from the shown record, and prints the hash's first 88 bits as\neight words. If the page shows other words, it shows another request. approve prints the address of the page, on which you sign in for\nexactly this request. deny and withdraw need no further sign-in, and end a standing approval. A used approval cannot be withdrawn: end its task.",
    "  --group <name>               list: requests to one group of approvers\n  --standing                   list: standing approvals with uses left\n  --review                     list: emergency approvals that another person must review\n  --decided                    list: approvals of yours that you can withdraw, or whose task is alive\n  --mine                       list: what you decided within 30 days, the latest first\n  --reason <text>              deny: why, at most 500 characters; the agent reads it\n",
    '  valetkey approvals\n  valetkey approvals show 0123456789abcdef0123456789abcdef\n  valetkey approvals deny 0123456789abcdef0123456789abcdef --reason "not during the freeze"',
  ),
  consents: page(
    "consents [list | show <id> | give <agent> --intent <path> --purpose <text> [--days <n>] | withdraw <id>]",
    "Your consents: what you let agents do for you. give prints the consent and the page on which you sign in for exactly this consent, and waits.\nshow describes the signed consent, computes its hash, and prints the hash's first 88 bits as eight words. withdraw ends the consent for good,\nand every task under it. A person has one live consent for an agent.",
    "  --intent <path>              give: the most that the agent gets, a JSON array of authorization_details\n  --purpose <text>             give: the purpose, at most 256 characters\n  --days <n>                   give: days for which the consent is good; 30 by default, 90 at most\n  --person <issuer|person>     list: consents of another person, as an operator\n",
    '  valetkey consents\n  valetkey consents give report-agent --intent reports.json --purpose "summarise my reports" --days 7\n  valetkey consents show 0123456789abcdef0123456789abcdef\n  valetkey consents withdraw 0123456789abcdef0123456789abcdef',
  ),
  receipt: page(
    "receipt <task> | --agent <id> [--since <time>] [--wait <seconds>]",
    "Shows when a task ended, and when IAM had a policy that denies each of its keys, with the receipts of all tasks below it. AWS takes some\nseconds more to apply a policy: how many, probes measure for a sample of the endings.",
    "  --agent <id>                 receipts of all ended tasks of an agent, the latest first\n  --since <time>               with --agent: 90m, 24h, 7d, a day or an instant; 7d by default\n  --wait <seconds>             wait so long at most until the receipt is complete\n",
    "  valetkey receipt k7f3m2q9x4ab_ --json\n  valetkey receipt --agent report-agent --wait 60",
  ),
  find: page(
    "find <key | arn | user id | task | source identity> [--account <id>] [--agent <id>]",
    "Finds the task of a session that CloudTrail or GuardDuty shows, with its agent, its status, and the commands to run next. A session's name is its\ntask's id, and its source identity is the agent's id. An access key is searched among the tasks that may have a live session; any other key opens\nnothing.",
    "  --account <id>               for an access key: its account, which makes the search shorter\n  --agent <id>                 for an access key: search this agent's tasks only; needed by operators who may not see all agents\n",
    "  valetkey find ASIAQNZGKIQY56JQ7WML\n  valetkey find arn:aws:sts::111122223333:assumed-role/valetkey-task-3/k7f3m2q9x4ab_",
  ),
  incident: page(
    "incident <agent> [--reason <text>] [--out <file.json>] [--since <time>] [--wait <seconds>]",
    "Lists what an agent has, suspends it, waits until IAM denies each of its keys, and gathers receipts and ledgers. The first line states whether anything\nof the agent can still act. A failed step is reported, and does not stop the others. Run the command again to continue. Exit code 75 where something\nmay still act.",
    "  --reason <text>              why, at most 256 characters, for the agent's journal\n  --out <file.json>            store the record in a file (0600), and the page beside it (.txt). A second run continues the record\n  --since <time>               read the ledgers of tasks that ended within this time; 24h by default\n  --wait <seconds>             wait so long at most until the keys are denied; 60 by default\n",
    '  valetkey incident report-agent --reason "its key stood in a public log" --out incident.json\n  valetkey incident report-agent --json',
  ),
  secrets: page(
    "secrets [list | <name> | show <name> | rotate <name> [--yes]]",
    "Lists the managed secrets, and never a value: how each is rotated, where it is used, which task holds it, its last and next rotation, since when a\ntask has seen the current value, and what is pending. rotate has a secret rotated within minutes, even while a task holds it.",
    "  --yes                        rotate without a question at the terminal\n",
    "  valetkey secrets\n  valetkey secrets databases/app\n  valetkey secrets rotate databases/app --yes",
  ),
  offboard: page(
    "offboard <agent> [--yes --reason <text> [--wait <seconds>] | --report]",
    "Ends everything that the agent ever had, for good, and prints receipts and report, with the keys whose fence had passed before. May be repeated.",
    "  --yes                        required: offboarding cannot be undone, and the id is never used again\n  --reason <text>              required at first: why, at most 256 characters, for the log and the report\n  --wait <seconds>             wait so long at most until AWS denies each key and nothing else is open; 60 by default; exit code 75 if something is open then. The report is signed after the last fence: run the command again\n  --report                     print the report of an offboarding that has begun, and end nothing: takes the right to read agents alone\n",
    '  valetkey offboard report-agent --yes --reason "its key stood in a public log" --wait 900\n  valetkey offboard report-agent --report',
  ),
  panic: page(
    "panic [--reason <text> --yes | --lift --yes]",
    "Stops everything at once: no credentials are issued, and no session of any agent works. Without options, prints whether a panic is declared.",
    "  --reason <text>              declare a panic, for this reason\n  --lift                       lift the panic; credentials from before it stay dead\n  --yes                        required with both\n",
    '  valetkey panic --reason "stolen laptop" --yes\n  valetkey panic --lift --yes',
  ),
  escalations: page(
    "escalations [--agent <id> | --task <id>] [--since <time>]",
    "Lists what the escalation rules have found, the latest first: the rule, the agent and the task, the call, and what was done about it. At most ten\nof one rule about one agent are listed for an hour; the log has all. Each entry names the journal's event that records it (--json).",
    "  --agent <id>                 escalations about one agent\n  --task <id>                  escalations about a task, and the others of its tree\n  --since <time>               90m, 24h, 7d, a day or an instant; 7d by default, 90 days at most\n",
    "  valetkey escalations\n  valetkey escalations --agent report-agent --since 24h\n  valetkey escalations --task k7f3m2q9x4ab_ --json",
  ),
  accounts: page(
    "accounts [list | halt <id> --reason <text> --yes | retire <id> --reason <text> --yes | lift <id> --yes]",
    "Lists, halts and retires target accounts. In a halted account nothing is issued. An escalation rule halts it, or an operator does. Keys from before\nthe halt work until their fence, 15 minutes at most; other accounts go on. Lifting takes a vote where stepUp is on, and prints the page for it.\nBefore you remove an account from valetkey.json, retire it: nothing is issued there, and every task with a key there ends. Run the command again\nuntil it reports retired (exit code 75 before); it then records that in valetkey.lock.json.",
    "  --reason <text>              halt and retire: why, at most 256 characters; everybody who lists the accounts reads it\n  --yes                        required with all three\n  --config <file>              retire and lift: record it in the valetkey.lock.json beside this file; valetkey.json by default\n",
    '  valetkey accounts\n  valetkey accounts halt 111122223333 --reason "a key that nobody recorded" --yes\n  valetkey accounts retire 111122223333 --reason "the account is closed" --yes\n  valetkey accounts lift 111122223333 --yes',
  ),
  conditions: page(
    "conditions [list | set <name> --scope <place> --for <time> --reason <text> --yes | lift <name> --scope <place> --reason <text> --yes]",
    "Lists the conditions of the world that valetkey.json defines, such as change-freeze, and where each holds; sets one for a time, or ends it early.\nPolicies read them, so a change counts from the next request and the next renewal on. Lifting one that restricts, and setting one that permits,\ntakes a vote where stepUp is on, and prints the page for it. A shorter time does not shorten an earlier setting: lift that first.",
    "  --scope <place>              hub, account:111122223333, team:data or agent:reporter\n  --for <time>                 set: 90m, 4h or 2d; it ends by itself after that\n  --reason <text>              why, at most 256 characters; everybody who lists the conditions reads it\n  --yes                        required with set and lift\n",
    '  valetkey conditions\n  valetkey conditions set change-freeze --scope hub --for 2d --reason "the quarter ends" --yes\n  valetkey conditions lift change-freeze --scope hub --reason "it has ended" --yes',
  ),
  budgets: page(
    "budgets [<name>] [--person <issuer|value> | --task <id>]",
    "Lists the budgets of the deployed policies (@budget, @calls): what each allows in which window, how many grants or signatures count now, and from\nwhen on a spent one allows another. Budgets of the hub, of teams and of agents are listed with all holders that you may look at; those of a person and of a tree of\ntasks, by name.",
    "  --person <issuer|value>      what this person has spent\n  --task <id>                  what this task's tree has spent\n",
    "  valetkey budgets\n  valetkey budgets deploys -o json\n  valetkey budgets --person 'staff|ada'",
  ),
  apply: page(
    "apply -f <agents.yaml> [--yes]",
    "Checks a file of agents, shows what it would change, and with --yes changes it. Agents and fields that the file does not name stay as they are. A\nsecond run changes nothing. Faults of the file are reported with line and column before any request. Exit code 3: something would change, and --yes\nwas not given. After a step that fails, no further step is tried, and the last line counts the steps done, failed and not tried.",
    "  -f, --file <file>            YAML or JSON: a list of registrations, each with an optional status; - for stdin\n  --config <file>              the deployment's valetkey.json, whose issuers the bindings must name; valetkey.json by default\n  --yes                        make the changes\n",
    "  valetkey apply -f agents.yaml\n  valetkey apply -f agents.yaml --yes",
  ),
  config: page(
    "config check [--config <file>] [--agents <file>] [--policies <folder>] [--strict]",
    "Checks valetkey.json and a file of agents, and lists every fault as file:line:column: faults of form, and faults between fields. A placeholder of the\nshipped files is an error where nobody can be reached at it, and a warning where it is an account of AWS's documentation. Policies of the guided\ntour are a warning. Calls no service. Exit code 1 where something cannot be used.",
    "  --config <file>              valetkey.json by default\n  --agents <file>              agents.yaml by default, if there is one\n  --policies <folder>          policies by default\n  --strict                     exit code 1 for warnings too\n",
    "  valetkey config check\n  valetkey config check --strict -o json",
    SHOWN,
  ),
  "threat-model": page(
    "threat-model <agent> [--registration <file.json>] [--policies <folder>] [--config <file>] [--format md|json|mermaid] | --connector <type> | --delegation <path> | accept <agent> | baseline",
    "Prints the threat model of an agent, made from its registration and from the deployment: its reach, who can act as it, delegation, what a thief of each\ncredential could do and for how long, approvals on the way, who can revoke, and residual risks. The reach is an upper bound: conditions on the request\ncount as true. Runs in the folder that the deployment is made from. accept prints the model, and has you accept it for production on the console's\npage, where policy permits you and you neither own the agent nor shaped it; it refuses a checkout that is not what is deployed.\nbaseline stores the accepted reach in threat-baseline.json. With this file, the build proves that a narrower reach is still accepted.",
    "  --registration <file>        one agent, or a list of them, as POST /v1/agents takes them; by default read from the service\n  --policies <folder>          policies by default\n  --config <file>              valetkey.json by default\n  --format <form>              md (the default), json or mermaid; --json is --format json\n  --connector <type>           instead of an agent: aws, or a connector, as docs/threats/ has it\n  --delegation <path>          instead of an agent: sub-agent, person or tool-server\n",
    "  valetkey threat-model report-agent --registration report-agent.json\n  valetkey threat-model report-agent --url https://valetkey.example.com --format json\n  valetkey threat-model --connector postgres\n  valetkey threat-model accept report-agent\n  valetkey threat-model baseline",
  ),
  doctor: page(
    "doctor [--config <file>] [--policies <folder>] [--log <folder>] [--before-deploy | --sign-in <issuer> | --assumptions]",
    "Checks everything between this machine and a key, and prints how to mend each fault. In the checkout that a deployment is made from, also checks its\nissuers, and with AWS credentials in the environment (AWS_PROFILE, or keys, of the hub) its stacks, task roles and quotas. Skips each check that it\nlacks the rights for, and names them. Exit code 1 where something is wrong.",
    "  --config <file>              the deployment's configuration; valetkey.json by default\n  --policies <folder>          the deployment's policies; policies by default\n  --before-deploy              check what a first deployment needs: placeholders, issuers, and whether these\n                               AWS credentials may deploy to each account; --url is not needed\n  --log <folder>               a copy of the signed log, as valetkey audit takes it, to count the people who voted within 90 days.\n                               By default the deployed log, where the AWS credentials may read it\n  --sign-in <issuer>           test what this issuer proves of a vote: prints a page of the console, on which you sign in, and reads the\n                               text of the page. Approves nothing. Needs VALETKEY_APPROVALS_SECRET where the hub redeems the code\n  --assumptions                test what SECURITY.md assumes about AWS, in the account of the AWS credentials at hand (the hub's or a target's), with\n                               resources called valetkey-assumption-* that it makes and removes. Prints holds, does not hold, or not known, and what\n                               follows. Ctrl-C stops the test and removes the resources\n  --policy                     with --assumptions: print the rights that it needs, which are an administrator's, and make nothing\n  --yes                        with --assumptions: make the resources without a question\n  --out <file>                 with --assumptions: write the report to this new file, as JSON\n",
    "  valetkey doctor --url https://valetkey.example.com\n  AWS_PROFILE=hub npx valetkey doctor\n  AWS_PROFILE=hub npx valetkey doctor --before-deploy\n  npx valetkey doctor --sign-in staff\n  AWS_PROFILE=sandbox npx valetkey doctor --assumptions --out assumptions.json\n  AWS_PROFILE=sandbox npx valetkey doctor --assumptions --policy > rights.json\n  AWS_PROFILE=sandbox npx valetkey doctor --assumptions --yes -o json",
  ),
} as const;
