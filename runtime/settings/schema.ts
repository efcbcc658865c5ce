import * as z from 'zod/mini'
import { catalogueRows } from '../catalogue/schema.ts'
import { MIN_MISPREDICTED } from './min-mispredicted.ts'
import { DURATION, durationSeconds } from './duration.ts'

const CONTAINER_NAME = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/
const LABEL_KEY = /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/
const PERCENT = /^(100|\d{1,2})%$/

const DURATION_WORDS = 'a duration such as 500ms, 2s, 1m30s or 1h'
const PERCENT_WORDS = 'a percentage from "0%" to "100%"'

// The message of each check says what is expected; problems.ts puts "got …, expected" before it.

const duration = (least: string) =>
  z.pipe(
    z.string(DURATION_WORDS).check(
      z.regex(DURATION, DURATION_WORDS),
      z.refine(text => !DURATION.test(text) || durationSeconds(text) >= durationSeconds(least), `a duration of at least ${least}`),
    ),
    z.transform(durationSeconds),
  )

const percent = z.pipe(
  z.string(PERCENT_WORDS).check(z.regex(PERCENT, PERCENT_WORDS)),
  z.transform((text: string) => Number.parseInt(text, 10) / 100),
)

const text = (what: string) => z.string(what).check(z.minLength(1, what))

const exception = z.strictObject({
  rule: text('the name of a rule, such as hangs'),
  namespace: z.optional(text('a namespace as the manifest has it')),
  kind: z.optional(text('a kind such as CronJob')),
  name: z.optional(text('the name of a manifest')),
  reason: z.string('why it is excepted').check(z.regex(/\S/, 'why it is excepted')),
  until: z.optional(z.iso.date('a date such as 2027-06-01')).check(describe('The last day on which it counts.')),
})

const atLeastOne = z.int().check(z.gte(1))

/** Every key of a settings file: each setting with its default and what it means, and $schema; the parsed value has durations in seconds and percentages as fractions. */
export const settingsSchema = z
  .strictObject({
    $schema: z.optional(z.string()).check(describe('Where an editor finds the schema of this file; not read.')),
    mode: z
      .prefault(z.enum(['report', 'annotated', 'enforce']), 'annotated')
      .check(
        describe(
          'report: a dry run plus Events. annotated: what an annotation or the settings name is ended, what only the catalogue knows is reported. enforce: both are ended.',
        ),
      ),
    ways: z
      .prefault(z.array(z.enum(['exec', 'http', 'signal', 'complete'])).check(z.minLength(1)), ['exec', 'http', 'signal', 'complete'])
      .check(describe('The ways of ending that may be used.')),
    onDirtyExit: z
      .prefault(z.enum(['refuse', 'end']), 'refuse')
      .check(describe('What to do when every way left would make the pod fail or a container restart.')),
    onMainFailure: z
      .prefault(z.enum(['end', 'leave']), 'end')
      .check(describe('What to do with the sidecars of a main that failed for good.')),
    owners: z
      .prefault(z.array(z.enum(['Job', 'none', 'Workflow', 'SparkApplication', 'any'])).check(z.minLength(1)), ['Job'])
      .check(describe('Whose pods are in scope; none: pods without an owner.')),
    sidecars: z
      .prefault(z.array(z.string().check(z.regex(CONTAINER_NAME, 'a container name: at most 63 of a-z, 0-9 and -'))), [])
      .check(describe('Names of containers that are sidecars in every pod in scope.')),
    mainLabel: z
      .prefault(z.nullable(z.string().check(z.regex(LABEL_KEY, 'a label key such as app.kubernetes.io/name'))), null)
      .check(describe('Key of the pod label whose value names the main container; all others are sidecars then.')),
    controllersGone: z
      .prefault(z.array(z.enum(['kruise', 'argo'])), [])
      .check(describe('Controllers that are gone from the cluster: their marks on pods count as ours.')),
    settle: z
      .prefault(duration('0s'), '2s')
      .check(describe('How long the last main must have been finished. Annotation sidecar-reaper/settle says otherwise for one pod.')),
    callTimeout: z.prefault(duration('100ms'), '10s').check(describe('Deadline of one call to the API server.')),
    podDeadline: z
      .prefault(duration('1s'), '5m')
      .check(describe('Deadline for all attempts on one pod, and how long a claim of another sweep is respected.')),
    maxEndings: z.prefault(atLeastOne, 100).check(describe('How many pods one sweep ends; the rest waits for the next.')),
    maxMispredicted: z
      .prefault(percent, '20%')
      .check(
        describe(
          `The sweep stops with exit code 1 when a larger share of its endings, and at least ${MIN_MISPREDICTED}, came out otherwise than predicted.`,
        ),
      ),
    perNode: z.prefault(atLeastOne, 4).check(describe('How many exec, http and signal calls run at once for the pods of one node.')),
    annotationCommands: z
      .prefault(z.enum(['deny', 'allow']), 'deny')
      .check(describe('Whether commands and quit URLs in annotations count: they run under the rights of the reaper.')),
    review: z
      .prefault(z.strictObject({ exceptions: z.prefault(z.array(exception), []) }), {})
      .check(describe('Of a review: `exceptions` are findings that may stay, each with a rule and a reason; see docs/rules/exception.md.')),
    catalogue: z
      .prefault(catalogueRows, {})
      .check(describe('Known sidecars by name, added to the built-in ones or in place of those of the same name.')),
  })
  .check(z.meta({ title: 'Settings of sidecar-reaper' }))

/** Settings as the policy and the sweep read them. */
export type Settings = Omit<z.output<typeof settingsSchema>, '$schema'>

function describe(description: string) {
  return z.meta({ description })
}
