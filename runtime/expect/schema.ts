import * as z from 'zod/mini'

const text = (what: string) => z.string(what).check(z.minLength(1, what))
const names = z.array(text('the name of a container'), 'a list of names')
const time = z.iso.datetime({ offset: true, message: 'a time such as 2027-06-01T03:10:00Z' })

/** Either the thing itself or the path of a file that holds it, from the folder of the expectation. */
const inline = z.union([text('a file'), z.record(z.string(), z.unknown())])

const way = z.union([z.enum(['exec', 'http', 'signal']), z.looseObject({ way: z.enum(['exec', 'http', 'signal']) })])

const finding = z.union([
  text('the name of a rule'),
  z.strictObject({
    rule: text('the name of a rule'),
    severity: z.optional(z.enum(['error', 'warning', 'info'])),
    container: z.optional(z.nullable(z.string())),
    message: z.optional(z.string()),
    excepted: z.optional(z.boolean()),
  }),
])

const roles = { mains: z.optional(names), sidecars: z.optional(names) }

/** What mentions nothing is met by everything. */
const notEmpty = (what: string) => z.refine(expected => Object.keys(Object(expected)).length > 0, `at least one of ${what}`)

const verdict = z
  .strictObject({
    decision: z.optional(z.enum(['end', 'wait', 'leave', 'refuse'])),
    reason: z.optional(text('a reason, such as left-over')),
    message: z.optional(z.string()),
    report: z.optional(z.boolean()),
    earned: z.optional(z.nullable(z.enum(['Succeeded', 'Failed']))),
    after: z.optional(z.nullable(z.enum(['Succeeded', 'Failed', 'Unknown', 'Running']))),
    complete: z.optional(z.enum(['first', 'last', 'no'])),
    ...roles,
    leftOver: z.optional(names),
    ways: z.optional(z.record(z.string(), z.array(way))),
    warnings: z.optional(z.array(text('the code of a warning'))),
  })
  .check(notEmpty('decision, reason, mains, sidecars, leftOver, ways'))

const review = z.strictObject({ findings: z.optional(z.array(finding)), ...roles }).check(notEmpty('findings, mains, sidecars'))

const common = {
  name: text('what is expected, as a sentence'),
  settings: z.optional(inline),
  now: z.optional(time),
}

/** A pod, what is around it, and what of the verdict on it is expected. */
export const podExpectation = z.strictObject({
  ...common,
  pod: inline,
  namespace: z.optional(z.strictObject({ name: text('a name'), labels: z.prefault(z.record(z.string(), z.string()), {}) })),
  node: z.optional(z.strictObject({ ready: z.boolean() })),
  expect: verdict,
})

/** A manifest, and all of its findings. */
export const manifestExpectation = z.strictObject({ ...common, manifest: inline, expect: review })

/** One document of a file of expectations. */
export const expectationSchema = z.union([podExpectation, manifestExpectation])

export type PodExpectation = z.output<typeof podExpectation>
export type ManifestExpectation = z.output<typeof manifestExpectation>
export type ExpectedVerdict = PodExpectation['expect']
export type ExpectedReview = ManifestExpectation['expect']
export type ExpectedWay = z.output<typeof way>
export type ExpectedFinding = z.output<typeof finding>
