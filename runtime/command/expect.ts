import type { ExpectConfig } from '../config.ts'
import { EXIT } from '../exit.ts'
import { readCases } from '../expect/cases.ts'
import { judge } from '../expect/judge.ts'
import { expectJson } from '../report/expect/json.ts'
import { expectJunit } from '../report/expect/junit.ts'
import type { ExpectReporter } from '../report/expect/reporter.ts'
import { expectText } from '../report/expect/text.ts'
import { openReports } from '../report/review/target.ts'
import { painter } from '../report/style.ts'
import type { Terminal } from '../terminal.ts'

/** Judges every expectation of these files and says which are met. */
export async function expectCommand({ paths, reports, settings, output }: ExpectConfig, { out, signal }: Terminal): Promise<number> {
  const cases = await readCases(paths, { settings, cwd: process.cwd(), now: new Date(), signal })
  const judged = await Promise.all(cases.map(judge()))
  const met = judged.filter(one => one.met).length
  const opened = openReports(reports, out)
  try {
    for (const { format, write } of opened.all) {
      const reporter = reporterOf(format, write, output)
      for (const one of judged) reporter.expectation(one)
      reporter.end({ kind: 'summary', expectations: judged.length, met, missed: judged.length - met })
    }
    opened.keep()
  } finally {
    opened.drop()
  }
  return met === judged.length ? EXIT.fine : EXIT.failed
}

function reporterOf(
  format: ExpectConfig['reports'][number]['format'],
  write: (text: string) => void,
  { color }: ExpectConfig['output'],
): ExpectReporter {
  switch (format) {
    case 'json':
      return expectJson(write)
    case 'junit':
      return expectJunit(write)
    case 'text':
      return expectText({ write, paint: painter(color) })
  }
}
