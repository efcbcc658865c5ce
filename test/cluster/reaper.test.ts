import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { load } from 'js-yaml'
import type { SweepRecord } from '../../runtime/outcome.ts'
import { ask, connect } from './harness/api.ts'
import { eventually } from './harness/eventually.ts'
import { kubectl } from './harness/kubectl.ts'
import { equipped, job } from './harness/manifests.ts'
import { hasCondition, type Job } from './harness/objects.ts'
import { openWorld, type Scenario } from './harness/world.ts'
import { importArchive, importNode } from './reaper/images.ts'

//   scripts/image.sh FILE && npm run cluster -- run -- node test/cluster/reaper.test.ts FILE
//
// The reaper as it is installed, running in the cluster as its own ServiceAccount: its CronJob ends stuck Jobs of others.

/** The image that the Dockerfile makes, as scripts/image.sh names it; it is built outside of the cluster's network. */
const ownImage = 'localhost/sidecar-reaper:latest'
const [, , archive = ''] = process.argv
if (archive === '') throw new Error('The image is missing: name the FILE that scripts/image.sh has written')

const world = await openWorld()
const connection = await connect()
const { api } = connection
t.setTimeout(600_000)

const program = fileURLToPath(new URL('../../dist/sidecar-reaper.mjs', import.meta.url))
const overlay = (folder: string) => fileURLToPath(new URL(`../../${folder}`, import.meta.url))

interface Template {
  readonly spec: {
    readonly jobTemplate: { readonly spec: { readonly template: { readonly spec: { readonly containers: { image: string }[] } } } }
  }
}

const rendered = load(readFileSync(new URL('../../config/cluster/cron-job.yaml', import.meta.url), 'utf8')) as Template // which npm run render wrote
const [{ image: stockImage } = { image: '' }] = rendered.spec.jobTemplate.spec.template.spec.containers
await importNode(stockImage)

/** A Job that is stuck: its main has ended, its sidecar runs on. */
async function stuck(scenario: Scenario, sidecar: { exit: string; known?: boolean; quit?: string }): Promise<void> {
  const details = { exit: Number(sidecar.exit), ...(sidecar.quit !== undefined && { quit: sidecar.quit }) }
  const annotations = {
    'sidecar-reaper/sidecars': 'sidecar',
    ...(sidecar.known && { 'sidecar-reaper/containers': JSON.stringify({ sidecar: details }) }),
  }
  const containers = [equipped('main', { exit: 0, after: 0.5 }), equipped('sidecar', { on: { TERM: sidecar.exit } })]
  await scenario.apply(job('backup', scenario.directory, containers, { metadata: { annotations }, terminationGracePeriodSeconds: 5 }))
  await scenario.pod('backup', 'the main has ended', ({ status }) =>
    (status.containerStatuses ?? []).some(({ name, state }) => name === 'main' && state.terminated !== undefined),
  )
}

/** What the sweeps have printed so far. */
async function sweeps(): Promise<string> {
  const selector = ['--namespace=sidecar-reaper', '--selector=app.kubernetes.io/component=reaper']
  return kubectl(['logs', ...selector, '--tail=-1', '--ignore-errors']).catch(() => '')
}

async function install(t: Test, args: readonly string[], input = ''): Promise<void> {
  await kubectl(['apply', ...args], input)
  t.teardown(() => kubectl(['delete', ...args, '--ignore-not-found'], input)) // waits until the namespace is gone
}

/** Waits until the Job is Complete, and says how often its main ran. */
async function runsOfMain(t: Test, scenario: Scenario): Promise<number> {
  await scenario.finished('backup', { deadlineMs: 120_000 })
  t.ok(hasCondition(await scenario.job('backup'), 'Complete'), 'the Job is Complete')
  return (await scenario.pods('backup')).length
}

/** Waits until a sweep that began after now has come to its end. */
async function nextSweep(): Promise<Job> {
  const from = new Date().toISOString()
  const path = '/apis/batch/v1/namespaces/sidecar-reaper/jobs'
  const { items } = await eventually(
    'the next sweep has ended',
    () => ask<{ items: Job[] }>(api, path),
    ({ items }) => items.some(item => isAfter(item, from)),
    { deadlineMs: 150_000 },
  )
  const found = items.find(item => isAfter(item, from))
  if (!found) throw new Error('The sweep is gone')
  return found
}

function isAfter(item: Job, from: string): boolean {
  return item.metadata.creationTimestamp >= from && (hasCondition(item, 'Complete') || hasCondition(item, 'Failed'))
}

t.test('kubectl apply -k . completes a stuck Job of another namespace within two minutes, with no image of ours', async t => {
  await using scenario = await world.scenario('root-install')
  await stuck(scenario, { exit: '143' })
  await install(t, ['--kustomize', overlay('.')])
  t.equal(await runsOfMain(t, scenario), 1, 'its main ran once')
  t.match(await sweeps(), /ended +complete/)
})

t.test('config/namespaced ends what is stuck in its namespace, and can do nothing in another', async t => {
  await using inside = await world.scenario('swept')
  await using outside = await world.scenario('not-swept')
  await Promise.all([stuck(inside, { exit: '143' }), stuck(outside, { exit: '143' })])
  const manifests = execFileSync(process.execPath, [program, 'render', '--sweep', inside.namespace], { encoding: 'utf8' })
  await install(t, ['--filename=-'], manifests)
  t.equal(await runsOfMain(t, inside), 1)
  t.ok(hasCondition(await nextSweep(), 'Complete'), 'the sweeps go on well')
  t.notOk(hasCondition(await outside.job('backup'), 'Complete'))
  const account = `--as=system:serviceaccount:sidecar-reaper:sidecar-reaper`
  for (const verb of ['get', 'list', 'patch'])
    await t.rejects(kubectl(['auth', 'can-i', verb, 'pods', account, `--namespace=${outside.namespace}`]), /kubectl auth can-i/, verb)
})

