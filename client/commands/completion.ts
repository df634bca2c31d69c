import { ClientError } from "../exit-codes.ts";

const SCRIPTS: Readonly<Record<string, (names: string) => string>> = {
  bash: (names) => `_valetkey() {
  local current="\${COMP_WORDS[COMP_CWORD]}"
  if [ "$COMP_CWORD" -eq 1 ]; then COMPREPLY=($(compgen -W "${names}" -- "$current"))
  else COMPREPLY=($(compgen -W "$(valetkey help "\${COMP_WORDS[1]}" 2>/dev/null | grep -oE -- '--[a-z-]+' | sort -u)" -- "$current")); fi
}
complete -o default -F _valetkey valetkey
`,
  zsh: (names) => `#compdef valetkey
_valetkey() {
  if (( CURRENT == 2 )); then compadd ${names}
  else compadd -- $(valetkey help "\${words[2]}" 2>/dev/null | grep -oE -- '--[a-z-]+' | sort -u); _files; fi
}
compdef _valetkey valetkey
`,
  fish: (names) => `complete -c valetkey -n __fish_use_subcommand -f -a "${names}"
complete -c valetkey -n 'not __fish_use_subcommand' -a "(valetkey help (commandline -opc)[2] 2>/dev/null | string match -ra -- '--[a-z-]+' | sort -u)"
`,
};

/** Runs `valetkey completion bash | zsh | fish`: prints a script for the shell, with the options from each command's help. */
export async function completion(argv: readonly string[], commands: readonly string[]): Promise<number> {
  const script = SCRIPTS[argv[0] ?? ""];
  if (!script)
    throw new ClientError(
      "usage",
      "usage",
      `completion takes ${Object.keys(SCRIPTS).join(", ")}: valetkey completion bash`,
    );
  process.stdout.write(script(commands.join(" ")));
  return 0;
}
