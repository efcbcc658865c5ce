import t from 'tap'
import { parseSettings, readSettings } from '../../../runtime/settings/file.ts'
import { defaultSettings } from '../../../runtime/settings.ts'
import { UsageError } from '../../../runtime/usage.ts'

function problemsOf(text: string): readonly string[] {
  try {
    parseSettings(text, 'settings.yaml')
  } catch (error) {
    if (error instanceof UsageError) return error.problems
    throw error
  }
  return []
}

t.test('parseSettings() takes YAML and JSON alike', async t => {
  const wanted = { ...defaultSettings(), mode: 'enforce', settle: 90, ways: ['complete'] }
  t.strictSame(parseSettings('mode: enforce\nsettle: 1m30s\nways: [complete]\n', 'x'), wanted)
  t.strictSame(parseSettings('{"mode": "enforce", "settle": "1m30s", "ways": ["complete"]}', 'x'), wanted)
})

t.test('parseSettings() takes a file without any setting for all defaults', async t => {
  for (const text of ['', '\n', '# nothing yet\n', '---\n', '{}', '\uFEFF'])
    t.strictSame(parseSettings(text, 'x'), defaultSettings(), JSON.stringify(text))
})

t.test('parseSettings() lets a file say where its schema is, which changes nothing', async t => {
  t.strictSame(parseSettings('$schema: ./settings.schema.json\nmode: enforce\n', 'x'), { ...defaultSettings(), mode: 'enforce' })
  t.strictSame(parseSettings('{"$schema": "https://example.com/x"}', 'x'), defaultSettings())
  t.strictSame(problemsOf('$schema: 7'), ['settings.yaml: $schema: got 7, expected text'])
})

t.test('parseSettings() names every mistake at once, with its place and what was expected', async t => {
  const text = `
mod: report
mode: always
ways: [exec, sigterm]
owners: []
sidecars: [Proxy, 7]
mainLabel: "a b"
settle: 2
callTimeout: 1ms
podDeadline:
maxEndings: 0
perNode: 1.5
maxMispredicted: 20
catalogue:
  istio: {title: x, names: [], images: [a], sources: [], colour: red}
`
  t.strictSame([...problemsOf(text)].sort(), [
    'settings.yaml: callTimeout: got "1ms", expected a duration of at least 100ms',
    'settings.yaml: catalogue.istio.names: got an empty list, expected at least one name or prefix',
    'settings.yaml: catalogue.istio: unknown key "colour"',
    'settings.yaml: mainLabel: got "a b", expected a label key such as app.kubernetes.io/name',
    'settings.yaml: maxEndings: got 0, expected 1 or more',
    'settings.yaml: maxMispredicted: got 20, expected a percentage from "0%" to "100%"',
    'settings.yaml: mode: got "always", expected one of report, annotated, enforce',
    'settings.yaml: owners: got an empty list, expected a list of at least 1',
    'settings.yaml: perNode: got 1.5, expected a whole number',
    'settings.yaml: podDeadline: got nothing, expected a duration such as 500ms, 2s, 1m30s or 1h',
    'settings.yaml: settle: got 2, expected a duration such as 500ms, 2s, 1m30s or 1h',
    'settings.yaml: sidecars[0]: got "Proxy", expected a container name: at most 63 of a-z, 0-9 and -',
    'settings.yaml: sidecars[1]: got 7, expected text',
    'settings.yaml: unknown key "mod", did you mean mode?',
    'settings.yaml: ways[1]: got "sigterm", expected one of exec, http, signal, complete',
  ])
})

t.test('parseSettings() suggests the nearest key, and none for a word like no other', async t => {
  t.strictSame(problemsOf('maxendings: 1'), ['settings.yaml: unknown key "maxendings", did you mean maxEndings?'])
  t.strictSame(problemsOf('colour: red'), ['settings.yaml: unknown key "colour"'])
  t.strictSame(problemsOf('__proto__: {mode: report}'), ['settings.yaml: unknown key "__proto__"'])
})

