export const MCP_HELP = `valetkey mcp [options]

An MCP server on stdin and stdout, for the host of a model (Claude Code, an editor, an agent of your own). It starts nothing by default. Its
tools: request_access answers the name of an AWS profile, which the host's own shell tool uses under the host's own rules; access_status,
what_may_i and end_access. No answer, error, log or notification holds a key or a token. The tasks end when stdin closes.

  --url <address>              of valetkey; required; or VALETKEY_URL
  --account <12 digits>        for ARNs without an account (S3); or VALETKEY_ACCOUNT
  --audience <text>            the audience to ask for; --url unless given; or VALETKEY_AUDIENCE
  --token-file, --token-url, --token-command, --identity   who you are, as for valetkey exec

Programs (a convenience, not a boundary: a program can do whatever its user can)
  --allow <program>            a name or an absolute path; repeatable. With it there is the tool run_with_access: arguments as a list, no shell,
                               64 KiB of output, an environment without your identity and other credentials
  --folder <path>              where programs run; this folder unless given
  --timeout <seconds>          after which a program is killed; 60 unless given, 600 at most

  --json, --quiet              what we say on stderr

Examples
  valetkey mcp --url https://valetkey.example.com --account 111122223333 --token-command 'agent-token {audience}'
  valetkey mcp --allow aws --folder /srv/reports
  claude mcp add valetkey -- valetkey mcp --url https://valetkey.example.com --account 111122223333
`;
