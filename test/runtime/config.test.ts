import t from 'tap'
import { isDebugging, readConfig, type Surroundings } from '../../runtime/config.ts'
import { defaultSettings } from '../../runtime/settings.ts'
import { UsageError } from '../../runtime/usage.ts'

const plain: Surroundings = { env: {}, stdout: {}, stderr: {} }
const output = { format: 'text', color: false, progress: false } as const
const access = { kubeconfig: undefined, context: undefined, env: {} }
const settings = defaultSettings()

function read(line: string, surroundings = plain) {
  return readConfig(line.split(' ').filter(Boolean), surroundings)
}

async function mistake(line: string): Promise<readonly string[]> {
  try {
    await read(line)
  } catch (error) {
    if (error instanceof UsageError) return error.problems
    throw error
  }
  return []
}

t.test('readConfig() of sweep has every default', async t => {
  const config = await read('sweep')
  t.strictSame(config, {
    command: 'sweep',
    scope: { kind: 'current' },
    access,
    selector: undefined,
    dryRun: false,
    failOnRefused: false,
    settings,
    output,
  })
  t.ok(Object.isFrozen(config))
})

t.test('readConfig() of sweep takes every flag, long and short', async t => {
  const dir = t.testdir({ 'settings.json': '{"settle": "5s"}' })
  const wanted = {
    command: 'sweep',
    scope: { kind: 'namespace', namespace: 'batch' },
    access: { kubeconfig: 'k', context: 'c', env: {} },
    selector: 'app=x,tier!=y',
    dryRun: true,
    failOnRefused: true,
    settings: { ...settings, settle: 5 },
    output: { ...output, format: 'json' },
  }
  const rest = `--kubeconfig k --context c --dry-run --fail-on refused --settings ${dir}/settings.json`
  t.strictSame(await read(`sweep -n batch -l app=x,tier!=y -o json ${rest}`), wanted)
  t.strictSame(await read(`sweep --namespace=batch --selector app=x,tier!=y --output=json ${rest}`), wanted)
  t.match(await read('sweep -Al app=x'), { scope: { kind: 'all' }, selector: 'app=x' })
  t.match(await read('sweep --all-namespaces'), { scope: { kind: 'all' } })
})

t.test('readConfig() of explain takes a pod of the cluster or a file', async t => {
  t.strictSame(await read('explain web-1'), {
    command: 'explain',
    source: { kind: 'pod', name: 'web-1', namespace: undefined },
    access,
    settings,
    output,
  })
  t.match(await read('explain pod/web-1 -n batch'), { source: { kind: 'pod', name: 'web-1', namespace: 'batch' } })
  t.match(await read('explain -f - -o json'), { source: { kind: 'file', path: '-' }, output: { format: 'json' } })
})

t.test('readConfig() of catalogue, version and completion', async t => {
  t.strictSame(await read('catalogue'), { command: 'catalogue', name: undefined, settings, output })
  t.match(await read('catalogue istio'), { name: 'istio' })
  t.strictSame(await read('version -o json'), { command: 'version', output: { ...output, format: 'json' } })
  for (const shell of ['bash', 'zsh', 'fish']) t.strictSame(await read(`completion ${shell}`), { command: 'completion', shell })
})

t.test('readConfig() says in one line what is wrong, and where to read on', async t => {
  const cases = {
    'sweep -n a -A': ['error: -n names one namespace and -A asks for all: use one of them', "See 'sidecar-reaper sweep --help'."],
    'sweep -n=': [`error: -n "=" is not a namespace's name: lower-case letters, digits and -`, "See 'sidecar-reaper sweep --help'."],
    'sweep --namespac x': ["error: unknown option '--namespac', did you mean --namespace?", "See 'sidecar-reaper sweep --help'."],
    'sweep -o yaml': [
      "error: option '-o, --output <FORMAT>' argument 'yaml' is invalid. Allowed choices are text, json",
      "See 'sidecar-reaper sweep --help'.",
    ],
    'sweep -n': ["error: option '-n, --namespace <NAMESPACE>' argument missing", "See 'sidecar-reaper sweep --help'."],
    'sweep x': ["error: too many arguments for 'sweep'. Expected 0 arguments but got 1: x", "See 'sidecar-reaper sweep --help'."],
    explain: ['error: name a POD, or a file with -f', "See 'sidecar-reaper explain --help'."],
    'explain a -f b': ['error: POD is read from the cluster and -f from a file: use one of them', "See 'sidecar-reaper explain --help'."],
    'explain ../a': [`error: "../a" is not a pod's name: lower-case letters, digits, - and .`, "See 'sidecar-reaper explain --help'."],
    completion: ["error: missing required argument 'SHELL'", "See 'sidecar-reaper completion --help'."],
    swep: ["error: unknown command 'swep', did you mean sweep?", "See 'sidecar-reaper --help'."],
    'help swep': ["error: unknown command 'swep'", "See 'sidecar-reaper --help'."],
    'sw\x1b[31m': ["error: unknown command 'sw\\u{1b}[31m'", "See 'sidecar-reaper --help'."],
    '--colour': ["error: unknown option '--colour'", "See 'sidecar-reaper --help'."],
  }
  for (const [line, problems] of Object.entries(cases)) t.strictSame(await mistake(line), problems, line)
})

