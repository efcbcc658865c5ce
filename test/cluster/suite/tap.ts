import { inspect } from 'node:util'
import type { Check } from './comparison.ts'
import type { Plan } from './plan.ts'

/** What came of a case: what was checked. */
export type Result = Readonly<{
  title: string
  seconds: number
  checks: readonly Check[]
  timeline?: readonly string[]
  /** How often the kubelet took a completed phase back for a while. */
  relapses?: number
  /** What no sweep can change and what may have made it come out otherwise; empty or undefined when nothing did. */
  disturbance?: string
  /** Such a thing, for which this is the second time. */
  repeated?: string
}>

/** Prints results as they come, in the Test Anything Protocol, and counts them. */
export class Tap {
  readonly #print: (text: string) => void
  readonly #planned: number
  #passed = 0
  #failed = 0
  #relapses = 0

  /** What is left out was never planned: it is a remark, not a test that was skipped. */
  constructor(print: (text: string) => void, { cases, leftOut }: Plan) {
    this.#print = print
    this.#planned = cases.length
    print(`TAP version 14\n1..${cases.length}\n`)
    for (const { title, why } of leftOut) print(`# Left out: ${title}: ${why}\n`)
  }

  result({ title, seconds, checks, timeline = [], relapses = 0, repeated }: Result): void {
    const number = this.#passed + this.#failed + 1
    this.#relapses += relapses
    const isWell = checks.every(({ problem }) => !problem)
    if (isWell) this.#passed++
    else this.#failed++
    const story = isWell ? '' : timeline.map(line => `# ${line}\n`).join('')
    if (repeated) this.#print(`# Run again, since ${repeated}: ${title}\n`)
    const points = checks.map((check, index) => point(check, index + 1)).join('') + story
    this.#print(
      `# Subtest: ${title}\n${indented(`${points}1..${checks.length}\n`)}${isWell ? 'ok' : 'not ok'} ${number} - ${title} # time=${seconds.toFixed(1)}s\n`,
    )
  }

  /** Prints the counts; true when all that was planned ran, and nothing failed. */
  end(where: string, seconds: number): boolean {
    if (this.#relapses > 0) this.#print(`# The kubelet took a completed phase back for a while: ${this.#relapses} times\n`)
    this.#print(`# ${where}: ${this.#passed} passed, ${this.#failed} failed, in ${seconds.toFixed(0)} s\n`)
    return this.#failed === 0 && this.#passed === this.#planned
  }
}

function point({ title, problem }: Check, number: number): string {
  if (!problem) return `ok ${number} - ${title}\n`
  const show = (value: unknown): string => inspect(value, { depth: 6, breakLength: 140, maxStringLength: 2000 }).replaceAll('\n', '\n    ')
  return `not ok ${number} - ${title}\n  ---\n  expected: |\n    ${show(problem.expected)}\n  found: |\n    ${show(problem.found)}\n  ...\n`
}

function indented(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '    ')
}
