import type { Judged } from '../../expect/judge.ts'
import { escaped } from '../xml.ts'
import type { ExpectReporter } from './reporter.ts'

/** Expectations as JUnit XML: a suite, with a case for each expectation. */
export function expectJunit(write: (text: string) => void): ExpectReporter {
  const cases: string[] = []
  return {
    expectation: judged => void cases.push(testcase(judged)),
    end: ({ expectations, missed }) =>
      write(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="sidecar-reaper expectations">
  <testsuite name="expectations" tests="${expectations}" failures="${missed}" errors="0" skipped="0">
${cases.join('')}  </testsuite>
</testsuites>
`),
  }
}

function testcase({ file, name, differences }: Judged): string {
  const opening = `    <testcase classname="${escaped(file)}" name="${escaped(name)}"`
  const [first] = differences
  if (first === undefined) return `${opening}/>\n`
  const text = differences.map(escaped).join('\n')
  return `${opening}><failure type="missed" message="${escaped(first)}">${text}</failure></testcase>\n`
}
