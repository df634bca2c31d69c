export const WHOAMI_HELP = `valetkey whoami [options]

Shows the agent that your OIDC token leads to: its status, issuer and subject as a registration has them, its limits, and the tasks
that are alive. Opens no task, and does not use the token up. Takes the options of "Who you are" and "Where and how" of valetkey exec.

  --json                       print the answer as JSON

Exit: 0 for a registered agent; 77 for a token that leads to none, with issuer and subject to give to an operator.

Examples
  valetkey whoami
  valetkey whoami --token-file /var/run/secrets/tokens/valetkey --json
`;

export const CAN_I_HELP = `valetkey can-i <actions>=<arns> ... [options]
valetkey can-i --list [options]

Asks what policy would decide about a task that needs this: the same decision as valetkey exec gets, with what is permitted, what is
not, and who has to approve. Opens no task, uses no token up, counts as no escalation, and tells no more than a denial does.

  --allow, --tool, --intent, --account, --ttl, --purpose, and the options of "Who you are", as in valetkey exec
  --delegation-file <path>     ask for a task below another one
  --list                       print all that policy grants you, as an upper bound, with what is left out of it
  --json                       print the answer as JSON

Exit: 0 where all of it is permitted; 75 where people have to approve first; 77 where a part of it is not permitted.

Examples
  valetkey can-i 's3:GetObject=arn:aws:s3:::acme-data/reports/*' --account 111122223333
  valetkey can-i --list
  valetkey can-i 's3:*=arn:aws:s3:::acme-data/*' --account 111122223333 --json
`;
