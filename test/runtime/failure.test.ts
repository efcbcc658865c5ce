import t from 'tap'
import { ClusterError } from '../../runtime/cluster.ts'
import { failure } from '../../runtime/failure.ts'
import { PolicyError } from '../../runtime/policy.ts'
import { UsageError } from '../../runtime/usage.ts'

t.test('failure() gives each error its exit code', async t => {
  const cases = [
    [new UsageError('error: no'), 64],
    [new ClusterError('invalid', 'Bad selector'), 64],
    [new PolicyError('unreadable', 'No wasm'), 64],
    [new ClusterError('unreachable', 'No answer'), 3],
    [new ClusterError('config', 'No kubeconfig'), 3],
    [new ClusterError('forbidden', 'No right'), 3],
    [new PolicyError('evaluation', 'Broken'), 1],
    [new TypeError('bug'), 1],
    ['thrown text', 1],
  ] as const
  for (const [error, code] of cases) t.equal(failure(error, false).code, code, String(error))
})

t.test('failure() says an error in one printable line, and no stack', async t => {
  t.strictSame(failure(new Error('first\n  second \x1b[31m'), false).lines, ['error: first; second \\u{1b}[31m'])
  t.strictSame(failure(new UsageError(['a', 'b']), false).lines, ['a', 'b'])
})

t.test('failure() shows stacks and causes to whoever debugs', async t => {
  const { lines } = failure(new Error('outer', { cause: new Error('inner') }), true)
  t.equal(lines[0], 'error: outer')
  t.match(lines.join('\n'), /at .*failure\.test\.ts[^]*caused by:\nError: inner/)
})
