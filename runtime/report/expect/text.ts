import { printable } from '../../printable.ts'
import type { Paint } from '../style.ts'
import type { ExpectReporter } from './reporter.ts'

/** Expectations for people: a line for each, and below it what is not as expected. */
export function expectText({ write, paint }: { readonly write: (text: string) => void; readonly paint: Paint }): ExpectReporter {
  return {
    expectation({ file, name, met, differences }) {
      const word = met ? paint('good', 'met') : paint('bad', 'missed')
      write(`${word}: ${printable(file, 4096)}: ${printable(name, 200)}\n`)
      write(differences.map(difference => `    ${printable(difference, 1000)}\n`).join(''))
    },
    end: ({ expectations, met, missed }) =>
      write(`${expectations} expectation${expectations === 1 ? '' : 's'}: ${met} met, ${missed} missed.\n`),
  }
}
