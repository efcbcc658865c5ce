import { spawnSync } from 'node:child_process'
import t from 'tap'
import { tar } from './tar.ts'

t.test('tar() writes what the system tar reads', async t => {
  const archive = tar([
    { name: 'tmp', mode: 0o1777 },
    { name: 'bin/program', content: Buffer.from('x'.repeat(600)) },
    { name: 'bin/other', link: 'program' },
    { name: 'empty', mode: 0o644, content: Buffer.alloc(0) },
  ])
  const { stdout } = spawnSync('tar', ['--list', '--verbose', '--numeric-owner', '--utc'], {
    input: archive,
    encoding: 'utf8',
  })
  t.same(
    stdout
      .trim()
      .split('\n')
      .map(line => line.replace(/\s+/g, ' ')),
    [
      'drwxrwxrwt 0/0 0 1970-01-01 00:00 tmp',
      '-rwxr-xr-x 0/0 600 1970-01-01 00:00 bin/program',
      'lrwxr-xr-x 0/0 0 1970-01-01 00:00 bin/other -> program',
      '-rw-r--r-- 0/0 0 1970-01-01 00:00 empty',
    ],
  )
})

t.test('tar() refuses a name that its headers cannot hold', async t => {
  t.throws(() => tar([{ name: 'n'.repeat(100) }]), RangeError)
})
