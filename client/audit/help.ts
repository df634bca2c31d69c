export const AUDIT_HELP = `valetkey audit: reads and verifies the signed log of everything that was decided; needs no running service, and no AWS for a copy

  valetkey audit verify <archive | bundle.json>    is the log what was signed, and is nothing missing?
  valetkey audit show <archive> [selection]        what was done, as a story
  valetkey audit who-could <archive> <arn> [--at <time>]
                                                   which agents could do something to a resource, and which had a key
  valetkey audit bundle <archive> <task>           one task's events with their proofs, as one JSON document

The archive is the bucket, s3://<bucket> or s3://<bucket>/<prefix>, read with your AWS credentials (AWS_PROFILE); or a copy of it:
  aws s3 sync s3://valetkey-archive-<hub account>-<region> ./archive --exclude "incoming/*" --exclude "order/*"

  --key <key | file>    verifier key that you keep elsewhere; without it the archive's own is used, which proves less
  --anchor <place>      checkpoints of the witness, a folder or s3://…, older than the archive: verify holds the log to each
  --receipt <file>      verify holds receipts of valetkey receipt --json to the log: each field that the log has, and names the others
  --issuers <file>      keys of people's issuers that you got from them, {"<issuer>": {"iss", "aud", "person", "freshness", "keys"}}
  --known <file>        faults of journals that you looked into, {"known": [{"event": "<hash>", "reason": "..."}]}: verify prints each, show and who-could answer
  -o, --output <form>   table, json or yaml; --json is -o json: verify and bundle write one document, show one event a line
  --ocsf                show writes one event a line as OCSF, with the uid that a SIEM was told

Selection of show; each one that is given has to fit
  --task <id>           a task and all tasks below it, with refusals and votes; or the id of an approval, as lines print it
  --agent <id>          what one agent did, and what was done to its registration
  --person <text>       what one person did, by a part of issuer|person
  --approver <text>     what one person voted, denied, withdrew or reviewed, and the uses of their votes
  --since <time>        from this time on: 90m, 24h or 7d ago, a day such as 2026-11-27, or an instant such as 2026-11-27T10:00:00Z
  --until <time>        up to this time, in the same forms. Both are included; days are in UTC, and the day of --until is included to its end
  --at <time>           the openings of tasks that had keys at this moment, or could renew them: 7d ago, or an instant
  --resource <arn>      tasks that were granted, asked for or were refused this ARN, a pattern that shares a name with it, or what lies inside of it
  --denied              only what was refused, denied or found void
  --decisions           only what people voted, denied, withdrew or reviewed, and the uses of their votes
  --controls            below each event the controls of OWASP's Top 10s that it shows at work (docs/evidence.md)

who-could reads the log and the policies that were deployed then, by the hash that the log names; it refuses other policies, and a tampered log, as show and bundle do
  --at <time>           one moment: 90m, 24h or 7d ago, or an instant such as 2026-11-24T12:00:00Z; now without it
  --action <action>     one action or pattern, s3:GetObject or s3:Get*; may be repeated; any action on the ARN without it
  --policies <folder>   VALETKEY_POLICIES, or policies by default
  --config <file>       VALETKEY_CONFIG, or valetkey.json by default
  --repository <folder> look in this git repository for the commit with that hash; the two above are relative to it
  --known <file>        as verify takes it

Votes of people are verified again, by the tokens in the archive's proofs/ and the keys that the archive got from the issuers:
  verified, key not attested (by a key that the vote's own event names), proof erased, not readable, unused (nothing was vended for it), or the log is tampered
  --proofs              bundle holds the tokens of its votes, too: personal data, which nobody can erase from a bundle

Kill receipts are made again from the endings and from the roles' policies that the log tells of:
  denied, expired, pending, before (an earlier version wrote the log then), or the log is incomplete

Exit codes
  0    intact
  1    tampered: bytes are not those that were signed, a journal's chain is broken, or a vote does not verify
  2    incomplete: something is missing, or no recorded policy denies the keys of an ended task
  3    known faults only: it has faults, and --known names each
  64   the command line, or a file, is wrong
  69   the bucket cannot be read

Examples
  AWS_PROFILE=audit valetkey audit verify s3://valetkey-archive-999900001111-eu-central-1 --key ./valetkey.key
  aws s3 sync s3://<anchor>/valetkey/<hub account>/<region>/checkpoints ./anchor --profile audit
  valetkey audit verify ./archive --key ./valetkey.key --anchor ./anchor
  valetkey audit verify ./archive --key ./valetkey.key
  valetkey audit show ./archive --agent ci-deployer --since 24h
  valetkey audit show ./archive --denied -o json
  valetkey audit show ./archive --resource arn:aws:s3:::acme-data/a.csv --since 2026-11-24 --until 2026-11-24
  valetkey audit show ./archive --at 2026-11-24T12:00:00Z
  valetkey audit who-could ./archive arn:aws:s3:::acme-data/a.csv --action s3:GetObject --at 2026-11-24T12:00:00Z --repository .
  valetkey audit show ./archive --task 597p0e18ckd4 --decisions
  valetkey audit show ./archive --task 597p0e18ckd4 --controls
  valetkey audit show ./archive --since 6h --ocsf > for-the-siem.jsonl
  valetkey audit bundle ./archive 597p0e18ckd4 > task.json && valetkey audit verify task.json --key ./valetkey.key
`;
