import { printable } from '../../printable.ts'
import type { Severity } from '../../review.ts'
import { type FindingRecord, type Place, placeOf, type Remark } from '../../review/record.ts'
import type { ReviewReporter } from './reporter.ts'

const COMMANDS: Readonly<Record<Severity | Remark['kind'], string>> = {
  error: 'error',
  warning: 'warning',
  info: 'notice',
  problem: 'error',
  note: 'notice',
}

/** A review as workflow commands of GitHub Actions, which shows them beside the lines of a pull request. */
export function reviewGithub(write: (text: string) => void): ReviewReporter {
  return {
    file: ({ findings, remarks }) =>
      write(
        [...findings.filter(({ fixed, exception }) => !fixed && !exception).map(findingCommand), ...remarks.map(remarkCommand)].join(''),
      ),
    end: () => {},
  }
}

function findingCommand(finding: FindingRecord): string {
  const { severity, file, source, rule, message, fix } = finding
  const origin = source === null ? '' : ` in ${source}`
  return command(COMMANDS[severity], { file, ...position(placeOf(finding)), title: rule }, `${message}${origin}; fix: ${fix.text}`)
}

function remarkCommand({ kind, file, place, message }: Remark): string {
  return command(COMMANDS[kind], { file, ...position(place) }, message)
}

function position(place: Place | null): { readonly line?: number; readonly col?: number } {
  return place === null ? {} : { line: place.line, col: place.column }
}

/** @example command('error', { file: 'a,b.yaml', line: 1 }, '50%') // '::error file=a%2Cb.yaml,line=1::50%25\n' */
function command(name: string, properties: Readonly<Record<string, string | number>>, message: string): string {
  const pairs = Object.entries(properties).map(([key, value]) => `${key}=${property(String(value))}`)
  return `::${name} ${pairs.join(',')}::${data(printable(message, 2000))}\n`
}

// As the runner undoes it: actions/toolkit, packages/core/src/command.ts.
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
