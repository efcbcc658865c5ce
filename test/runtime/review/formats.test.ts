import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { XmlDocument, type XmlElement } from 'libxml2-wasm'
import t, { type Test } from 'tap'
import { FINE, job, lines, MISSPELT, review } from './harness.ts'

t.jobs = 4

// As npm's @microsoft/sarif-multitool-linux 5.7.0 has it (MIT), from OASIS.
const SCHEMA = new URL('schema/sarif-2.1.0.json', import.meta.url)

const EVIL = job({ name: '"50% <a> & ]]> \\r\\n::error::\\u0007, x: y"' })

const FILES = {
  'a,b: c%.yaml': EVIL,
  'broken.yaml': 'apiVersion: v1\na:\n\t<b>\n',
  'fine.yaml': FINE,
  'warning.yaml': MISSPELT,
}

/** A SARIF log, as far as we look into it. */
interface Log {
  readonly runs: readonly [
    {
      readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string; readonly help: { readonly text: string } }[] } }
      readonly results: readonly object[]
      readonly invocations: readonly object[]
    },
  ]
}

/** What -o sarif printed, which is valid by the published schema. */
async function sarif(t: Test, args: readonly string[], options: { readonly cwd: string; readonly stdin?: string }): Promise<Log> {
  const { stdout } = await review(['-o', 'sarif', ...args], options)
  const ajv = new Ajv2020({ strict: false })
  formats.default(ajv)
  const validate = ajv.compile(JSON.parse(await readFile(SCHEMA, 'utf8')) as object) // a schema
  const log = JSON.parse(stdout) as Log // what it is, the schema says
  t.ok(validate(log), JSON.stringify(validate.errors))
  t.notOk(validate({ ...log, version: '2.0.0' }), 'the schema refuses what is wrong')
  return log
}

t.test('review -o sarif is SARIF 2.1.0 with the rules, their pages, and the place of each finding', async t => {
  const cwd = t.testdir(FILES)
  const { runs } = await sarif(t, ['.'], { cwd })
  const [{ tool, results, invocations }] = runs
  const { rules } = tool.driver
  const pages = await readdir(new URL('../../../docs/rules/', import.meta.url))
  t.strictSame(
    rules.map(({ id }) => `${id}.md`),
    pages.toSorted(),
  )
  for (const { id, help } of rules) t.match(help.text, /^# /, id)
  const ids = rules.map(({ id }) => id)
  t.match(results, [
    {
      ruleId: 'hangs',
      ruleIndex: ids.indexOf('hangs'),
      level: 'error',
      message: { text: /never completes: vector .*; fix: make vector a native sidecar/ },
      locations: [
        {
          physicalLocation: { artifactLocation: { uri: 'a%2Cb%3A%20c%25.yaml' }, region: { startLine: 13, startColumn: 11 } },
          logicalLocations: [{ fullyQualifiedName: /^Job .* spec\.template\.spec\.containers\[1\]$/ }],
        },
      ],
    },
    { ruleId: 'name-without-container', level: 'warning' },
  ])
  t.match(invocations, [
    {
      executionSuccessful: false,
      toolExecutionNotifications: [
        {
          level: 'error',
          locations: [{ physicalLocation: { artifactLocation: { uri: 'broken.yaml' }, region: { startLine: 3, startColumn: 1 } } }],
        },
      ],
    },
  ])
})

t.test('review -o sarif without a finding is one too, and names the template of what Helm rendered', async t => {
  const cwd = t.testdir({ 'fine.yaml': FINE })
  t.match(await sarif(t, ['fine.yaml'], { cwd }), { runs: [{ results: [], invocations: [{ executionSuccessful: true }] }] })
  const [run] = (await sarif(t, ['-'], { cwd, stdin: `# Source: shop/templates/a.yaml\n${job()}` })).runs
  t.strictSame(
    run.results.map(result =>
      (result as { locations: { physicalLocation: object }[] }).locations.map(({ physicalLocation }) => physicalLocation),
    ),
    [[{ artifactLocation: { uri: 'shop/templates/a.yaml' } }]],
  )
})

t.test('review -o junit is XML with a suite for each file; what fails in it is what fails the review', async t => {
  const cwd = t.testdir(FILES)
  for (const [args, failures] of [
    [[], ['1 1 0', '1 0 1', '1 0 0', '1 0 0']],
    [['--fail-on-warn'], ['1 1 0', '1 0 1', '1 0 0', '1 1 0']],
  ] as const) {
    const { stdout } = await review(['-o', 'junit', ...args, '.'], { cwd })
    using document = XmlDocument.fromString(stdout) // libxml2 refuses what is not well-formed
    const all = (path: string) => document.find(path) as XmlElement[] // each path below leads to elements
    t.strictSame(
      all('/testsuites/testsuite').map(suite => ['tests', 'failures', 'errors'].map(name => suite.attr(name)?.value).join(' ')),
      failures,
    )
    t.strictSame(
      all('/testsuites/testsuite').map(suite => suite.attr('name')?.value),
      Object.keys(FILES),
    )
    t.equal(all('//failure').length, failures.filter(one => one.split(' ')[1] === '1').length)
    t.match(
      all('//testcase/failure')[0]?.content,
      /^a,b: c%\.yaml:13:11: error: Job 50% <a> & \]\]> \\u\{d\}\\u\{a\}::error::\\u\{7\}, x: y never completes/,
    )
    t.match(all('//testcase/error')[0]?.attr('message')?.value, /tab characters/)
  }
})

