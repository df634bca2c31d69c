export const INIT_HELP = `valetkey init [folder] [options]

Makes the folder for a deployment of your own: valetkey.json, policies/ with cases, cdk.json, package.json with this version, a
workflow that checks and deploys, .gitignore and a README. Overwrites nothing: in a folder that has some of these files, it writes the
missing ones, and lists files of the version itself (such as policies/guards.cedar) that differ from this version's. So run it again
after an upgrade. Has no prompts and uses no network. A value that is not given stays a placeholder, which cdk synth refuses.

  --hub <account>        account of the hub
  --target <account>     first account in which agents work
  --region <region>      Region of both
  --url <url>            address of the service
  --issuer <url>         your people's issuer
  --operator <subject>   subject of the first operator's token
  --bucket <name>        bucket of the first policy
  --console <url>        address of the page on which people approve, and vote for operators' dangerous acts
  --client <id>          the page's client at your people's issuer
  --approvals <id>       your people's issuer's client for approvals alone
  --witness <name>       bucket of the log's witness, in an account that somebody else administers
  --audit <account>      that account
  --archive <file>       archive of @valetkey/deploy (npm run package in a checkout makes it): copied to vendor/, and installed from there
  --show <file>          print this version's file, such as policies/guards.cedar, and write nothing
  --json                 print the result as JSON

Examples
  npx --package ./valetkey-0.1.0.tgz valetkey init our-valetkey --archive ./valetkey-deploy-0.1.0.tgz
  npx valetkey init                                              after an upgrade, in the folder: writes missing files, lists changed ones
  npx valetkey init --show policies/guards.cedar | diff policies/guards.cedar -

Exit codes
  0    written, or nothing was missing
  64   the command line is wrong, or the folder cannot be written to
`;
