import { mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import type { Finding } from '../../runtime/review.ts'
import { goTool } from '../../scripts/go-tool.ts'
import { pages } from '../../scripts/policy/pages.ts'
import { FINE, job, lines, MISSPELT, review } from '../runtime/review/harness.ts'
import { checkout, reaching } from './checkout.ts'
import { corpus, write } from './corpus.ts'
import { commandWith, shell } from './page.ts'

// The commands of docs/ci.md, with the real conftest and opa.

t.setTimeout(1_800_000) // the first run builds both

const conftest = await goTool('conftest')
const opa = await goTool('opa')
const home = t.testdir({ repository: {}, npm: {}, work: {} })
const reached = reaching(checkout(join(home, 'repository')), join(home, 'npm'))
const env = { ...reached, PATH: [dirname(conftest), dirname(opa), reached['PATH']].join(delimiter) }
const work = join(home, 'work')
const [PLAIN, WITH_SETTINGS] = [commandWith('catalogue.json deploy/'), commandWith('--fail-on-warn')]
const pulled = shell(commandWith('conftest pull'), { cwd: work, env })
const manifests = await corpus()
await write(manifests, join(work, 'corpus'))
const few = new Map([...manifests].filter(([name]) => /^(other|hangs)-|-0\.yaml$/.test(name)))
await write(few, join(work, 'few'))

type Said = Pick<Finding, 'rule' | 'severity' | 'message' | 'path'>

/** One line for each finding, sorted. */
function said(findings: readonly Said[]): readonly string[] {
  return findings.map(({ rule, severity, message, path }) => JSON.stringify({ severity, rule, path, message })).toSorted()
}

/** What review finds in each file of a folder. */
async function ours(folder: string, settings?: string): Promise<ReadonlyMap<string, readonly Finding[]>> {
  const { stdout, stderr } = await review([folder, '-o', 'json', ...(settings === undefined ? [] : ['--settings', settings])], {
    cwd: work,
  })
  if (stderr !== '') throw new Error(stderr)
  return Map.groupBy(
    lines(stdout).filter(line => line.kind === 'finding'),
    ({ file }) => file,
  )
}

interface ConftestResult {
  readonly filename: string
  readonly failures?: readonly { readonly msg: string; readonly metadata: Finding }[]
  readonly warnings?: ConftestResult['failures']
}

/** What conftest finds in each file of a folder. */
function theirs(folder: string, settings?: string): ReadonlyMap<string, readonly Finding[]> {
  const command = settings === undefined ? PLAIN : WITH_SETTINGS
  const { stdout, stderr } = shell(command.replace('deploy/', `--output json ${folder}`).replace('settings.yaml', settings ?? ''), {
    cwd: work,
    env,
  })
  if (stderr !== '') throw new Error(stderr)
  const results = JSON.parse(stdout) as ConftestResult[] // conftest's own format
  return new Map(
    results.map(({ filename, failures = [], warnings = [] }) => [filename, [...failures, ...warnings].map(({ metadata }) => metadata)]),
  )
}

/** How many findings conftest has as well, file by file. */
async function agree(t: Test, folder: string, settings?: string): Promise<number> {
  const [found, foundThere] = [await ours(folder, settings), theirs(folder, settings)]
  const shown = new Map(
    [...found].map(([file, findings]) => [file, findings.filter(({ severity, exception }) => severity !== 'info' && !exception)]),
  )
  const files = new Set([...shown.keys(), ...foundThere.keys()])
  for (const file of files) {
    const [mine, other] = [said(shown.get(file) ?? []), said(foundThere.get(file) ?? [])]
    if (mine.join() !== other.join()) t.strictSame(other, mine, `${file} with ${settings ?? 'no settings'}`)
  }
  return [...shown.values()].flat().length
}

t.test('conftest pull brings the rules', async t => t.strictSame(pulled, { status: 0, stdout: '', stderr: '' }))

t.test('conftest has the findings of review on every example, each with the same rule, severity, message and path', async t => {
  t.ok(manifests.size > 100, `${manifests.size} manifests`)
  const count = await agree(t, 'corpus')
  t.ok(count > 60, `${count} findings`)
})

/** As people write them: durations and dates are words. */
const SETTINGS = [
  'mode: enforce',
  'mode: report\nsettle: 5s\npodDeadline: 10m',
  'ways: [signal]',
  'ways: [exec, http]\nonDirtyExit: end',
  'annotationCommands: allow\ncontrollersGone: [argo]',
  'ways: [exec]\nannotationCommands: allow',
  'sidecars: [second]\nowners: [none]\nmaxMispredicted: 5%',
  'mainLabel: main\nsettle: 1000h',
  'review:\n  exceptions:\n    - { rule: hangs, reason: ended by hand, until: 2099-12-31 }\n    - { rule: cron-forbid, kind: Job, reason: none of them }',
]

t.test('conftest takes a file of settings as data, and has the findings of review with it', async t => {
  const ofPages = (await pages()).map(({ settings }) => JSON.stringify(settings)).filter(text => text !== '{}')
  t.ok(ofPages.length > 2, `${ofPages.length} pages have settings`)
  const counts = new Set<number>()
  for (const [index, text] of [...SETTINGS, ...ofPages].entries()) {
    const name = `settings-${index}.yaml`
    writeFileSync(join(work, name), `${text}\n`)
    counts.add(await agree(t, 'few', name))
  }
  t.ok(counts.size > 6, `they make a difference: ${[...counts].join()}`)
})

t.test('opa eval has every finding of review, with infos, exceptions and fixes', async t => {
  const found = await ours('few')
  for (const [name, text] of few) {
    const command = commandWith('opa eval', '--format pretty')
      .replace('--format pretty', '--format raw')
      .replace('deploy/job.yaml', `few/${name}`)
    const { stdout, stderr } = shell(command, { cwd: work, env })
    const all = (found.get(`few/${name}`) ?? []).map(finding => own(finding))
    if (!text.includes('kind: List')) t.strictSame(JSON.parse(stdout || stderr), all, name)
    else t.strictSame(said(JSON.parse(stdout || stderr) as Finding[]), said(all), name)
  }
})

/** Without what review knows of the file. */
function own({ rule, severity, docs, message, container, path, fix, exception }: Finding): Finding {
  return { rule, severity, docs, message, container, path, fix, ...(exception && { exception }) }
}

t.test('opa eval --fail-defined fails where there is an error, by the settings too', async t => {
  const cwd = t.testdir({ deploy: { 'job.yaml': job() }, 'settings.yaml': 'mode: annotated' })
  const command = commandWith('opa eval', '--fail-defined').replaceAll('sidecar-reaper/', join(work, 'sidecar-reaper/'))
  t.match(shell(command, { cwd, env }), { status: 1, stdout: /^hangs: Job backup never completes/ })
  writeFileSync(join(cwd, 'settings.yaml'), 'mode: enforce')
  t.match(shell(command, { cwd, env }), { status: 0, stdout: '' })
})

t.test('conftest reads what helm prints', async t => {
  const cwd = t.testdir({ bin: {} })
  writeFileSync(join(cwd, 'bin', 'helm'), `#!/bin/sh\ncat <<'EOF'\n---\n${FINE}---\n${job()}EOF\n`, { mode: 0o755 })
  const command = commandWith('helm template').replaceAll('sidecar-reaper/', join(work, 'sidecar-reaper/'))
  const { status, stdout } = shell(command, { cwd, env: { ...env, PATH: [join(cwd, 'bin'), env.PATH].join(delimiter) } })
  t.match({ status, stdout }, { status: 1, stdout: /FAIL.* - hangs: Job backup never completes/ })
})

t.test('conftest exits as review does, with --fail-on-warn too', async t => {
  const all = { fine: FINE, warning: MISSPELT, error: job(), both: `${MISSPELT}---\n${job()}` }
  const codes: Record<string, readonly (number | null)[]> = {}
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(join(work, name))
    writeFileSync(join(work, name, 'job.yaml'), text)
    const command = PLAIN.replace('deploy/', name)
    const there = [command, `${command} --fail-on-warn`].map(one => shell(one, { cwd: work, env }).status)
    const here = [await review([name], { cwd: work }), await review([name, '--fail-on-warn'], { cwd: work })].map(({ code }) => code)
    t.strictSame(there, here, name)
    codes[name] = there
  }
  t.strictSame(codes, { fine: [0, 0], warning: [0, 1], error: [1, 2], both: [1, 2] })
})

