import type { CommandLine, Flag } from './command-line.ts'

const FILES = 'values=; compopt -o filenames 2>/dev/null; found=$(compgen -f -- "$current")'

/** A completion script for bash 3.2 or newer; it needs no bash-completion package. */
export function bashCompletion({ name, flags, commands }: CommandLine): string {
  const all = [...flags, ...commands.flatMap(command => command.flags)]
  const takers = spellings(all.filter(flag => flag.value !== 'none'))
  return `# bash completion of ${name}; made by: ${name} completion bash
_${functionName(name)}() {
  local current previous command flags values word skip= found= paths=
  # \`--output=json\` arrives as three words: --output, = and json.
  current=\${COMP_WORDS[COMP_CWORD]}
  previous=\${COMP_WORDS[COMP_CWORD-1]}
  if [[ $current == = ]]; then current=; elif [[ $previous == = ]]; then previous=\${COMP_WORDS[COMP_CWORD-2]}; fi
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [[ -n $skip ]]; then [[ $word == = ]] || skip=; continue; fi
    case $word in
      ${takers.join('|')}) skip=1 ;;
      -*) ;;
      *) command=$word; break ;;
    esac
  done
  COMPREPLY=()
  case $command in
${commands.map(command => `    ${command.name}) flags='${spellings(command.flags).join(' ')}' values='${command.values.join(' ')}'${command.takesPaths ? ' paths=1' : ''} ;;`).join('\n')}
    *) flags='${spellings(flags).join(' ')}' values='${commands.map(command => command.name).join(' ')}' ;;
  esac
  case $command:$previous in
${valueCases([{ name: '', flags }, ...commands])}
  esac
  if [[ $current == -* ]]; then values=$flags; elif [[ -n $paths ]]; then ${FILES}; fi
  if [[ -z $found ]]; then found=$(compgen -W "$values" -- "$current"); fi
  while IFS= read -r word; do if [[ -n $word ]]; then COMPREPLY+=("$word"); fi; done <<< "$found"
}
complete -F _${functionName(name)} ${name}
`
}

/** One case for each way of completing a value, with every command and spelling that takes it: -o is not the same everywhere. */
function valueCases(commands: readonly { readonly name: string; readonly flags: readonly Flag[] }[]): string {
  const patterns = new Map<string, string[]>()
  for (const { name, flags } of commands) {
    for (const { value, spellings } of flags) {
      if (value === 'none') continue
      const action = valueAction(value)
      patterns.set(action, [...(patterns.get(action) ?? []), ...spellings.map(spelling => `${name}:${spelling}`)])
    }
  }
  return [...patterns].map(([action, all]) => `    ${all.join('|')}) ${action} ;;`).join('\n')
}

function valueAction(value: Exclude<Flag['value'], 'none'>): string {
  if (value === 'other') return 'return'
  if (value === 'file') return `paths=; ${FILES}`
  return `paths=; values='${value.choices.join(' ')}'`
}

function spellings(flags: readonly Flag[]): readonly string[] {
  return [...new Set(flags.flatMap(flag => flag.spellings))]
}

function functionName(name: string): string {
  return name.replaceAll('-', '_')
}
