import { caseOf, type Case } from './case.ts'
import type { SuiteOptions } from './options.ts'
import { variants, type Row } from './row.ts'

/** What a run does, and which of the cases asked for it leaves out because its Kubernetes cannot run them. */
export type Plan = Readonly<{ cases: readonly Case[]; leftOut: readonly LeftOut[] }>
export type LeftOut = Readonly<{ title: string; why: string }>

/** The cases that the options ask for; throws a SyntaxError when there is none. */
export function askedFor({ only, ways }: Pick<SuiteOptions, 'only' | 'ways'>, rows: readonly Row[]): readonly Case[] {
  const cases = rows.flatMap(casesOf).filter(({ title, variant }) => ways.includes(variant) && only.test(title))
  if (cases.length === 0) throw new SyntaxError(`No row matches ${only}`)
  return cases
}

/** Leaves out what a version cannot run, which the table declares by `needs`; throws an Error when nothing remains. */
export function planned(asked: readonly Case[], gitVersion: string): Plan {
  const cases = asked.filter(({ row }) => !isTooOld(gitVersion, row))
  const leftOut = asked.flatMap(({ title, row }) => (row.needs && isTooOld(gitVersion, row) ? [{ title, why: row.needs.why }] : []))
  if (cases.length === 0) throw new Error(`Kubernetes ${gitVersion} cannot run any of the rows: ${leftOut[0]?.why}`)
  return { cases, leftOut }
}

function casesOf(row: Row, number: number): Case[] {
  return variants.flatMap(variant => (row.expect[variant] ? [caseOf(row, variant, row.expect[variant], number)] : []))
}

function isTooOld(gitVersion: string, { needs }: Row): boolean {
  const minor = (text: string): number => Number(/^v?1\.(\d+)/.exec(text)?.[1])
  return needs !== undefined && minor(gitVersion) < minor(needs.kubernetes)
}
