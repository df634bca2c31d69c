export const INIT_HELP = `valetkey init [folder] [options]

Makes the folder that a deployment of your own lives in: valetkey.json, policies/ with cases, cdk.json, package.json with this version,
a workflow that checks and deploys, .gitignore and a README. Overwrites nothing: in a folder that has some of these files it writes the
others, and says which of the version's own files (policies/guards.cedar and the like) differ from this version's, so that it can be run
after an upgrade. Asks nobody anything and reaches no network. What is not given stays a placeholder that synthesising refuses.

  --hub <account>        account of the hub
  --target <account>     first account in which agents work
  --region <region>      Region of both
  --url <url>            address of the service
  --issuer <url>         your people's issuer
  --operator <subject>   subject of the first operator's token
  --bucket <name>        bucket of the first policy
  --archive <file>       archive of @valetkey/deploy (npm run package in a checkout makes it): copied to vendor/, and installed from there
  --show <file>          print this version's file, such as policies/guards.cedar, and write nothing
  --json                 what was written, for machines

Examples
  npx --package ./valetkey-0.1.0.tgz valetkey init our-valetkey --archive ./valetkey-deploy-0.1.0.tgz
  npx valetkey init                                              after an upgrade, in the folder: what is missing, and what differs
  npx valetkey init --show policies/guards.cedar | diff policies/guards.cedar -

Exit codes
  0    written, or nothing was missing
  64   the command line is wrong, or the folder cannot be written to
`;
