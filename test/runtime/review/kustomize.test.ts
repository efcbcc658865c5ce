import { writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import t from 'tap'
import { FINE, job, review } from './harness.ts'

// A kustomize that builds the one Job of its one resource, with a prefix and what patch.yaml adds. The real one is in test/kustomize/.
const KUSTOMIZE = `#!/usr/bin/env node
const { readFileSync, existsSync } = require('node:fs')
const { join, basename } = require('node:path')
if (process.argv[3] === '--help') process.exit()
if (existsSync(join(process.argv[3], 'broken'))) {
  console.error("# Warning: something is deprecated\\nError: accumulating resources: no such file 'job.yaml'")
  process.exit(1)
}
const { resources: [resource], buildMetadata } = JSON.parse(readFileSync(join(process.argv[3], 'kustomization.yaml'), 'utf8'))
const folder = join(process.argv[3], resource)
if (existsSync(join(folder, 'broken'))) process.exit(1)
const job = readFileSync(join(folder, 'job.yaml'), 'utf8').replaceAll(/#.*/g, '')
const origin = '"config.kubernetes.io/origin": "path: ' + resource + '/job.yaml"'
const added = existsSync(join(folder, 'patch.yaml')) ? '        - name: envoy\\n          image: envoyproxy/envoy:v1.36.2\\n' : ''
console.log(job.replace('metadata: { name: ', 'metadata: { annotations: { ' + origin + ' }, name: ' + basename(folder) + '-')
  .replace(/( +containers:\\n)/, '$1' + added))
`

/** The environment of a machine with that program and no other. */
async function having(folder: string, program?: 'kustomize' | 'kubectl'): Promise<Readonly<Record<string, string>>> {
  if (program !== undefined) await writeFile(join(folder, program), KUSTOMIZE, { mode: 0o755 })
  return { PATH: [folder, ...(program === undefined ? [] : [join(process.execPath, '..')])].join(delimiter) }
}

t.test('review builds kustomizations, and says of each finding where its object is written', async t => {
  const patched = {
    'kustomization.yaml': 'resources: [job.yaml]\npatches: [{path: patch.yaml}]\n',
    'job.yaml': job(),
    'patch.yaml': job({ name: 'p' }),
  }
  const cwd = t.testdir({ bin: {}, app: patched, other: { 'job.yaml': FINE } })
  const env = await having(join(cwd, 'bin'), 'kustomize')
  for (const path of ['app', 'app/kustomization.yaml']) {
    const { code, stdout, stderr } = await review([path, 'other'], { cwd, env })
    t.strictSame([code, stderr], [1, ''], path)
    const found = stdout.split('\n').filter(line => !line.startsWith('    fix'))
    t.match(found, [
      /^app\/job\.yaml:9:7: error: Job app-backup never completes: envoy /,
      '    as kustomize builds it in app',
      /^app\/job\.yaml:13:11: error: Job app-backup never completes: vector /,
      '    as kustomize builds it in app',
      '2 objects in 2 files reviewed: 2 errors, 0 warnings, 0 infos.',
    ])
  }
})

t.test('review takes kubectl where there is no kustomize, and where there is neither says so and reviews the files', async t => {
  const cwd = t.testdir({ bin: {}, none: {}, app: { 'kustomization.yaml': 'resources: [job.yaml]\n', 'job.yaml': job() } })
  t.match(await review(['app'], { cwd, env: await having(join(cwd, 'bin'), 'kubectl') }), {
    stderr: '',
    stdout: /^app\/job\.yaml:13:11: error: Job app-backup /,
  })
  t.match(await review(['app'], { cwd, env: await having(join(cwd, 'none')) }), {
    code: 1,
    stdout: /^app\/job\.yaml:13:11: error: Job backup /,
    stderr:
      'app/kustomization.yaml: note: cannot be built: neither kustomize nor kubectl is on PATH; its files are reviewed as they are, without its patches\n',
  })
})

t.test('review passes over a component, says of a build that fails why, and reviews what no kustomization names', async t => {
  const cwd = t.testdir({
    bin: {},
    all: {
      bad: { 'kustomization.yaml': 'resources: [job.yaml]\n', broken: '', 'spare.yaml': job({ name: 'spare' }) },
      part: { Kustomization: 'kind: Component\npatches: [{path: patch.yaml}]\n', 'patch.yaml': job() },
    },
  })
  const { code, stdout, stderr } = await review(['all'], { cwd, env: await having(join(cwd, 'bin'), 'kustomize') })
  t.equal(code, 1)
  t.equal(stderr, "all/bad/kustomization.yaml: error: cannot be built: accumulating resources: no such file 'job.yaml'\n")
  t.match(
    stdout,
    /^all\/bad\/spare\.yaml:13:11: error: Job spare .*\n.*\n1 object in 2 files reviewed: 1 error, 0 warnings, 0 infos, 1 not reviewed\.\n$/,
  )
})

t.test('review --fix says how to mend what a build is made of', async t => {
  const cwd = t.testdir({ bin: {}, app: { 'kustomization.yaml': 'resources: [job.yaml]\n', 'job.yaml': job() } })
  const env = await having(join(cwd, 'bin'), 'kustomize')
  t.match(await review(['--fix', 'app'], { cwd, env }), {
    code: 1,
    stderr:
      'app/kustomization.yaml: note: builds are not mended; name the files to mend them alone: sidecar-reaper review --fix app/job.yaml\n',
  })
  t.match(await review(['--fix', 'app/job.yaml'], { cwd, env }), { code: 0 })
  t.match(await review(['app'], { cwd, env }), { code: 0 })
})
