import type { CommandLine, Flag } from './command-line.ts'

/** A completion script for fish 3 or newer. */
export function fishCompletion({ name, flags, commands }: CommandLine): string {
  const none = `not __fish_seen_subcommand_from ${commands.map(command => command.name).join(' ')}`
  return [
    `# fish completion of ${name}; made by: ${name} completion fish`,
    `complete -c ${name} -f`,
    ...flags.map(flag => `complete -c ${name} -n ${quoted(none)} ${flagWords(flag)}`),
    ...commands.map(command => `complete -c ${name} -n ${quoted(none)} -a ${command.name} -d ${quoted(command.summary)}`),
    ...commands.flatMap(command => {
      const seen = quoted(`__fish_seen_subcommand_from ${command.name}`)
      const values = command.values.length > 0 ? [`complete -c ${name} -n ${seen} -a ${quoted(command.values.join(' '))}`] : []
      if (command.takesPaths) values.push(`complete -c ${name} -n ${seen} -F`)
      return [...command.flags.map(flag => `complete -c ${name} -n ${seen} ${flagWords(flag)}`), ...values]
    }),
    '',
  ].join('\n')
}

function flagWords({ spellings, description, value }: Flag): string {
  const names = spellings.map(spelling => (spelling.startsWith('--') ? `-l ${spelling.slice(2)}` : `-s ${spelling.slice(1)}`))
  return [...names, ...valueWords(value), `-d ${quoted(description)}`].join(' ')
}

function valueWords(value: Flag['value']): readonly string[] {
  if (value === 'none') return []
  if (value === 'file') return ['-r', '-F']
  return value === 'other' ? ['-x'] : ['-x', `-a ${quoted(value.choices.join(' '))}`]
}

function quoted(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`
}
