import { isAbsolute, relative, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { STDIN_NAME } from '../../documents.ts'
import { fieldPath } from '../../../generator/pointer.ts'
import { printable } from '../../printable.ts'
import type { Severity } from '../../review.ts'
import { type FindingRecord, type Place, placeOf, type Remark } from '../../review/record.ts'
import type { Rule } from '../../review/rules.ts'
import type { ReviewReporter } from './reporter.ts'

export interface SarifOptions {
  readonly write: (text: string) => void
  readonly version: string
  readonly rules: readonly Rule[]
  /** What relative paths are relative to. */
  readonly cwd: string
}

const LEVELS: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'note' }

/** A review as a SARIF 2.1.0 log, written as it comes. */
export function reviewSarif({ write, version, rules, cwd }: SarifOptions): ReviewReporter {
  const remarks: Remark[] = []
  let count = 0
  const begin = () => write(`${opening(version, rules)}\n`)
  const item = (value: object) => {
    if (count === 0) begin()
    write(`${count++ === 0 ? '' : ',\n'}${JSON.stringify(value)}`)
  }
  return {
    file(review) {
      remarks.push(...review.remarks)
      for (const finding of review.findings) if (!finding.fixed) item(result(finding, rules, cwd))
    },
    end({ problems }) {
      if (count === 0) begin()
      const invocation = {
        executionSuccessful: problems === 0,
        toolExecutionNotifications: remarks.map(remark => notification(remark, cwd)),
      }
      write(`\n],"invocations":[${JSON.stringify(invocation)}]}]}\n`)
    },
  }
}

/** The log up to its results. */
function opening(version: string, rules: readonly Rule[]): string {
  const driver = {
    name: 'sidecar-reaper',
    semanticVersion: version,
    rules: rules.map(({ name, severity, description, page }) => ({
      id: name,
      shortDescription: { text: description },
      defaultConfiguration: { level: LEVELS[severity] },
      help: { text: page, markdown: page },
      properties: { 'problem.severity': severity === 'info' ? 'recommendation' : severity },
    })),
  }
  return `{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[{"tool":${JSON.stringify({ driver })},"columnKind":"utf16CodeUnits","results":[`
}

function result(finding: FindingRecord, rules: readonly Rule[], cwd: string): object {
  const { rule, severity, message, fix, object, path, container, exception } = finding
  const index = rules.findIndex(({ name }) => name === rule)
  return {
    ruleId: rule,
    ...(index >= 0 && { ruleIndex: index }),
    level: LEVELS[severity],
    message: { text: printable(`${message}; fix: ${fix.text}`, 2000) },
    locations: [
      { physicalLocation: location(finding, cwd), logicalLocations: [{ fullyQualifiedName: logicalName(finding), kind: 'object' }] },
    ],
    ...(exception && { suppressions: [{ kind: 'external', status: 'accepted', justification: printable(exception.reason, 2000) }] }),
    // Of what stays when lines move, so that a finding is known again.
    partialFingerprints: { 'finding/v1': [rule, object.kind, object.namespace, object.name, container, fieldPath(path)].join('/') },
  }
}

function logicalName({ object, path }: FindingRecord): string {
  const name = [object.namespace, object.name].filter(part => part !== null).join('/')
  return printable([object.kind, name, fieldPath(path)].filter(Boolean).join(' '), 500)
}

/** What came from standard input is in the template that Helm names, on a line that nobody knows. */
function location(finding: FindingRecord, cwd: string): object {
  const { file, source } = finding
  if (file === STDIN_NAME) return { artifactLocation: { uri: uri(source ?? 'stdin', cwd) } }
  return { artifactLocation: { uri: uri(file, cwd) }, ...region(placeOf(finding)) }
}

function notification({ kind, file, place, message }: Remark, cwd: string): object {
  const physicalLocation = { artifactLocation: { uri: uri(file === STDIN_NAME ? 'stdin' : file, cwd) }, ...region(place) }
  return { level: kind === 'problem' ? 'error' : 'note', message: { text: printable(message, 2000) }, locations: [{ physicalLocation }] }
}

function region(place: Place | null): object {
  return place === null ? {} : { region: { startLine: place.line, startColumn: place.column } }
}

/** Relative to the working directory, which is the repository where a pipeline runs; what is outside of it is absolute. */
function uri(file: string, cwd: string): string {
  const path = isAbsolute(file) ? relative(cwd, file) : relative(cwd, `${cwd}${sep}${file}`)
  if (path.startsWith('..') || isAbsolute(path)) return pathToFileURL(isAbsolute(file) ? file : `${cwd}${sep}${file}`).href
  return path.split(sep).map(encodeURIComponent).join('/')
}
