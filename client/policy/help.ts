import type { Command } from "./options.ts";

export const POLICY_HELP = `valetkey policy: the workbench for policies; needs no account, no network and no running service

  valetkey policy check [folder ...]      is every policy valid, and can every rule do what it seems to?
  valetkey policy test [folder ...]       do the cases beside the policies come out as expected?
  valetkey policy explain ...             why is this request granted or refused, and with which session policy?
  valetkey policy diff before after       which requests change their answer between two folders?

  valetkey policy <command> --help        every option, with examples
`;

const SHARED = `  --with <file.cedar>   a further file whose policies count too, such as policies/guards.cedar   (repeatable)
  --config <file>       the valetkey.json with the accounts, their ceilings and exceptions; by default
                        VALETKEY_CONFIG for the folder of VALETKEY_POLICIES, else the one in the folder of policies or beside it
  -o, --output <form>   table, json or yaml; --json is -o json
`;

/** Help of each command: its purpose, its options, its exit codes, and examples that can be copied. */
export const COMMAND_HELP: Readonly<Record<Command, string>> = {
  check: `valetkey policy check [folder ...] [options]

Reads the .cedar files of each folder (VALETKEY_POLICIES, or policies by default) and of the teams' folders in it, except examples/, with the
schema.cedarschema of the folder or of the nearest folder above. Errors: faults that the build refuses, and rules that can never
apply. Warnings: rules that another one makes pointless, permits that are wider than they look, obligations that nobody will meet.

Proves each session policy of the cases beside the policies (<name>.cases.json), as the exchange does before it issues one. An
unproven session policy is an error of its case, with a call that it allows and the policies do not permit.

${SHARED}  --strict              warnings fail too
  --agents <file>       the file of valetkey apply, with the known teams, agents and labels; by default agents.yaml beside the
                        policies or in the folder above
  --findings            print every finding that there is, with its level and its meaning, and check nothing

Exit codes
  0    no error (with --strict: nor a warning), and every session policy is proven
  1    an error (with --strict: or a warning), or a session policy that is not proven
  64   the command line, or a file, is wrong

Examples
  valetkey policy check
  valetkey policy check policies policies/examples/* --strict
  valetkey policy check policies/examples/ci-coding-agent --with policies/guards.cedar -o json
`,
  test: `valetkey policy test [folder ...] [options]

Runs the cases beside the policies (<name>.cases.json) through the deployed compiler, at the moment that each case names, and
proves each resulting session policy. See docs/policies.md for the form of a case.

${SHARED}
Exit codes
  0    every case came out as expected, and every session policy is proven
  1    a case did not, a session policy is not proven, or the policies cannot be used
  64   the command line, or a file, is wrong

Examples
  valetkey policy test
  valetkey policy test policies policies/examples/*
  valetkey policy test policies/examples/ci-coding-agent --with policies/guards.cedar -o yaml
`,
  explain: `valetkey policy explain [folder] --agent <agent> --intent <intent> [options]
valetkey policy explain [folder] --case <title> [options]

Prints the policies that decided about each action and target, and for a denial the closest permit with the parts that did not
hold. Then prints the session policy, with its size of the 2,048 characters that STS takes.

  --agent <agent>       a JSON file, or JSON itself: {"id": "ci", "team": "web", "claims": {"ref": "refs/heads/main"}}
  --intent <intent>     a JSON file, or JSON itself: an authorization_details array
  --case <title>        a case of the folder instead, by its title or a part of it
  --purpose <text>      the purpose of the task
  --ttl <time>          900, 15m or 1h; 900 by default
  --source-ip <address> the address that the request comes from
  --on-behalf-of <json> the person for whom the agent acts: {"issuer": "staff", "person": "pat", "groups": ["support"]}
  --at <instant>        the moment of the request; 2026-11-24T12:00:00Z by default
  --conditions <names>  the conditions of the world that hold, as in incident,change-freeze; none by default. With --case, they
                        replace those of the case
  --mode narrow         as much as policy permits, instead of all or nothing
  --prove               prove that each session policy allows nothing that the policies do not permit, or print a call that shows
                        otherwise; and the converse: a call that the deciding permit permits and the session policy does not allow
${SHARED}
Exit codes
  0    the request is granted (with --prove: and proven)
  1    the request is refused, or not proven, or the policies cannot be used
  64   the command line, or a file, is wrong

Examples
  valetkey policy explain --agent '{"id": "demo", "team": "demo"}' \\
    --intent '[{"type": "aws", "account": "111122223333", "actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::acme-data/*"]}]'
  valetkey policy explain policies/examples/data-analysis-agent --case "reads its prefix"
  valetkey policy explain policies/examples/data-analysis-agent --case "reads its prefix" --prove
  valetkey policy explain policies/examples/change-freeze --case "publishes a page" --conditions change-freeze
`,
  diff: `valetkey policy diff <before> <after> [options]

Decides the same requests by both folders and prints each answer that changes: allowed or denied, the grants, the obligations, the
session policy. The requests are the cases of both folders (without their expectations), or those of the given files; and requests
made from each policy that differs: its actions on the ARNs that it names, before and after. Lists each policy that differs and
changes no answer.

  --requests <file>     requests in the form of a cases file, instead of the folders' own   (repeatable)
${SHARED}
Exit codes
  0    no answer changes
  1    the policies of a folder cannot be used
  3    an answer changes, or a policy differs and no request shows the difference
  64   the command line, or a file, is wrong

Examples
  valetkey policy diff policies /tmp/edited-policies
  git worktree add /tmp/before main && valetkey policy diff /tmp/before/policies policies
`,
};
