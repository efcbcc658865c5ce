import type { ExpectConfig } from '../config.ts'
import { usage } from './arguments.ts'
import type { Invocation } from './program.ts'
import { reportTargets } from './review.ts'

type Asked = Pick<ExpectConfig, 'paths' | 'reports'>

const FORMATS = ['text', 'json', 'junit'] as const

/** What `explain --expect` is asked for. Throws UsageError. */
export function explainExpect(invocation: Invocation): Asked {
  const { expect, output } = asked(invocation, 'explain')
  return { paths: expect, reports: [{ format: output === 'json' ? 'json' : 'text', file: undefined }] }
}

/** What `review --expect` is asked for. Throws UsageError. */
export function reviewExpect(invocation: Invocation): Asked {
  const { expect, output } = asked(invocation, 'review')
  const reports = reportTargets((output as readonly string[] | undefined) ?? ['text'], { paths: expect }) // the program declares it so
  return {
    paths: expect,
    reports: reports.map(({ format, file }) => {
      const known = FORMATS.find(one => one === format)
      if (known === undefined) throw usage(`-o ${format} does not go with --expect: expected one of ${FORMATS.join(', ')}`, 'review')
      return { format: known, file }
    }),
  }
}

/** Beside these nothing else is read: whoever gives more means something else. */
const BESIDE = ['expect', 'output', 'settings']

function asked(
  { arguments: paths, options }: Invocation,
  command: string,
): { readonly expect: readonly string[]; readonly output: unknown } {
  if (paths.length > 0) throw usage(`--expect says itself what is to be judged: leave out ${paths.join(' ')}`, command)
  const other = Object.keys(options).find(name => !BESIDE.includes(name))
  if (other !== undefined) throw usage(`--expect does not go with ${flag(other)}`, command)
  return { expect: options['expect'] as readonly string[], output: options['output'] } // the program declares it so
}

function flag(name: string): string {
  return `--${name.replaceAll(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`
}