t.test('readConfig() takes an empty namespace for a mistake, never for all namespaces', async t => {
  await t.rejects(readConfig(['sweep', '-n', ''], plain), { name: 'UsageError' })
  await t.rejects(readConfig(['sweep', '--namespace='], plain), { name: 'UsageError' })
})

t.test('readConfig() passes on what is wrong with the settings', async t => {
  t.match(await mistake('sweep --settings /nowhere/s.yaml'), ['/nowhere/s.yaml: no such file'])
})

t.test('readConfig() has the same help by every road', async t => {
  const help = await read('sweep --help')
  t.match(help, { command: 'print', text: /^Usage: sidecar-reaper sweep \[options\]\n/ })
  t.strictSame(await read('help sweep'), help)
  t.strictSame(await read('sweep -n x -h'), help)
  const root = await read('--help')
  t.strictSame(await read(''), root)
  t.strictSame(await read('help'), root)
})

t.test('readConfig() has a help for every command with all its parts, in 80 columns', async t => {
  for (const command of ['sweep', 'explain', 'review', 'catalogue', 'version', 'completion']) {
    const config = await read(`${command} --help`)
    if (config.command !== 'print') throw new Error('no help')
    for (const part of ['Examples:\n', 'Options:\n', 'Exit codes:\n']) t.ok(config.text.includes(part), `${command}: ${part.trim()}`)
    const prose = config.text.split('\n').filter(line => !line.startsWith('  sidecar-reaper'))
    t.strictSame(
      prose.filter(line => line.length > 80),
      [],
      command,
    )
  }
})

t.test('readConfig() prints the version', async t => {
  t.match(await read('--version'), { command: 'print', text: /^sidecar-reaper \d+\.\d+\.\d+\n$/ })
})

t.test('readConfig() colours a terminal only, and not where NO_COLOR or a dumb terminal forbids it', async t => {
  const terminal = (env: Surroundings['env']) => ({ env, stdout: { isTTY: true }, stderr: { isTTY: true } })
  t.match(await read('version', terminal({})), { output: { color: true, progress: true } })
  t.match(await read('version', terminal({ NO_COLOR: '1' })), { output: { color: false, progress: true } })
  t.match(await read('version', terminal({ NO_COLOR: '' })), { output: { color: true } })
  t.match(await read('version', terminal({ TERM: 'dumb' })), { output: { color: false, progress: false } })
  t.match(await read('version', { env: {}, stdout: {}, stderr: { isTTY: true } }), { output: { color: false, progress: true } })
})

t.test('isDebugging() wants a 1', async t => {
  t.ok(isDebugging({ SIDECAR_REAPER_DEBUG: '1' }))
  t.notOk(isDebugging({}))
})

t.test('readConfig() of render takes options from flags, a settings file and a file of options, in this order', async t => {
  const dir = t.testdir({
    'reaper.yaml': 'sweep: shop\nschedule: "0 * * * *"\nsettings: { mode: report, settle: 7s }\n',
    'function.yaml': 'apiVersion: x/v1\nkind: SidecarReaper\nreaper: { sweep: shop }\n',
    'settings.yaml': 'mode: enforce\nways: [http]\n',
  })
  t.match(await read('render'), { command: 'render', format: 'yaml', reaper: { sweep: null, pin: true, settings: { ways: ['complete'] } } })
  t.match(await read(`render --config ${dir}/reaper.yaml -n ops --image x/y:1 --no-pin --companions gatekeeper -o json`), {
    format: 'json',
    reaper: { namespace: 'ops', sweep: 'shop', schedule: '0 * * * *', image: 'x/y:1', pin: false, companions: ['gatekeeper'] },
  })
  t.match(await read(`render --config ${dir}/reaper.yaml --settings ${dir}/settings.yaml --sweep batch --ways exec,complete`), {
    reaper: { sweep: 'batch', settings: { mode: 'enforce', settle: 7, ways: ['exec', 'complete'] } },
  })
  t.match(await read(`render --config ${dir}/function.yaml --mode report`), { reaper: { sweep: 'shop', settings: { mode: 'report' } } })
})

t.test('readConfig() of render says where an option is wrong', async t => {
  const dir = t.testdir({ 'reaper.yaml': 'settings: { mode: x }\n', 'list.yaml': '- x\n', 'two.yaml': 'a: 1\n---\nb: 2\n' })
  t.strictSame(await mistake(`render --config ${dir}/reaper.yaml`), [
    `${dir}/reaper.yaml: settings.mode: got "x", expected one of report, annotated, enforce`,
  ])
  t.strictSame(await mistake('render --sweep A --ways kill'), [
    'error: sweep: got "A", expected a namespace name: at most 63 of a-z, 0-9 and -',
    'error: settings.ways[0]: got "kill", expected one of exec, http, signal, complete',
  ])
  t.strictSame(await mistake(`render --config ${dir}/list.yaml`), [`${dir}/list.yaml: got a list, expected a mapping`])
  t.strictSame(await mistake(`render --config ${dir}/two.yaml`), [`${dir}/two.yaml: holds 2 documents, expected one`])
})
