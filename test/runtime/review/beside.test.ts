import { execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import type { FindingRecord } from '../../../runtime/review/record.ts'
import { lines, NATIVE, review, WEBHOOK } from './harness.ts'

t.jobs = 4

const LIST = `apiVersion: v1
kind: List
items:
${[NATIVE, WEBHOOK].map(text => `  - ${text.trimEnd().replaceAll('\n', '\n    ')}\n`).join('')}`

const found = async (args: readonly string[], options: { readonly cwd?: string; readonly stdin?: string }) => {
  const { stdout, stderr, code } = await review(['-o', 'json', ...args], options)
  const all = lines(stdout) as readonly FindingRecord[]
  const findings = all.filter(({ kind }) => kind === 'finding').map(({ file, line, rule }) => `${file}:${line} ${rule}`)
  return { findings, summary: all.at(-1), stderr, code }
}

t.test('review knows of a webhook whichever file it is in, and counts no file twice', async t => {
  const cwd = t.testdir({ early: { 'a.yaml': WEBHOOK, 'b.yaml': NATIVE }, late: { 'a.yaml': NATIVE, 'b.yaml': WEBHOOK, 'c.yaml': NATIVE } })
  const early = await found(['early'], { cwd })
  t.strictSame(early.findings, ['early/b.yaml:9 stripped-native'])
  const late = await found(['late'], { cwd })
  t.strictSame(late.findings, ['late/c.yaml:9 stripped-native', 'late/a.yaml:9 stripped-native'])
  t.match(late.summary, { files: 3, manifests: 3, warning: 2 })
  t.strictSame((await found(['late/a.yaml', 'late/c.yaml'], { cwd })).findings, [])
})

t.test('review knows of a webhook in the same List, and in the same stream', async t => {
  const cwd = t.testdir({ 'list.yaml': LIST })
  t.strictSame((await found(['list.yaml'], { cwd })).findings, ['list.yaml:12 stripped-native'])
  t.strictSame((await found(['-'], { stdin: `${NATIVE}---\n${WEBHOOK}` })).findings, ['<stdin>:9 stripped-native'])
})

t.test('review knows of a webhook in a file when standard input was read before', async t => {
  const cwd = t.testdir({ 'webhook.yaml': WEBHOOK })
  t.strictSame((await found(['-', 'webhook.yaml'], { cwd, stdin: NATIVE })).findings, ['<stdin>:9 stripped-native'])
})

t.test('review knows of a webhook in a file when a pipe was read before', async t => {
  const cwd = t.testdir({ 'webhook.yaml': WEBHOOK, 'native.yaml': NATIVE })
  execFileSync('mkfifo', [join(cwd, 'pipe')])
  const writing = writeFile(join(cwd, 'pipe'), NATIVE)
  t.strictSame((await found(['pipe', 'webhook.yaml'], { cwd })).findings, ['pipe:9 stripped-native'])
  await writing
})

t.test('review reads a list of one kind as the API gives it, whose items name none', async t => {
  const job = NATIVE.replace('apiVersion: batch/v1\nkind: Job\n', '').trimEnd().replaceAll('\n', '\n    ')
  const cwd = t.testdir({ 'jobs.yaml': `apiVersion: batch/v1\nkind: JobList\nitems:\n  - ${job}\n`, 'webhook.yaml': WEBHOOK })
  const { stdout } = await review(['-o', 'json', 'jobs.yaml', 'webhook.yaml'], { cwd })
  t.match(lines(stdout), [
    { rule: 'stripped-native', path: ['items', 0, 'spec'], object: { apiVersion: 'batch/v1', kind: 'Job', name: 'backup' } },
    {},
  ])
})

t.test('review knows of a webhook beside the objects of a build', async t => {
  const cwd = t.testdir({ 'kustomization.yaml': 'resources: [job.yaml, webhook.yaml]\n', 'job.yaml': NATIVE, 'webhook.yaml': WEBHOOK })
  t.strictSame((await found(['.'], { cwd })).findings, ['job.yaml:9 stripped-native'])
  const apart = t.testdir({ base: { 'kustomization.yaml': 'resources: [job.yaml]\n', 'job.yaml': NATIVE }, 'webhook.yaml': WEBHOOK })
  const { findings, summary } = await found(['base', 'webhook.yaml'], { cwd: apart })
  t.strictSame(findings, ['base/job.yaml:9 stripped-native'])
  t.match(summary, { files: 2, manifests: 2 })
})
