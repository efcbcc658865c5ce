import * as z from 'zod/mini'
import { problems } from '../../runtime/settings/problems.ts'
import { settingsSchema } from '../../runtime/settings/schema.ts'
import { UsageError } from '../../runtime/usage.ts'

const NAME = /^[a-z0-9]([-a-z0-9]{0,40}[a-z0-9])?$/
const NAMESPACE = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/
const QUANTITY = /^[0-9]+(\.[0-9]+)?(m|k|M|G|Ki|Mi|Gi)?$/

/** The one that carries our program in ConfigMaps; its major version is what the tests run on. */
const NODE_IMAGE = 'docker.io/library/node:24.21.0-slim'

const text = (expected: string, pattern = /^[^\s]+$/) => z.string(expected).check(z.regex(pattern, expected))
const namespaceName = text('a namespace name: at most 63 of a-z, 0-9 and -', NAMESPACE)
const quantity = z.union([text('a quantity such as 100m or 128Mi', QUANTITY), z.int().check(z.gte(1))], 'a quantity such as 100m or 128Mi')
const strings = z.record(z.string(), z.string())
const seconds = (least: number) => z.int().check(z.gte(least))
const count = z.int().check(z.gte(0))

const resources = z.strictObject({
  requests: z._default(z.record(z.string(), quantity), { cpu: '100m', memory: '128Mi' }),
  limits: z._default(z.record(z.string(), quantity), { memory: '256Mi' }),
})

/** Policies that are made from the catalogue. */
export const COMPANIONS = ['admission', 'gatekeeper', 'kyverno'] as const

/** What the reaper's manifests follow from: every option with its default and what it means. */
export const reaperSchema = z
  .strictObject({
    name: z
      .prefault(text('a name: at most 42 of a-z, 0-9 and -', NAME), 'sidecar-reaper')
      .check(describe('Name of the CronJob and the rest.')),
    namespace: z
      .prefault(namespaceName, 'sidecar-reaper')
      .check(describe('Where the reaper itself lives; its pods there are never ended.')),
    createNamespace: z
      .prefault(z.boolean(), true)
      .check(describe('Whether that namespace, with Pod Security restricted, is rendered too.')),
    sweep: z
      .prefault(z.nullable(namespaceName), null)
      .check(describe('The one namespace to sweep, by a Role there; null: all of them, by a ClusterRole.')),
    kind: z.prefault(z.enum(['CronJob', 'Job']), 'CronJob').check(describe('Job: one sweep, once.')),
    schedule: z.prefault(text('a schedule such as "*/5 * * * *"', /\S/), '* * * * *').check(describe('When to sweep.')),
    suspend: z.prefault(z.boolean(), false).check(describe('Render the CronJob suspended.')),
    startingDeadlineSeconds: z
      .prefault(seconds(10), 60)
      .check(describe('A sweep that could not start for so long is left to the next; below 10 the controller may start none at all.')),
    activeDeadlineSeconds: z.prefault(seconds(1), 600).check(describe('A sweep is ended after so long; longer than podDeadline.')),
    successfulJobsHistoryLimit: z.prefault(count, 1).check(describe('How many sweeps are kept that went well.')),
    failedJobsHistoryLimit: z.prefault(count, 3).check(describe('How many are kept that failed.')),
    ttlSecondsAfterFinished: z.prefault(count, 3600).check(describe('When a finished sweep goes whatever the limits say.')),
    image: z
      .prefault(z.nullable(text('an image')), null)
      .check(describe('Image of sidecar-reaper. null: the program is carried in ConfigMaps and runs on nodeImage.')),
    nodeImage: z
      .prefault(text('an image'), NODE_IMAGE)
      .check(describe('An image with Node 22.19 or later as node, pinned by tag or by digest; used without image.')),
    imagePullSecrets: z.prefault(z.array(text('the name of a Secret')), []).check(describe('Secrets of the registry.')),
    resources: z.prefault(resources, {}).check(describe('Of the one container.')),
    output: z.prefault(z.enum(['text', 'json']), 'text').check(describe("What the sweep's log is written in.")),
    labels: z.prefault(strings, {}).check(describe('Put on every object.')),
    pin: z
      .prefault(z.boolean(), true)
      .check(describe('A ValidatingAdmissionPolicy that keeps the ServiceAccount to endings: see docs/pin.md.')),
    companions: z
      .prefault(z.array(z.enum(COMPANIONS)), [])
      .check(
        describe(
          'Policies made from the catalogue that know a Job that will hang: a warning at admission, a Gatekeeper constraint, a Kyverno policy that annotates it.',
        ),
      ),
    settings: z
      .prefault(z.strictObject({ ...settingsSchema.shape, ways: z.prefault(settingsSchema.shape.ways, ['complete']) }), {})
      .check(describe('Settings of the sweep. Of the ways only complete is in use unless ways says otherwise; the rights follow them.')),
  })
  .check(z.meta({ title: 'The reaper to render' }))

/** Checked, with every default. */
export type ReaperOptions = z.output<typeof reaperSchema>

/** Options of a value that came from anywhere; `name` begins each message. Throws UsageError with every mistake at once. */
export function decodeReaperOptions(value: unknown, name: string): ReaperOptions {
  const parsed = reaperSchema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new UsageError(
    problems(value, parsed.error.issues, Object.keys(reaperSchema.shape)).map(problem => `${name}: ${problem}`),
    { cause: parsed.error },
  )
}

function describe(description: string) {
  return z.meta({ description })
}
