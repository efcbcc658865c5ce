import { spawnSync } from 'node:child_process'
import { chmod, readFile } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { load } from 'js-yaml'
import t from 'tap'
import packageJson from '../package.json' with { type: 'json' }
import { run, settingsTable, shownCommands, withoutChance } from '../scripts/readme.ts'
import { rules } from './cluster/suite/identity.ts'
import type { JobManifest, PodManifest } from './sandbox/objects.ts'
import { startSandbox } from './sandbox/sandbox.ts'

const page = await text('README.md')
const commands = shownCommands(page)
const blocks = [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, block = '']) => block)

async function text(path: string): Promise<string> {
  return readFile(new URL(`../${path}`, import.meta.url), 'utf8')
}

for (const { command, output } of commands.filter(shown => shown.output !== '')) {
  t.test(`the README shows what ${command} prints`, async t => {
    t.equal(withoutChance(await run(command)), withoutChance(output), 'if the new output is right: npm run readme')
  })
}

t.test('withoutChance() keeps all that is the same in each run: hashes, and the order of lines without a made-up name', async t => {
  const first = 'POD\nb-2xk4p ended (0.4 s)\na-bcdfg ended (1.0 s)\n2 pods\nsha256 f8c8\n'
  t.equal(withoutChance(first), withoutChance('POD\na-zzzzz ended (0.0 s)\nb-44444 ended (0.0 s)\n2 pods\nsha256 f8c8\n'))
  t.not(withoutChance(first), withoutChance(first.replace('f8c8', 'f8c9')))
  t.not(withoutChance(first), withoutChance(first.replace('POD\n', '').replace('2 pods\n', '2 pods\nPOD\n')))
  t.equal(withoutChance('exited 0 23d3h ago   -\n'), withoutChance('exited 0 101d ago   -\n'))
})

t.test("the README's commands find the Job of its example and the pod of its explain, and complete both", async t => {
  await using sandbox = await startSandbox()
  sandbox.addNamespace('shop')
  const { metadata, ...job } = load(await text('docs/examples/job.yaml')) as JobManifest // what kubectl apply would take
  const stuck = load(await text('docs/examples/stuck-pod.yaml')) as PodManifest // as kubectl get showed it
  const does = { main: { exitAfterMs: 0 }, proxy: { on: { TERM: { exit: 143 } } } }
  sandbox.addJob({ ...job, metadata: { ...metadata, namespace: 'shop' } }, { behaviours: does })
  sandbox.addNode(stuck.spec.nodeName ?? '')
  sandbox.addPod(stuck, { behaviours: does })
  const hasFinishedMain = () =>
    sandbox.pods('shop').every(({ status }) => status.containerStatuses?.some(({ state }) => state.terminated !== undefined))
  await sandbox.waitFor(hasFinishedMain)
  const directory = t.testdir({ kubeconfig: sandbox.kubeconfig })
  const ours = commands.filter(({ command }) => /^sidecar-reaper (?!review |doctor )/.test(command))
  for (const { command } of ours) {
    const before = sandbox.changes().length
    t.match(await run(command, { KUBECONFIG: join(directory, 'kubeconfig') }), /invoice-8xk2p/, command)
    t.equal(sandbox.changes().length > before, / sweep (?!.*--dry-run)/.test(command), `${command} changes what it should`)
  }
  t.strictSame(
    sandbox.pods('shop').map(({ status }) => status.phase),
    ['Succeeded', 'Succeeded'],
  )
})

t.test("the README's doctor finds what is left to migrate, and changes nothing", async t => {
  await using sandbox = await startSandbox({ processes: 'memory' })
  sandbox.addNamespace('shop')
  sandbox.addPod(load(await text('docs/examples/stuck-pod.yaml')) as PodManifest) // as kubectl get showed it
  const directory = t.testdir({ kubeconfig: sandbox.kubeconfig })
  const ours = commands.filter(({ command }) => command.startsWith('sidecar-reaper doctor '))
  t.ok(ours.length > 0)
  for (const { command } of ours)
    t.match(await run(command, { KUBECONFIG: join(directory, 'kubeconfig') }), /\n +shop +Job invoice +proxy +1 pod /, command)
  t.strictSame(sandbox.changes(), [])
})

