/** Prints how many tests of a TAP log passed: `node scripts/count.ts LOG`. Exit code 1, and why, when one failed or was skipped, or when none ran. */
import { readFile } from 'node:fs/promises'

/**
 * How many tests a log in the Test Anything Protocol shows: not their assertions, of which a property makes thousands, and
 * of a runner's log the tests in each file, not the files. What stands before the protocol's first line is not read.
 * Throws Error when a test failed, was skipped or is still to do, and when the log shows no test, or fewer than planned.
 */
export function passedTests(log: string): number {
  const lines = log.slice(Math.max(log.search(/^TAP version \d+$/m), 0)).split('\n')
  refuse(lines, /^ *Bail out!/, 'the run was given up')
  refuse(lines, /^ *not ok /, 'all must pass')
  refuse(lines, /^ *ok .*(?<!\\)# (skip|todo)\b/i, 'nothing may be skipped')
  const points = lines.filter(line => line.startsWith('ok '))
  const plans = lines.filter(line => /^1\.\.\d+/.test(line))
  if (plans.length !== 1 || Number.parseInt(plans[0]?.slice(3) ?? '', 10) !== points.length)
    throw new Error(`Got ${points.length} results, expected those of one plan: ${plans.join(', ') || 'there is none'}`)
  const tests = points.filter(line => !isFile(line)).length + lines.filter(line => line.startsWith('    ok ') && points.some(isFile)).length
  if (tests === 0) throw new Error('Got no test, expected at least one')
  return tests
}

function refuse(lines: readonly string[], pattern: RegExp, why: string): void {
  const found = lines.filter(line => pattern.test(line))
  if (found.length > 0) throw new Error([`${why}:`, ...found].join('\n'))
}

function isFile(line: string): boolean {
  return /^ok \d+ - \S+\.test\.ts\b/.test(line)
}

if (import.meta.main) {
  const [log = ''] = process.argv.slice(2)
  try {
    console.log(passedTests(await readFile(log, 'utf8')))
  } catch (error) {
    console.error(`${log}: ${error instanceof Error ? error.message : String(error)}`)
    process.exitCode = 1
  }
}
