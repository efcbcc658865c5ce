import type { CommandLine, Flag } from './command-line.ts'

/** A completion script for bash 3.2 or newer; it needs no bash-completion package. */
export function bashCompletion({ name, flags, commands }: CommandLine): string {
  const all = [...flags, ...commands.flatMap(command => command.flags)]
  const takers = spellings(all.filter(flag => flag.value !== 'none'))
  return `# bash completion of ${name}; made by: ${name} completion bash
_${functionName(name)}() {
  local current previous command flags values word skip= found=
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
${commands.map(command => `    ${command.name}) flags='${spellings(command.flags).join(' ')}' values='${command.values.join(' ')}' ;;`).join('\n')}
    *) flags='${spellings(flags).join(' ')}' values='${commands.map(command => command.name).join(' ')}' ;;
  esac
  case $previous in
${valueCases(all)}
  esac
  if [[ $current == -* ]]; then values=$flags; fi
  if [[ -z $found ]]; then found=$(compgen -W "$values" -- "$current"); fi
  while IFS= read -r word; do if [[ -n $word ]]; then COMPREPLY+=("$word"); fi; done <<< "$found"
}
complete -F _${functionName(name)} ${name}
`
}

/** One case for each way of completing a value, with every spelling that takes it. */
function valueCases(flags: readonly Flag[]): string {
  const patterns = new Map<string, Set<string>>()
  for (const { value, spellings } of flags) {
    if (value === 'none') continue
    const known = patterns.get(valueAction(value)) ?? new Set()
    patterns.set(valueAction(value), new Set([...known, ...spellings]))
  }
  return [...patterns].map(([action, spellings]) => `    ${[...spellings].join('|')}) ${action} ;;`).join('\n')
}

function valueAction(value: Exclude<Flag['value'], 'none'>): string {
  if (value === 'other') return 'return'
  if (value === 'file') return 'values=; compopt -o filenames 2>/dev/null; found=$(compgen -f -- "$current")'
  return `values='${value.choices.join(' ')}'`
}

function spellings(flags: readonly Flag[]): readonly string[] {
  return [...new Set(flags.flatMap(flag => flag.spellings))]
}

function functionName(name: string): string {
  return name.replaceAll('-', '_')
}
