import { inspect } from 'node:util'
import type { Check } from './comparison.ts'

/** What came of a case: what was checked, or why it cannot run here. */
export type Result = Readonly<{
  title: string
  seconds: number
  checks: readonly Check[]
  timeline?: readonly string[]
  /** How often the kubelet took a completed phase back for a while. */
  relapses?: number
  cannotRun?: string
}>

/** Prints results as they come, in the Test Anything Protocol, and counts them. */
export class Tap {
  readonly #print: (text: string) => void
  #passed = 0
  #failed = 0
  #skipped = 0
  #relapses = 0

  constructor(print: (text: string) => void, plan: number) {
    this.#print = print
    print(`TAP version 14\n1..${plan}\n`)
  }

  result({ title, seconds, checks, timeline = [], relapses = 0, cannotRun }: Result): void {
    const number = this.#passed + this.#failed + this.#skipped + 1
    if (cannotRun !== undefined) {
      this.#skipped++
      this.#print(`ok ${number} - ${title} # SKIP ${cannotRun}\n`)
      return
    }
    this.#relapses += relapses
    const isWell = checks.every(({ problem }) => !problem)
    if (isWell) this.#passed++
    else this.#failed++
    const story = isWell ? '' : timeline.map(line => `# ${line}\n`).join('')
    const points = checks.map((check, index) => point(check, index + 1)).join('') + story
    this.#print(
      `# Subtest: ${title}\n${indented(`${points}1..${checks.length}\n`)}${isWell ? 'ok' : 'not ok'} ${number} - ${title} # time=${seconds.toFixed(1)}s\n`,
    )
  }

  /** Prints the counts; true when nothing failed. */
  end(where: string, seconds: number): boolean {
    const skipped = this.#skipped > 0 ? `, ${this.#skipped} cannot run on this version` : ''
    if (this.#relapses > 0) this.#print(`# The kubelet took a completed phase back for a while: ${this.#relapses} times\n`)
    this.#print(`# ${where}: ${this.#passed} passed, ${this.#failed} failed${skipped}, in ${seconds.toFixed(0)} s\n`)
    return this.#failed === 0
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