t.test("the README's reviews find what hangs, whoever prints the manifests", async t => {
  const hangs = await text('docs/examples/hangs.yaml')
  const program = (line: string) => t.fixture('file', `#!/bin/sh\n${line}\n`)
  const bundle = fileURLToPath(new URL('../dist/sidecar-reaper.mjs', import.meta.url))
  const cwd = t.testdir({
    bin: { helm: program('cat deploy/a.yaml'), kustomize: program('cat deploy/a.yaml'), 'sidecar-reaper': program(`node ${bundle} "$@"`) },
    deploy: { 'a.yaml': hangs },
    'settings.yaml': 'mode: annotated\n',
  })
  for (const name of ['helm', 'kustomize', 'sidecar-reaper']) await chmod(join(cwd, 'bin', name), 0o755)
  const env = { PATH: [join(cwd, 'bin'), dirname(process.execPath), process.env['PATH']].join(delimiter) }
  // That of --policy needs opa: test/engines has it.
  const reviews = commands.filter(({ command, output }) => /sidecar-reaper review (?!--policy)/.test(command) && output === '')
  t.equal(reviews.length, 3)
  for (const { command } of reviews) {
    const { status, stdout, stderr } = spawnSync('sh', ['-c', command], { cwd, env, encoding: 'utf8' })
    t.match({ status, stdout, stderr }, { status: 1, stdout: /CronJob backup never completes/, stderr: '' }, command)
  }
  t.match(await readFile(join(cwd, 'review.sarif'), 'utf8'), /"ruleId":"hangs"/)
  t.match(await readFile(join(cwd, 'review.xml'), 'utf8'), /<failure /)
})

for (const [, command = ''] of page.matchAll(/`(sidecar-reaper [^`]+)`/g)) {
  t.test(`the README's ${command} prints something`, async t => t.match(await run(command), /\S/))
}

t.test("the README's annotation is that of its example", async t => {
  const { spec } = load(await text('docs/examples/job.yaml')) as JobManifest // as above
  t.strictSame(load(blocks[0] ?? ''), { metadata: spec.template.metadata })
})

t.test("the README's rights are those that the suite's sweeps have on real clusters", async t => {
  const block = blocks.find(text => text.startsWith('rules:')) ?? ''
  t.strictSame(rights(block), rights({ rules: rules.complete }), 'complete alone')
  t.strictSame(rights(block.replaceAll('# - {', '- {')), rights({ rules: rules.all }), 'with the commented lines')
})

/** `pods/status patch`, one for each verb on a resource, sorted. */
function rights(source: string | object): readonly string[] {
  const { rules } = (typeof source === 'string' ? load(source) : source) as { rules: { [key: string]: string[] }[] } // of a ClusterRole
  const found = rules.flatMap(({ apiGroups = [], resources = [], verbs = [] }) =>
    resources.flatMap(resource => verbs.map(verb => `${apiGroups.join()}/${resource} ${verb}`)),
  )
  return found.toSorted()
}

t.test('every npm script that README and CONTRIBUTING name is one, and CONTRIBUTING names all', async t => {
  const guide = await text('CONTRIBUTING.md')
  const named = (text: string) =>
    [...text.matchAll(/\bnpm (?:run (?:--silent )?([a-z:]+)|(test)\b)/g)].map(([, one, other]) => one ?? other ?? '')
  const known = Object.keys(packageJson.scripts)
  const byNpmItself = ['prepare']
  const unknown = named(page + guide).filter(name => !known.includes(name))
  const unnamed = known.filter(name => !byNpmItself.includes(name) && !named(guide).includes(name))
  t.strictSame({ unknown, unnamed }, { unknown: [], unnamed: [] })
})

t.test('the README names the Node that the package asks for', async t => {
  t.match(page, `runs on Node ${packageJson.engines.node.replace('>=', '')} or later`)
})

t.test('the README has every setting with its default', async t => {
  t.ok(page.includes(settingsTable()), 'if the settings are right: npm run readme')
})
