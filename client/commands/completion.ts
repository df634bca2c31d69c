import { ClientError } from "../exit-codes.ts";
import { OUTPUT_FORMS } from "../operate/print/print.ts";
import { ownCommand } from "../own-command.ts";

const FORMS = OUTPUT_FORMS.join(" ");

/** Shell command that lists the deployments' names that `valetkey use` knows. */
const NAMES = 'valetkey use -o json 2>/dev/null | grep -oE \'"name":"[a-z0-9-]+"\' | cut -d\'"\' -f4';

const SCRIPTS: Readonly<Record<string, (names: string) => string>> = {
  bash: (names) => `_valetkey() {
  local current="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}"
  if [ "$COMP_CWORD" -eq 1 ]; then COMPREPLY=($(compgen -W "${names}" -- "$current"))
  elif [ "$before" = -o ] || [ "$before" = --output ]; then COMPREPLY=($(compgen -W "${FORMS}" -- "$current"))
  elif [ "$before" = --deployment ] || [ "$before" = --forget ] || [ "$before" = use ]; then COMPREPLY=($(compgen -W "$(${NAMES})" -- "$current"))
  else COMPREPLY=($(compgen -W "$(valetkey help "\${COMP_WORDS[1]}" 2>/dev/null | grep -oE -- '--[a-z-]+' | sort -u)" -- "$current")); fi
}
complete -o default -F _valetkey valetkey
`,
  zsh: (names) => `#compdef valetkey
_valetkey() {
  if (( CURRENT == 2 )); then compadd ${names}
  elif [[ \${words[CURRENT-1]} == (-o|--output) ]]; then compadd ${FORMS}
  elif [[ \${words[CURRENT-1]} == (--deployment|--forget|use) ]]; then compadd -- $(${NAMES})
  else compadd -- $(valetkey help "\${words[2]}" 2>/dev/null | grep -oE -- '--[a-z-]+' | sort -u); _files; fi
}
compdef _valetkey valetkey
`,
  fish: (names) => `complete -c valetkey -n __fish_use_subcommand -f -a "${names}"
complete -c valetkey -n '__fish_seen_subcommand_from use' -f -a "(${NAMES.replaceAll('"', '\\"')})"
complete -c valetkey -n 'not __fish_use_subcommand' -s o -l output -x -a "${FORMS}"
complete -c valetkey -n 'not __fish_use_subcommand' -l deployment -x -a "(${NAMES.replaceAll('"', '\\"')})"
complete -c valetkey -n 'not __fish_use_subcommand' -a "(valetkey help (commandline -opc)[2] 2>/dev/null | string match -ra -- '--[a-z-]+' | sort -u)"
`,
  // -Native: the words are of a program, and a word that begins with two hyphens is no parameter of PowerShell's own.
  powershell: (names) => `Register-ArgumentCompleter -Native -CommandName valetkey -ScriptBlock {
  param($word, $line, $cursor)
  $words = @($line.CommandElements | ForEach-Object { $_.ToString() })
  if ($word -ne '') { $words = @($words | Select-Object -SkipLast 1) }
  $before = $words[-1]
  $found = if ($words.Count -le 1) { '${names}'.Split(' ') }
  elseif ($before -cin '-o', '--output') { '${FORMS}'.Split(' ') }
  elseif ($before -cin '--deployment', '--forget', 'use') {
    [regex]::Matches((valetkey use -o json 2>$null | Out-String), '"name":\\s*"([a-z0-9-]+)"') | ForEach-Object { $_.Groups[1].Value }
  }
  else { [regex]::Matches((valetkey help $words[1] 2>$null | Out-String), '--[a-z-]+') | ForEach-Object { $_.Value } | Sort-Object -Unique }
  $found | Where-Object { $_.StartsWith($word) } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
  }
}
`,
};

/** Runs `valetkey completion bash | zsh | fish | powershell`: prints a script for the shell, with the options from each command's help. */
export async function completion(argv: readonly string[], commands: readonly string[]): Promise<number> {
  const script = SCRIPTS[argv[0] ?? ""];
  if (!script)
    throw new ClientError(
      "usage",
      "usage",
      `completion takes ${Object.keys(SCRIPTS).join(", ")}: ${ownCommand()} completion bash`,
    );
  process.stdout.write(script(commands.join(" ")));
  return 0;
}
