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
  /** Such a thing, for which this is the second time, and what came of the first. */
  repeated?: Readonly<{ why: string; checks: readonly Check[]; timeline?: readonly string[] | undefined }>
}>

/** So many of the planned cases may have a second go, and at least three; more are a defect of somebody. */
const REPEATED_SHARE = 0.05

/** Prints results as they come, in the Test Anything Protocol, and counts them. */
export class Tap {
  readonly #print: (text: string) => void
  readonly #planned: number
  #passed = 0
  #failed = 0
  #relapses = 0
  #repeated = 0

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
    const story = isWell ? '' : commented(timeline)
    if (repeated) {
      this.#repeated++
      const failed = repeated.checks.filter(({ problem }) => problem).map((check, index) => point(check, index + 1))
      this.#print(`# Run again, since ${repeated.why}: ${title}; what failed the first time:\n`)
      this.#print(commented([...failed.join('').split('\n').filter(Boolean), ...(repeated.timeline ?? [])]))
    }
    const points = checks.map((check, index) => point(check, index + 1)).join('') + story
    this.#print(
      `# Subtest: ${title}\n${indented(`${points}1..${checks.length}\n`)}${isWell ? 'ok' : 'not ok'} ${number} - ${title} # time=${seconds.toFixed(1)}s\n`,
    )
  }

  /** Prints the counts; true when all that was planned ran, nothing failed, and few had a second go. */
  end(where: string, seconds: number): boolean {
    if (this.#relapses > 0) this.#print(`# The kubelet took a completed phase back for a while: ${this.#relapses} times\n`)
    const mayRepeat = Math.max(3, Math.floor(this.#planned * REPEATED_SHARE))
    if (this.#repeated > 0) this.#print(`# Run again: ${this.#repeated} cases; ${mayRepeat} may be\n`)
    this.#print(`# ${where}: ${this.#passed} passed, ${this.#failed} failed, in ${seconds.toFixed(0)} s\n`)
    return this.#failed === 0 && this.#passed === this.#planned && this.#repeated <= mayRepeat
  }
}

function point({ title, problem }: Check, number: number): string {
  if (!problem) return `ok ${number} - ${title}\n`
  const show = (value: unknown): string => inspect(value, { depth: 6, breakLength: 140, maxStringLength: 2000 }).replaceAll('\n', '\n    ')
  return `not ok ${number} - ${title}\n  ---\n  expected: |\n    ${show(problem.expected)}\n  found: |\n    ${show(problem.found)}\n  ...\n`
}

function commented(lines: readonly string[]): string {
  return lines.map(line => `# ${line}\n`).join('')
}

function indented(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '    ')
}
