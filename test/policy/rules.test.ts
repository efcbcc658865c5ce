import { readdir, readFile } from 'node:fs/promises'
import fc from 'fast-check'
import t from 'tap'
import { type Finding, loadReview } from '../../runtime/review.ts'
import { decodeSettings } from '../../runtime/settings/decode.ts'
import { pages } from '../../scripts/policy/pages.ts'
import { COMMITTED } from './committed.ts'
import { patchedValue } from '../../runtime/review/patch.ts'

const RULES = new URL('../../policies/review/', import.meta.url)

async function reviewed(manifest: object, settings: object = {}): Promise<readonly Finding[]> {
  return (await loadReview(COMMITTED, decodeSettings(settings, 'settings'))).findings(manifest)
}

/** Title and severity of every rule, from its METADATA. */
async function rules(): Promise<ReadonlyMap<string, readonly string[]>> {
  const files = (await readdir(RULES)).filter(file => !file.endsWith('_test.rego'))
  const sources = await Promise.all(files.map(async file => readFile(new URL(file, RULES), 'utf8')))
  const said = sources.flatMap(source => [...source.matchAll(/^# title: (\S+)\n(?:#.*\n)*?#   severity: (\w+)$/gm)])
  return Map.groupBy(said, ([, title = '']) => title) as unknown as ReadonlyMap<string, readonly string[]> // mapped right below
}

t.test('every finding has the title and the severity of the METADATA of its rule', async t => {
  const files = (await readdir(RULES)).filter(file => !file.endsWith('_test.rego'))
  const sources = await Promise.all(files.map(async file => readFile(new URL(file, RULES), 'utf8')))
  const blocks = sources.flatMap(source => source.split(/^(?=# METADATA$)/m)).filter(block => block.includes('severity: '))
  t.ok(blocks.length > 30)
  for (const block of blocks) {
    const [title = '', severity = ''] = [/^# title: (\S+)$/m, /^#   severity: (\w+)$/m].map(pattern => pattern.exec(block)?.[1])
    t.strictSame(
      [...block.matchAll(/_finding\((.*?), (.*?), /g)].map(([, ...said]) => said),
      [[JSON.stringify(title), JSON.stringify(severity)]],
      `${title}, ${severity}`,
    )
  }
})

t.test('every rule has its page, which says its severities, and no page has no rule', async t => {
  const found = new Map([...(await rules())].map(([title, matches]) => [title, new Set(matches.map(([, , severity]) => severity))]))
  const described = new Map((await pages()).map(({ rule, severities }) => [rule, new Set(severities)]))
  t.strictSame([...described.keys()], [...found.keys()].toSorted())
  for (const [rule, severities] of found) t.strictSame(described.get(rule), severities, rule)
})

t.test('what a page says to avoid has the finding, what it prefers has neither that nor any error', async t => {
  for (const { rule, manifests, settings } of await pages()) {
    const [avoid, ...preferred] = await Promise.all(manifests.map(async manifest => reviewed(manifest, settings)))
    if (avoid === undefined) continue
    const found = avoid.map(finding => finding.rule)
    t.ok(found.includes(rule), `${rule}: ${found.join()}`)
    for (const findings of preferred)
      t.strictSame(
        findings.filter(finding => finding.rule === rule || finding.severity === 'error'),
        [],
        `${rule}: what is preferred`,
      )
  }
})

const main = { name: 'main', image: 'acme/backup' }
const proxy = { name: 'cloud-sql-proxy', image: 'gcr.io/cloud-sql-connectors/cloud-sql-proxy:2.27.0' }
const mesh = { 'linkerd.io/inject': 'enabled' }

function job(containers: readonly object[], annotations?: object, spec: object = {}): object {
  const metadata = annotations === undefined ? {} : { metadata: { annotations } }
  const template = { ...metadata, spec: { restartPolicy: 'Never', containers, ...spec } }
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'backup' }, spec: { template } }
}

/** Beside those of the pages, what is written in other shapes. */
const OTHERS: readonly (readonly [manifest: object, settings?: object])[] = [
  [job([main, proxy], {}, { initContainers: null })],
  [job([proxy, { name: 'vector', image: 'timberio/vector:0.48.0' }, main])],
  [job([main], mesh)],
  [job([main], { 'vault.hashicorp.com/agent-inject': 'true' })],
  [job([main], { ...mesh, 'sidecar-reaper/sidecars': 'linkerd-proxy' })],
  [
    job(
      [{ ...main, args: ['work && pkill istio-proxy'] }],
      { 'sidecar.istio.io/inject': 'true', 'sidecar-reaper/containers': '{"istio-proxy": {"exit": 143}}' },
      {
        shareProcessNamespace: true,
      },
    ),
  ],
  [job([main, proxy], { 'sidecar-reaper/sidecars': 'cloud-sql-proxy', 'sidecar-reaper/containers': '{]' })],
  [job([main, proxy], { 'sidecar-reaper/sidecar': 'cloud-sql-proxy' })],
  ...[{}, { args: [] }, { args: ['p:r:i'] }, { command: ['/cloud-sql-proxy'] }, { env: [] }, { args: ['--', 'p:r:i'] }].flatMap(
    (written): [object, object][] => [
      [job([main, { ...proxy, ...written }]), { ways: ['signal'] }],
      [job([main, { ...proxy, ...written }]), { ways: ['exec'] }],
      [job([main, { ...proxy, ...written }]), { ways: ['http', 'exec'] }],
    ],
  ),
  [
    job(
      [
        { ...main, args: ['work && pkill cloud-sql-proxy'] },
        { ...proxy, args: ['p:r:i'] },
      ],
      undefined,
      { shareProcessNamespace: true },
    ),
  ],
  [
    {
      apiVersion: 'v1',
      kind: 'List',
      items: [job([main, proxy]), { kind: 'List', items: [{ ...job([main, proxy]), metadata: { name: 'other' } }] }],
    },
  ],
  [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'once' }, spec: { restartPolicy: 'OnFailure', containers: [main, proxy] } }],
  [
    {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Workflow',
      metadata: { name: 'w' },
      spec: { templates: [{ name: 'a', containerSet: { containers: [main, proxy] } }] },
    },
  ],
  [{ apiVersion: 'sparkoperator.k8s.io/v1beta2', kind: 'SparkApplication', spec: { driver: { sidecars: [proxy] } } }],
  [
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'reaper', labels: { 'app.kubernetes.io/name': 'sidecar-reaper' } },
    },
  ],
]

t.test('an exception is over on the day after its last', async t => {
  const settings = decodeSettings({ review: { exceptions: [{ rule: 'hangs', reason: 'by hand', until: '2026-11-24' }] } }, 'settings')
  const on = async (day: string) =>
    (await loadReview(COMMITTED, settings, { today: new Date(day) }))
      .findings(job([main, proxy]))
      .filter(({ rule }) => rule !== 'no-deadline')
      .map(({ rule, exception }) => [rule, exception])
  t.strictSame(await on('2026-11-24T23:59:59Z'), [['hangs', { reason: 'by hand', until: '2026-11-24' }]])
  t.strictSame(await on('2026-11-25T00:00:00Z'), [
    ['exception', undefined],
    ['hangs', undefined],
  ])
})

t.test('an exception may be from every rule but that of exceptions', async t => {
  const names = [...(await rules()).keys()]
  const annotations = Object.fromEntries(names.map(rule => [`sidecar-reaper.review/ignore-${rule}`, 'by hand']))
  const voided = (await reviewed(job([main], annotations))).map(({ rule, path }) => [rule, path.at(-1)])
  t.strictSame(voided, [['exception', 'sidecar-reaper.review/ignore-exception']])
})

t.test('every patch applies, and with it the finding is gone', async t => {
  const manifests = [
    ...(await pages()).flatMap(({ manifests, settings }) => manifests.map(manifest => [manifest, settings] as const)),
    ...OTHERS,
  ]
  const mended = new Set<string>()
  for (const [manifest, settings] of manifests)
    for (const { rule, message, fix } of await reviewed(manifest, settings)) {
      if (fix.patch.length === 0) continue
      const left = await reviewed(patchedValue(manifest, fix.patch), settings)
      if (left.some(finding => finding.rule === rule && finding.message === message)) t.fail(`${rule}: ${message}`, { patch: fix.patch })
      mended.add(rule)
    }
  const without = ['all-sidecars', 'contradiction', 'name-without-container', 'stripped-native', 'unknown-main', 'unnamed-container']
  t.strictSame([...mended].toSorted(), [...(await rules()).keys()].filter(rule => !without.includes(rule)).toSorted())
})

const ODD: readonly unknown[] = [null, 1, -3.5, '', 'x', [], {}, [null], [1, 'a'], { a: 1 }, true, 'a\n; b && c', 'sidecar-reaper/x']

/** Every place in a value, as its path. */
function places(value: unknown, above: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, child]) => [[...above, key], ...places(child, [...above, key])])
}

/** The value with another one in that place. */
function replaced(value: unknown, [key, ...rest]: readonly string[], other: unknown): unknown {
  if (key === undefined) return other
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) }) as Record<string, unknown> // a list's index is a key too
  copy[key] = replaced(copy[key], rest, other)
  return copy
}

t.test('findings() takes an example with anything in any place, and its patches still apply', async t => {
  const examples = (await pages()).flatMap(({ manifests, settings }) => manifests.map(manifest => ({ manifest, settings })))
  const broken = fc.record({ example: fc.constantFrom(...examples), place: fc.nat(), other: fc.constantFrom(...ODD) })
  await fc.assert(
    fc.asyncProperty(broken, async ({ example: { manifest, settings }, place, other }) => {
      const all = places(manifest)
      const odd = replaced(manifest, all[place % all.length] ?? [], other) as object // no example is empty
      for (const { fix } of await reviewed(odd, settings)) patchedValue(odd, fix.patch)
    }),
    { numRuns: 500 },
  )
  t.pass()
})
