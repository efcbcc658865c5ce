import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { dump, load } from 'js-yaml'
import t from 'tap'
import type { FindingRecord, Remark } from '../../runtime/review/record.ts'
import { ask } from './harness/api.ts'
import { create } from './harness/create.ts'
import { eventually } from './harness/eventually.ts'
import { equipped, job } from './harness/manifests.ts'
import { exitCodes, hasCondition, hasEnded } from './harness/objects.ts'
import { openWorld } from './harness/world.ts'

// What review finds in a manifest is what a real cluster then does, and its fix mends that; and what it finds in a cluster.

const world = await openWorld()
const { api, connection } = world
t.setTimeout(300_000)

const program = fileURLToPath(new URL('../../dist/sidecar-reaper.mjs', import.meta.url))
const folder = await mkdtemp(join(tmpdir(), 'sidecar-reaper-review-'))
t.teardown(() => rm(folder, { recursive: true }))

/** A row for the test image, as a user would add one: a sidecar that nothing in the manifest speaks of. */
const SETTINGS = {
  catalogue: {
    shipper: { title: 'Log shipper', names: ['shipper'], images: ['sidecar-reaper.test/busybox'], ways: [], sources: ['test'] },
  },
}
const settings = join(folder, 'settings.yaml')
await writeFile(settings, dump(SETTINGS))

async function review(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [program, 'review', '--settings', settings, '-o', 'json', ...args], {
    env: { ...process.env, ...env },
  })
  child.stdin.end()
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  const lines = stdout
    .trim()
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line) as FindingRecord | Remark) // printed by us
  const findings = lines.filter(line => line.kind === 'finding')
  const problems = lines.filter(line => line.kind === 'problem')
  return {
    code: Number(code),
    stderr,
    findings: findings.map(({ file, rule }) => `${file} ${rule}`),
    problems: problems.map(({ file }) => file),
  }
}

const main = equipped('main', { exit: 0, after: 1 })
const shipper = equipped('shipper', { on: { TERM: '143' } })

t.test('a Job that review says will hang does, and the one that --fix makes of it completes', async t => {
  await using scenario = await world.scenario('review')
  const manifest = job('backup', scenario.directory, [main, shipper], {}, { activeDeadlineSeconds: 600 })
  const file = join(folder, 'job.yaml')
  await writeFile(file, dump(manifest, { noRefs: true }))
  t.match(await review([file]), { code: 1, findings: [`${file} hangs`] })

  await scenario.apply(manifest)
  const pod = await scenario.pod('backup', 'its main has ended, its sidecar runs', seen => hasEnded(seen, 'main'), {
    deadlineMs: 60_000,
  })
  t.notOk(hasCondition(await scenario.job('backup'), 'Complete'))
  t.strictSame(exitCodes(pod), { main: 0 })

  t.match(await review(['--fix', file]), { code: 0 })
  t.strictSame((await review([file])).findings, [])
  const fixed = load(await readFile(file, 'utf8')) as { metadata: { name: string } } // the Job of before
  fixed.metadata.name = 'fixed'
  await scenario.apply(fixed)
  t.ok(hasCondition(await scenario.finished('fixed', { deadlineMs: 60_000 }), 'Complete'), 'the Job is Complete')
  const pods = await scenario.pods('fixed')
  t.strictSame(pods.map(exitCodes), [{ main: 0, shipper: 143 }], 'its main ran once')
})

const WEBHOOK = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'MutatingWebhookConfiguration',
  webhooks: [
    {
      name: 'old.example.com',
      admissionReviewVersions: ['v1beta1'],
      sideEffects: 'None',
      failurePolicy: 'Ignore',
      namespaceSelector: { matchLabels: { 'example.com/nowhere': 'true' } },
      clientConfig: { url: 'https://127.0.0.1:1/' },
      rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
    },
  ],
}

/** JobSet with no more of a schema than the API server asks for, in a version that came after the one that we know. */
const JOB_SETS = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'jobsets.jobset.x-k8s.io', annotations: { 'api-approved.kubernetes.io': 'unapproved, a test' } },
  spec: {
    group: 'jobset.x-k8s.io',
    scope: 'Namespaced',
    names: { kind: 'JobSet', plural: 'jobsets', singular: 'jobset' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
}

t.test('review -n and -A find what lives in a cluster, as far as one may read it', async t => {
  await using scenario = await world.scenario('review')
  const { namespace } = scenario
  const webhook = { ...WEBHOOK, metadata: { name: namespace } }
  const created = await create(api, '', [webhook, JOB_SETS])
  try {
    const pods = job('x', scenario.directory, [main, shipper])['spec'] as { readonly template: object } // a Job's
    const spec = { activeDeadlineSeconds: 600, template: pods.template }
    await eventually(
      'JobSets are served',
      () => ask<{ readonly groups: readonly { readonly name: string }[] }>(api, '/apis'),
      ({ groups }) => groups.some(({ name }) => name === 'jobset.x-k8s.io'),
    )
    const native = { ...shipper, restartPolicy: 'Always' }
    await scenario.apply(
      { apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'nightly' }, spec: { schedule: '0 3 * * *', jobTemplate: { spec } } },
      {
        apiVersion: 'jobset.x-k8s.io/v1',
        kind: 'JobSet',
        metadata: { name: 'set' },
        spec: { replicatedJobs: [{ name: 'a', template: { spec } }] },
      },
      job('native', scenario.directory, [main], { initContainers: [native] }, { activeDeadlineSeconds: 600 }),
      job('hanging', scenario.directory, [main, shipper], {}, { activeDeadlineSeconds: 600 }),
    )
    await scenario.pod('hanging', 'there is a pod that its Job made', () => true)
    const wanted = ['CronJob/nightly hangs', 'Job/hanging hangs', 'Job/native stripped-native', 'JobSet/set hangs']
    const { code, stderr, findings } = await review(['-n', namespace])
    t.match([code, stderr], [1, ''])
    t.strictSame(
      findings.toSorted(),
      wanted.map(one => `${namespace}/${one}`),
    )
    const everywhere = await review(['-A'])
    t.strictSame(
      everywhere.findings.filter(one => one.startsWith(`${namespace}/`)).toSorted(),
      wanted.map(one => `${namespace}/${one}`),
    )

    const reader = async (name: string, resources: readonly string[]) => {
      const subjects = [{ kind: 'ServiceAccount', name, namespace }]
      const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name }
      const rules = resources.length === 0 ? [] : [{ apiGroups: ['batch'], resources, verbs: ['list'] }]
      await scenario.apply(
        { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } },
        { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name }, rules },
        { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata: { name }, roleRef, subjects },
      )
      const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`
      const { status } = await ask<{ status: { token: string } }>(api, path, { method: 'POST', body: {} })
      const kubeconfig = join(folder, name)
      await writeFile(kubeconfig, connection.kubeconfig(status.token), { mode: 0o600 })
      return review(['-n', namespace], { KUBECONFIG: kubeconfig })
    }
    const partly = await reader('partly', ['cronjobs'])
    t.match(partly, {
      code: 1,
      findings: [`${namespace}/CronJob/nightly hangs`],
      problems: ['jobs', 'pods', 'podtemplates', 'jobsets', 'roles'],
    })
    t.match(partly.stderr, /jobs: error: Cannot list jobs\.batch in namespace \S+: needs verb list on resource jobs /)
    t.match(partly.stderr, /mutatingwebhookconfigurations: note: .*what they do to other objects is not known/)
    t.match(await reader('blind', []), { code: 3, findings: [], stderr: /error: Cannot list / })
  } finally {
    for (const path of created) await api(path, { method: 'DELETE' })
  }
})