t.test('the image with all ways tells a sidecar whose exit is known, and a pod that is refused alarms nobody', async t => {
  await importArchive(resolve(archive)) // the node has another working directory
  await using known = await world.scenario('told')
  await using refused = await world.scenario('refused')
  await stuck(known, { exit: '0', known: true })
  const annotations = { 'sidecar-reaper/sidecars': 'main, sidecar' }
  const containers = [equipped('main', { exit: 0, after: 0.5 }), equipped('sidecar', { on: { TERM: '0' } })]
  await refused.apply(job('backup', refused.directory, containers, { metadata: { annotations } }))
  const ways = ['--ways', 'exec,http,signal,complete', '--image', ownImage]
  const manifests = execFileSync(process.execPath, [program, 'render', ...ways], { encoding: 'utf8' })
  await install(t, ['--filename=-'], manifests)
  t.equal(await runsOfMain(t, known), 1)
  const said = await sweeps()
  t.match(said, /ended +signal/)
  t.match(said, /refuse/)
  t.ok(hasCondition(await nextSweep(), 'Complete'), 'the sweep is well all the same')
  t.notOk(hasCondition(await refused.job('backup'), 'Complete'))
})

interface Rule {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly verbs: readonly string[]
}

/** The rendered ClusterRole in its smallest parts; which verb connects to a pod depends on the version, so those stay together. */
function parts(ways: readonly string[]): readonly Rule[] {
  const lines = execFileSync(process.execPath, [program, 'render', '--ways', ways.join(','), '-o', 'json'], { encoding: 'utf8' })
  const objects = lines
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as { kind: string; rules?: readonly Rule[] }) // our own
  const rules = objects.flatMap(({ kind, rules }) => (kind === 'ClusterRole' && rules ? rules : []))
  return rules.flatMap(({ apiGroups, resources, verbs }) =>
    resources.flatMap(resource => {
      const isConnection = resource === 'pods/exec' || resource === 'pods/portforward'
      return isConnection
        ? [{ apiGroups, resources: [resource], verbs }]
        : verbs.map(verb => ({ apiGroups, resources: [resource], verbs: [verb] }))
    }),
  )
}

for (const ways of [['complete'], ['complete', 'exec', 'http', 'signal']]) {
  t.test(`each right of the ways ${ways.join(', ')} is needed, and together they are enough`, async t => {
    const all = parts(ways)
    t.ok(all.length > 5, 'the role is read')
    for (const missing of [undefined, ...all]) {
      const complaint = await complaintWith(
        all.filter(part => part !== missing),
        ways,
      )
      const what = missing === undefined ? 'nothing' : `${missing.verbs.join(', ')} ${missing.resources.join()}`
      if (missing === undefined) t.equal(complaint, '', 'all of them')
      else t.match(complaint, /needs verb|Could not|not claimed/, `without ${what}`)
    }
  })
}

/** What a sweep complains of that somebody with these rights makes while one pod is stuck: nothing when all is well. */
async function complaintWith(rules: readonly Rule[], ways: readonly string[]): Promise<string> {
  await using scenario = await world.scenario('rights')
  const { namespace } = scenario
  const name = `rights-${namespace}`
  const subjects = [{ kind: 'ServiceAccount', name: 'sweeper', namespace }]
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name }
  const items = [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'sweeper', namespace } },
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name }, rules },
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata: { name }, roleRef, subjects },
  ]
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items })
  await kubectl(['create', '--filename=-'], list)
  try {
    await stuck(scenario, { exit: '0', known: true, quit: 'http://localhost:9/quit' })
    const token = (await kubectl(['create', 'token', 'sweeper', `--namespace=${namespace}`])).trim()
    return await sweptAs(token, ways)
  } finally {
    await kubectl(['delete', '--filename=-'], list)
  }
}

/** Sweeps all namespaces with that token; the quit URL of the sidecar answers nobody, which is no matter of rights. */
async function sweptAs(token: string, ways: readonly string[]): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'sidecar-reaper-rights-'))
  try {
    const [config, settings] = [join(directory, 'config'), join(directory, 'settings.json')]
    writeFileSync(config, connection.kubeconfig(token), { mode: 0o600 })
    writeFileSync(settings, JSON.stringify({ ways, annotationCommands: 'allow' }))
    const args = ['sweep', '--all-namespaces', '--kubeconfig', config, '--settings', settings, '-o', 'json']
    const { stdout, stderr, status } = spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' })
    const records = stdout
      .trim()
      .split('\n')
      .filter(Boolean)
      .map(line => JSON.parse(line) as SweepRecord) // our own
    const tried = records.flatMap(record => (record.kind === 'outcome' ? record.tried.map(({ error }) => error) : []))
    const limits = records.flatMap(record => (record.kind === 'summary' ? record.limits : []))
    const complaints = [...tried.filter(error => error.includes('needs verb')), ...limits]
    return complaints.length > 0 || status === 0 ? complaints.join('; ') : stderr
  } finally {
    rmSync(directory, { recursive: true })
  }
}