t.test('parseSettings() names what is wrong in a row of the catalogue, with its place', async t => {
  const cases = {
    'names: []': 'names: got an empty list, expected at least one name or prefix',
    'names: proxy': 'names: got "proxy", expected a list',
    'marks: [{colour: red}]': 'marks[0]: got a mapping, expected one of annotation, label and namespaceLabel',
    'marks: [{annotation: a, label: b}]': 'marks[0]: got a mapping, expected one of annotation, label and namespaceLabel',
    'marks: [injected]': 'marks[0]: got "injected", expected one of annotation, label and namespaceLabel',
    'marks: [{label: a}, {annotation: 7}]': 'marks[1].annotation: got 7, expected text',
    'marks: [{namespaceLabel: a, value: true}]': 'marks[0].value: got true, expected text',
    'ways: [{way: foo}]': 'ways[0].way: got "foo", expected one of exec, http, signal',
    'ways: [{signal: TERM}]': 'ways[0].way: got nothing, expected one of exec, http, signal',
    'ways: [quit]': 'ways[0]: got "quit", expected a mapping',
    'ways: [{way: signal, signal: KILL}]': 'ways[0].signal: got "KILL", expected one of TERM, INT, QUIT, HUP, USR1, USR2',
    'ways: [{way: signal, signal: TERM, exit: 256}]': 'ways[0].exit: got 256, expected 255 or less',
    'ways: [{way: exec, argv: []}]': 'ways[0].argv: got an empty list, expected a list of at least 1',
    'ways: [{way: exec, argv: [quit, "{port}"]}]': 'ways[0].port: got nothing, expected where the {port} of argv is to be read',
    'ways: [{way: http, port: {}, path: /}]': 'ways[0].port: got a mapping, expected a flag, env or annotation to read, or a default',
    'ways: [{way: http, port: {default: 0}, path: /}]': 'ways[0].port.default: got 0, expected 1 or more',
    'ways: [{way: http, port: {default: 80}, path: quit}]': 'ways[0].path: got "quit", expected a path that begins with /',
    'ways: [{way: signal, signal: TERM, when: [{flag: --quit}]}]':
      'ways[0].when[0].flag: got "--quit", expected a flag\'s name without dashes',
    'doubts: [{is: ["true"]}]': 'doubts[0]: got a mapping, expected a flag, env or annotation to read',
    'doubts: [{env: QUIT, is: ["TRUE"]}]': 'doubts[0].is[0]: got "TRUE", expected lower case',
    'doubts: [{env: QUIT, is: [true]}]': 'doubts[0].is[0]: got true, expected text',
    'endsItself: {withinSeconds: 0}': 'endsItself.withinSeconds: got 0, expected 1 or more',
  }
  for (const [field, problem] of Object.entries(cases)) {
    const names = field.startsWith('names') ? '' : 'names: [a], '
    t.strictSame(problemsOf(`catalogue: {acme: {title: x, ${names}${field}}}`), [`settings.yaml: catalogue.acme.${problem}`], field)
  }
  t.strictSame(problemsOf('catalogue: {"A b": {title: x, names: [a]}}'), [
    'settings.yaml: catalogue.A b: got this name, expected one that matches /^[a-z0-9-]+$/',
  ])
})

t.test('parseSettings() says in one line what makes a file unreadable', async t => {
  const cases = {
    'ways: [exec\nmode: x': /^settings\.yaml:2:\d+: /,
    'mode: report\nmode: enforce': /^settings\.yaml:2:1: duplicated mapping key$/,
    'mode: report\n---\nmode: enforce': /^settings\.yaml: holds 2 documents, expected one$/,
    '- mode: report': /^settings\.yaml: got a list, expected a mapping$/,
    'just text': /^settings\.yaml: got "just text", expected a mapping$/,
    'mode: !!js/function x': /^settings\.yaml:1:7: unknown scalar tag/,
    'mode: "\\e[31mred"': /^settings\.yaml: mode: got "\\u\{1b\}\[31mred", expected one of/,
  }
  for (const [text, expected] of Object.entries(cases)) t.match(problemsOf(text), [expected], text)
})

t.test('parseSettings() refuses a document of aliases that would explode', async t => {
  const text = ['a: &a [x]', ...Array.from({ length: 101 }, () => '- *a')].join('\n').replace('a: &a [x]', '- &a [x]')
  t.match(problemsOf(text), [/^settings\.yaml:\d+:\d+: /])
})

t.test('readSettings() says in one line why a file cannot be read', async t => {
  const dir = t.testdir({ 'big.yaml': '#'.repeat(1024 * 1024 + 1), 'latin1.yaml': Buffer.from([0x61, 0xff]), folder: {} })
  await t.rejects(readSettings(`${dir}/none.yaml`), { message: `${dir}/none.yaml: no such file` })
  await t.rejects(readSettings(`${dir}/folder`), { message: `${dir}/folder: is a directory, expected a file` })
  await t.rejects(readSettings(`${dir}/big.yaml`), { message: `${dir}/big.yaml: is larger than 1 MiB` })
  await t.rejects(readSettings(`${dir}/latin1.yaml`), { message: `${dir}/latin1.yaml: is not UTF-8 text` })
  await t.rejects(readSettings(''), { message: '"": no such file' })
  await t.rejects(readSettings('/dev/zero'), { message: '/dev/zero: is larger than 1 MiB' })
})

t.test('readSettings() follows the links that a ConfigMap is mounted by', async t => {
  const dir = t.testdir({
    '..2026_11_24': { 'settings.yaml': 'mode: enforce' },
    '..data': t.fixture('symlink', '..2026_11_24'),
    'settings.yaml': t.fixture('symlink', '..data/settings.yaml'),
  })
  t.equal((await readSettings(`${dir}/settings.yaml`)).mode, 'enforce')
})