t.test('review -o github prints workflow commands that a runner reads back as they were meant', async t => {
  const cwd = t.testdir(FILES)
  const { stdout } = await review(['-o', 'github', '.'], { cwd })
  const commands = stdout.trimEnd().split('\n').map(parsedCommand)
  t.match(commands, [
    {
      name: 'error',
      file: 'a,b: c%.yaml',
      line: '13',
      col: '11',
      title: 'hangs',
      message: /^Job 50% <a> & \]\]> \\u\{d\}\\u\{a\}::error::\\u\{7\}, x: y never .*; fix: make vector/,
    },
    { name: 'error', file: 'broken.yaml', line: '3', col: '1', message: /^tab characters .*; indent with spaces$/ },
    { name: 'warning', file: 'warning.yaml', line: '9', col: '9', title: 'name-without-container' },
  ])
})

/** As actions/runner reads a line (src/Runner.Common/ActionCommand.cs). */
function parsedCommand(line: string): Readonly<Record<string, string>> {
  const [, name = '', properties = '', data = ''] = /^::(\w+) (.*?)::(.*)$/.exec(line) ?? []
  const undone = (text: string) =>
    text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%3A', ':').replaceAll('%2C', ',').replaceAll('%25', '%')
  const pairs = properties.split(',').map(pair => [pair.slice(0, pair.indexOf('=')), undone(pair.slice(pair.indexOf('=') + 1))] as const)
  return { name, ...Object.fromEntries(pairs), message: undone(data) }
}

t.test('review writes several reports at once, each whole or not at all', async t => {
  const cwd = t.testdir({ 'a.yaml': job(), 'r.json': 'of yesterday' })
  const { code, stdout, stderr } = await review(
    ['-o', 'text', '-o', 'github', '-o', 'sarif=r.sarif', '-o', 'json=r.json', '-o', 'junit=r.xml', 'a.yaml'],
    { cwd },
  )
  t.strictSame([code, stderr], [1, ''])
  t.match(stdout, /^a\.yaml:13:11: error: [^]*\n::error file=a\.yaml,[^]*\n1 object in 1 file reviewed/)
  t.match(lines(await readFile(join(cwd, 'r.json'), 'utf8')), [{ kind: 'finding' }, { kind: 'summary' }])
  t.match(JSON.parse(await readFile(join(cwd, 'r.sarif'), 'utf8')), { runs: [{ results: [{}] }] })
  t.match(await readFile(join(cwd, 'r.xml'), 'utf8'), /<\/testsuites>\n$/)
  t.strictSame((await readdir(cwd)).toSorted(), ['a.yaml', 'r.json', 'r.sarif', 'r.xml'])
  t.match(await review(['-o', 'json=r.json', 'nowhere.yaml'], { cwd }), { code: 64 })
  t.match(await readFile(join(cwd, 'r.json'), 'utf8'), /"kind":"finding"/, 'a review that broke off leaves the report of before')
  t.match(await review(['-o', 'sarif=no/such/folder.sarif', 'a.yaml'], { cwd }), {
    code: 64,
    stderr: 'error: cannot write no/such/folder.sarif: ENOENT\n',
  })
  t.strictSame((await readdir(cwd)).toSorted(), ['a.yaml', 'r.json', 'r.sarif', 'r.xml'])
})
