import { access } from 'node:fs/promises'
import t from 'tap'
import { commandLine } from './command-line.ts'
import { help } from './help.ts'

t.test('commandLine() takes the version before and behind the command, in either spelling', async t => {
  const expected = { command: 'up', version: '1.36.3', words: [] }
  for (const line of ['up --kubernetes 1.36.3', 'up --kubernetes=1.36.3', '--kubernetes 1.36.3 up', '--kubernetes=1.36.3 up']) {
    t.same(commandLine(line.split(' ')), expected, line)
  }
  t.same(commandLine(['up']), { ...expected, version: '1.34.4' }, 'none')
})

t.test('commandLine() leaves to kubectl and to the command to run what is theirs', async t => {
  const words = (line: string) => commandLine(line.split(' ')).words
  t.same(words('kubectl --kubernetes 1.32.2 get pods --help'), ['get', 'pods', '--help'])
  t.same(words('kubectl -n kube-system get pods'), ['-n', 'kube-system', 'get', 'pods'])
  t.same(words('run -- sh -c date'), ['sh', '-c', 'date'])
  t.same(words('run tool --kubernetes 1.32.2'), ['tool', '--kubernetes', '1.32.2'])
})

t.test('commandLine() offers help when asked or when there is no command', async t => {
  for (const line of [[], ['help'], ['-h'], ['--help'], ['up', '--help'], ['run', '-h']]) t.equal(commandLine(line).command, 'help')
})

t.test('commandLine() refuses in one line what it cannot make sense of', async t => {
  const refusals = {
    'up --kubernetes 1.31.0': 'Unknown Kubernetes version 1.31.0: expected one of 1.32.2, 1.34.4, 1.36.3',
    'up --kubernetes': 'Missing Kubernetes version: expected one of 1.32.2, 1.34.4, 1.36.3',
    start: 'Unknown command start: expected one of up, down, status, kubeconfig, kubectl, run, images, help',
    'down now': 'Unexpected argument now',
    run: 'Nothing to run: expected run -- COMMAND',
    'run -x': 'Unexpected argument -x',
  }
  for (const [line, message] of Object.entries(refusals)) {
    t.throws(() => commandLine(line.split(' ')), new SyntaxError(message), line)
  }
})

t.test('each example of the help is a command line, and the files that it names are there', async t => {
  const examples = [...help.matchAll(/^ {2}npm run cluster -- ((?!COMMAND).*)$/gm)].map(([, line = '']) => commandLine(line.split(' ')))
  t.ok(examples.length > 3)
  const files = examples.flatMap(({ words }) => words.filter(word => word.includes('/')))
  t.ok(files.length > 0)
  for (const file of files) await t.resolves(access(new URL(`../../../${file}`, import.meta.url)), file)
})
