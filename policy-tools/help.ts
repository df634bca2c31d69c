import type { Command } from "./options.ts";

export const POLICY_HELP = `valetkey policy: the workbench for policies; needs no account, no network and no running service

  valetkey policy check [folder ...]      is every policy valid, and can every rule do what it seems to?
  valetkey policy test [folder ...]       do the cases beside the policies come out as expected?
  valetkey policy explain ...             why is this request granted or refused, and with which session policy?
  valetkey policy diff before after       which requests change their answer between two folders?

  valetkey policy <command> --help        every option, with examples
`;

const SHARED = `  --with <file.cedar>   a further file whose policies count too, such as policies/guards.cedar   (repeatable)
  --config <file>       the valetkey.json whose accounts there are, with their ceilings and exceptions; unless given, the one in the
                        folder of policies or beside it
  -o, --output <form>   table, json or yaml; --json is -o json
`;

/** Help of each command: its purpose, its options, its exit codes, and examples that can be copied. */
export const COMMAND_HELP: Readonly<Record<Command, string>> = {
  check: `valetkey policy check [folder ...] [options]

Reads the .cedar files of each folder (./policies unless given) and of the teams' folders in it, but for examples/, with the
folder's schema.cedarschema or that of the nearest folder above. Errors: what the build refuses, and rules that can never apply.
Warnings: rules that another one makes pointless, permits that are wider than they look, obligations that nobody will meet.

Proves each session policy that comes of the cases beside the policies, <name>.cases.json, as the exchange does before it hands
one out. One that is not proven is an error of its case, with a call that it allows and the policies do not permit.

${SHARED}  --strict              warnings fail too
  --agents <file>       the file of valetkey apply, whose teams, agents and labels there are; agents.yaml beside the policies
                        or in the folder above unless given

Exit codes
  0    no error (with --strict: nor a warning), and every session policy is proven
  1    there are some, or one is not
  64   the command line, or a file, is wrong

Examples
  valetkey policy check
  valetkey policy check policies policies/examples/* --strict
  valetkey policy check policies/examples/ci-coding-agent --with policies/guards.cedar -o json
`,
  test: `valetkey policy test [folder ...] [options]

Runs the cases beside the policies, <name>.cases.json, through the compiler that is deployed, at the moment that each case
names, and proves each session policy that comes of them. See docs/policies.md for what a case holds.

${SHARED}
Exit codes
  0    every case came out as expected, and every session policy is proven
  1    one did not or is not, or the policies cannot be used
  64   the command line, or a file, is wrong

Examples
  valetkey policy test
  valetkey policy test policies policies/examples/*
  valetkey policy test policies/examples/ci-coding-agent --with policies/guards.cedar -o yaml
`,
  explain: `valetkey policy explain [folder] --agent <agent> --intent <intent> [options]
valetkey policy explain [folder] --case <title> [options]

For each action and target: which policies decided; for a denial, the permit that came closest and which parts of it did not
hold. Then the session policy, with its size of the 2,048 characters that STS takes.

  --agent <agent>       a JSON file, or JSON itself: {"id": "ci", "team": "web", "claims": {"ref": "refs/heads/main"}}
  --intent <intent>     a JSON file, or JSON itself: an authorization_details array
  --case <title>        a case of the folder instead, by its title or a part of it
  --purpose <text>      what the task is for
  --ttl <time>          900, 15m or 1h; 900 unless given
  --source-ip <address> where the request comes from
  --on-behalf-of <json> the person for whom the agent asks: {"issuer": "staff", "person": "pat", "groups": ["support"]}
  --at <instant>        when, such as 2026-11-24T12:00:00Z, which it is unless given
  --mode narrow         as much as policy permits, instead of all or nothing
  --prove               a proof that each session policy allows nothing that the policies do not permit, or a call that shows otherwise;
                        and the converse: a call that the deciding permit permits and the session policy does not allow
${SHARED}
Exit codes
  0    it is granted (with --prove: and proven)
  1    it is refused, or not proven, or the policies cannot be used
  64   the command line, or a file, is wrong

Examples
  valetkey policy explain --agent '{"id": "demo", "team": "demo"}' \\
    --intent '[{"type": "aws", "account": "111122223333", "actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::acme-data/*"]}]'
  valetkey policy explain policies/examples/data-analysis-agent --case "reads its prefix"
  valetkey policy explain policies/examples/data-analysis-agent --case "reads its prefix" --prove
`,
  diff: `valetkey policy diff <before> <after> [options]

Puts the same requests to both folders and shows whose answer changes: allowed or denied, what is granted, the obligations, the
session policy. The requests are the cases of both folders (what they expect plays no part), or those of the files given; and
requests made of each policy that differs: its actions on the ARNs that it names, before and after. A policy that differs and
shows in no answer is listed.

  --requests <file>     requests in the form of a cases file, instead of the folders' own   (repeatable)
${SHARED}
Exit codes
  0    no answer changes
  1    the policies of a folder cannot be used
  3    some answer changes, or a policy differs that no request shows
  64   the command line, or a file, is wrong

Examples
  valetkey policy diff policies /tmp/edited-policies
  git worktree add /tmp/before main && valetkey policy diff /tmp/before/policies policies
`,
};
