export const MCP_HELP = `valetkey mcp [options]

An MCP server on stdin and stdout, for the host of a model (Claude Code, an editor, an agent of your own). By default it starts no program.
Its tools are request_access, access_status, what_may_i and end_access. request_access returns the name of an AWS profile, which the host's
own shell tool uses under the host's own rules. No answer, error, log or notification holds a key or a token. The tasks end when stdin closes.

  --url <address>              of valetkey; required; or VALETKEY_URL
  --account <12 digits>        for ARNs without an account (S3); or VALETKEY_ACCOUNT
  --audience <text>            audience of the token; --url by default; or VALETKEY_AUDIENCE
  --token-file, --token-url, --token-command, --identity   who you are, as for valetkey exec
  --sign                       no access hands out a key: the hub signs each request, which the profile leads to ports of this server.
                               Policy may require it: @deliver("sign")

Sub-agents
  --delegate-to <agent>        an agent to which the model may hand on parts of an access; repeatable. Adds the tool delegate_access, which
                               returns the path of a file (0600) for the sub-agent's process. The file is removed with the access
  --delegation-file <path>     you are the sub-agent: the file with the delegation; or VALETKEY_DELEGATION_FILE, or VALETKEY_DELEGATION with
                               the delegation itself. Accesses lie within what was handed on, and end with the parent's task. A delegation
                               opens one access; the file is read again for each, so that the parent can put a further one there

Programs (a convenience, not a boundary: a program can do whatever its user can)
  --allow <program>            a name or an absolute path; repeatable. Adds the tool run_with_access: arguments as a list, no shell, 64 KiB of
                               output, an environment without your identity and other credentials
  --folder <path>              folder in which programs run; the current one by default
  --timeout <seconds>          time after which a program is killed; 60 by default, 600 at most

  --json, --quiet              messages on stderr as JSON; warnings and errors only

Examples
  valetkey mcp --url https://valetkey.example.com --account 111122223333 --token-command 'agent-token {audience}'
  valetkey mcp --allow aws --folder /srv/reports
  valetkey mcp --delegate-to helper
  valetkey mcp --delegation-file /run/helper/handed-on --token-file /run/helper/token
  claude mcp add valetkey -- valetkey mcp --url https://valetkey.example.com --account 111122223333
`;
