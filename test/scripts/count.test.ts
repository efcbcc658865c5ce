import t from 'tap'
import { passedTests } from '../../scripts/count.ts'

const one = '    # Subtest: one\n        ok 1 - a\n        ok 2 - b\n        1..2\n    ok 1 - one # time=1ms\n'
const two = '    # Subtest: two\n        1..0\n    ok 2 - two # time=1ms\n'
const file = `# Subtest: test/x.test.ts\n${one}${two}    1..2\nok 1 - test/x.test.ts # time=2ms\n`

t.test('passedTests() counts the tests of each file, not the files and not the assertions', async t => {
  t.equal(passedTests(`> lint\nok 7 - no TAP yet\nTAP version 14\n1..2\n${file}ok 2 - test/y.test.ts {\n${one}    1..1\n}\n`), 3)
})

t.test('passedTests() counts the results of a suite that is one program', async t => {
  const row = (number: number) => `# Subtest: row\n    ok 1 - a\n    ok 2 - b\n    1..2\nok ${number} - row · all # time=1s\n`
  t.equal(passedTests(`TAP version 14\n1..2\n${row(1)}${row(2)}# 2 passed, 0 failed\n`), 2)
})

t.test('passedTests() takes no title for a directive', async t => {
  t.equal(passedTests('1..1\nok 1 - refuses \\# SKIP\n'), 1)
})

t.test('passedTests() refuses a log with anything that failed, was skipped, is to do or is missing', async t => {
  const refusals: Readonly<Record<string, RegExp>> = {
    '1..1\nok 1 - row # SKIP too old\n': /^nothing may be skipped:\nok 1 - row # SKIP too old$/,
    [`1..1\n${file.replace('- b', '- b # skip no zsh')}`]: /^nothing may be skipped:\n {8}ok 2/,
    [`1..1\n${file.replace('- b', '- b # TODO')}`]: /^nothing may be skipped/,
    [`1..1\n${file.replace('ok 2 - b', 'not ok 2 - b')}`]: /^all must pass:\n {8}not ok 2 - b$/,
    '1..1\nok 1 - row\nBail out! no cluster\n': /^the run was given up/,
    '1..2\nok 1 - row\n': /^Got 1 results, expected those of one plan: 1\.\.2$/,
    'ok 1 - row\n': /there is none$/,
    '1..0\n': /^Got no test/,
    '': /^Got 0 results/,
  }
  for (const [log, message] of Object.entries(refusals)) t.throws(() => passedTests(log), { message }, String(message))
})
