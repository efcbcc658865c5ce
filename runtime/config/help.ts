import type { Command, Help } from 'commander'

/** What a command's help says beyond its arguments and options. */
export interface HelpPages {
  readonly examples: readonly (readonly [explanation: string, command: string])[]
  readonly exitCodes?: readonly (readonly [code: string, meaning: string])[]
  readonly environment?: readonly (readonly [name: string, meaning: string])[]
  /** Command lines to go on with, each a sentence. */
  readonly seeAlso?: string
}

/** Commander's help in our order: usage, description, commands, examples, arguments, options, exit codes, environment. */
export function formatHelp(command: Command, helper: Help, pages: HelpPages): string {
  const width = helper.helpWidth ?? 80
  const terms = helper.padWidth(command, helper)
  const item = (term: string, description: string) => helper.formatItem(term, terms, description, helper)
  const list = (heading: string, items: readonly string[]) => (items.length === 0 ? [] : [heading, ...items, ''])
  const pairs = (heading: string, rows: HelpPages['exitCodes'] = []) =>
    list(
      heading,
      rows.map(([term, description]) => item(term, description)),
    )
  return [
    `Usage: ${helper.commandUsage(command)}`,
    '',
    helper.boxWrap(helper.commandDescription(command), width),
    '',
    ...list(
      'Commands:',
      helper.visibleCommands(command).map(sub => item(helper.subcommandTerm(sub), helper.subcommandDescription(sub))),
    ),
    ...list(
      'Examples:',
      pages.examples.flatMap(([explanation, line], index) => [...(index > 0 ? [''] : []), `  # ${explanation}`, `  ${line}`]),
    ),
    ...list(
      'Arguments:',
      helper.visibleArguments(command).map(argument => item(helper.argumentTerm(argument), helper.argumentDescription(argument))),
    ),
    ...list(
      'Options:',
      helper.visibleOptions(command).map(option => item(helper.optionTerm(option), helper.optionDescription(option))),
    ),
    ...pairs('Exit codes:', pages.exitCodes),
    ...pairs('Environment:', pages.environment),
    ...(pages.seeAlso === undefined ? [] : [pages.seeAlso, '']),
  ].join('\n')
}
