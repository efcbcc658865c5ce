import type { CommandLine, Flag, SubCommand } from './command-line.ts'

/** A completion script for zsh: a file `_sidecar-reaper` on $fpath, or sourced. */
export function zshCompletion({ name, flags, commands }: CommandLine): string {
  const main = `_${name.replaceAll('-', '_')}`
  return `#compdef ${name}
# zsh completion of ${name}; made by: ${name} completion zsh
${main}() {
  local curcontext=$curcontext state line
  typeset -A opt_args
  _arguments -C -S \\
${flags.flatMap(flagSpecs).map(line).join('')}    '1:command:->command' \\
    '*::argument:->argument' && return
  case $state in
    command)
      local -a commands
      commands=(
${commands.map(command => `        ${quoted(`${escaped(command.name)}:${command.summary}`)}\n`).join('')}      )
      _describe command commands
      ;;
    argument)
      case $line[1] in
${commands.map(commandCase).join('')}      esac
      ;;
  esac
}
if [[ $funcstack[1] == ${main.replaceAll('_', '[-_]')} ]]; then
  ${main} "$@"
else
  compdef ${main} ${name}
fi
`
}

function commandCase(command: SubCommand): string {
  const values = command.values.length > 0 ? `'1:value:(${command.values.join(' ')})'` : command.takesPaths ? "'*:path:_files'" : "'*:: :'"
  return `        ${command.name})
          _arguments -S \\
${command.flags
  .flatMap(flagSpecs)
  .map(spec => `        ${line(spec)}`)
  .join('')}            ${values}
          ;;
`
}

/** One spec for each spelling; either excludes the other. */
function flagSpecs({ spellings, description, value }: Flag): readonly string[] {
  const excluded = spellings.length > 1 ? `(${spellings.join(' ')})` : ''
  return spellings.map(spelling => {
    const joint = value === 'none' ? '' : spelling.startsWith('--') ? '=' : '+'
    return quoted(`${excluded}${spelling}${joint}[${escaped(description)}]${valueSpec(value)}`)
  })
}

function valueSpec(value: Flag['value']): string {
  if (value === 'none') return ''
  if (value === 'file') return ':file:_files'
  return value === 'other' ? ':value: ' : `:value:(${value.choices.join(' ')})`
}

function line(spec: string): string {
  return `    ${spec} \\\n`
}

function escaped(text: string): string {
  return text.replace(/[[\]:\\]/g, '\\$&')
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}