t.test('a webhook in a List counts for conftest, one in another document for review alone, as docs/ci.md says', async t => {
  const [manifest] = (await pages()).find(({ rule }) => rule === 'stripped-native')?.manifests ?? []
  const { items } = manifest as { readonly items: readonly object[] } // the example is a List
  await write(new Map([['list.yaml', JSON.stringify(manifest)]]), join(work, 'list'))
  await write(new Map([['stream.yaml', items.map(item => `---\n${JSON.stringify(item)}\n`).join('')]]), join(work, 'stream'))
  t.equal(await agree(t, 'list'), 1)
  t.match(theirs('list').get('list/list.yaml'), [{ rule: 'stripped-native' }])
  t.match((await ours('stream')).get('stream/stream.yaml'), [{ rule: 'stripped-native' }])
  t.strictSame(theirs('stream').get('stream/stream.yaml'), [])
})

t.test('conftest parts documents only at a line of three hyphens, as docs/ci.md says', async t => {
  await write(new Map([['job.yaml', `${FINE}--- # the second\n${job()}`]]), join(work, 'commented'))
  t.match((await ours('commented')).get('commented/job.yaml'), [{ rule: 'hangs' }])
  t.strictSame(theirs('commented').get('commented/job.yaml'), [])
})

t.test('an exception is over for conftest where its data say what day it is', async t => {
  const cwd = t.testdir({
    deploy: { 'job.yaml': job() },
    'settings.yaml': 'review: {exceptions: [{rule: hangs, reason: by hand, until: 2027-01-30}]}',
    'today.json': '{"settings": {"review": {"today": "2027-01-31"}}}',
  })
  const command = WITH_SETTINGS.replaceAll('sidecar-reaper/', join(work, 'sidecar-reaper/'))
  t.equal(shell(command, { cwd, env }).status, 0)
  const over = shell(`${command} --data today.json`, { cwd, env })
  t.match(over, { status: 2, stdout: /WARN.* ended on 2027-01-30/ })
})
