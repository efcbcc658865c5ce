import type { Argument, Command, Option } from 'commander'
import { bashCompletion } from './completion/bash.ts'
import type { CommandLine, Flag } from './completion/command-line.ts'
import { fishCompletion } from './completion/fish.ts'
import { zshCompletion } from './completion/zsh.ts'
import { FILE_PLACEHOLDER, PATH_PLACEHOLDER, program } from './config/program.ts'

const SCRIPTS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const

/** The completion script of a shell, made from the command line's own definition. */
export function completion(shell: keyof typeof SCRIPTS): string {
  return SCRIPTS[shell](commandLine(program('', () => {})))
}

function commandLine(root: Command): CommandLine {
  const commands = root.commands.map(command => ({
    name: command.name(),
    summary: command.summary(),
    flags: flags(command),
    values: argumentChoices(command.registeredArguments[0]),
    takesPaths: command.registeredArguments[0]?.name() === PATH_PLACEHOLDER,
  }))
  const help = {
    name: 'help',
    summary: 'print the help of a command',
    flags: [],
    values: commands.map(command => command.name),
    takesPaths: false,
  }
  return { name: root.name(), flags: flags(root), commands: [...commands, help] }
}

function flags(command: Command): readonly Flag[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .map(option => ({
      spellings: [option.short, option.long].filter(spelling => spelling !== undefined),
      description: option.description,
      value: flagValue(option),
    }))
}

function flagValue(option: Option): Flag['value'] {
  if (option.argChoices) return { choices: option.argChoices }
  if ([FILE_PLACEHOLDER, PATH_PLACEHOLDER].some(name => option.flags.endsWith(`<${name}>`))) return 'file'
  return option.required ? 'other' : 'none'
}

function argumentChoices(argument: Argument | undefined): readonly string[] {
  return argument?.argChoices ?? []
}
