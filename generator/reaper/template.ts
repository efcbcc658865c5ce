import Handlebars from 'handlebars'
import { dump } from 'js-yaml'

/** Texts of templates by file name. */
export type Templates = Readonly<Record<string, string>>

/**
 * The template of that name filled with the view. `{{yaml x}}` is a value in one line, quoted where YAML needs it;
 * `{{cel x}}` the same in an expression of an admission policy;
 * `{{indent 4 x}}` is a text of several lines, each moved to the right.
 * @throws {SyntaxError} naming template and line for what the view does not have
 */
export function fill(templates: Templates, name: string, view: object): string {
  const text = templates[name]
  if (text === undefined) throw new SyntaxError(`There is no template ${name}`)
  try {
    return ENGINE.compile(text, OPTIONS)(view)
  } catch (error) {
    throw new SyntaxError(`Cannot fill the template ${name}: ${reason(error, text)}`, { cause: error })
  }
}

const OPTIONS = { strict: true, noEscape: true, knownHelpersOnly: true, knownHelpers: { yaml: true, cel: true, indent: true } } as const

const ENGINE = engine()

function engine(): typeof Handlebars {
  const made = Handlebars.create()
  made.registerHelper('yaml', (value: unknown) => dump(value, { flowLevel: 0, lineWidth: -1 }).trimEnd())
  made.registerHelper('cel', (value: unknown) => JSON.stringify(value)) // strings, lists and maps of JSON are CEL
  made.registerHelper('indent', (columns: number, text: string) => text.trimEnd().replace(/^(?=.)/gm, ' '.repeat(columns)))
  for (const name of ['if', 'unless', 'each'] as const) {
    const builtIn = made.helpers[name] as Block // handlebars registers it in create()
    made.registerHelper(name, function (this: unknown, value: unknown, options: BlockOptions) {
      if (value === undefined) throw new NothingToRead(name, options.loc.start.line)
      return builtIn.call(this, value, options)
    })
  }
  return made
}

/** `strict` is about plain values only: without this a misspelled list would quietly be an empty one. */
class NothingToRead extends Error {
  readonly line: number
  constructor(helper: string, line: number) {
    super(`#${helper} has nothing to read`)
    this.line = line
  }
}

type Block = (this: unknown, value: unknown, options: BlockOptions) => string

interface BlockOptions {
  readonly loc: { readonly start: { readonly line: number } }
}

function reason(error: unknown, text: string): string {
  if (error instanceof NothingToRead) return `line ${error.line}: ${text.split('\n')[error.line - 1]?.trim()} is not defined`
  const message = error instanceof Error ? error.message : String(error)
  const [, missing, line] = /^("[^]*") not defined in \[object [^\]]*\] - (\d+):\d+$/.exec(message) ?? []
  return missing === undefined ? (message.split('\n')[0] ?? '').replace(/:$/, '') : `line ${line}: ${missing} is not defined`
}
