import t from 'tap'
import { jsonLine } from '../../../runtime/report/json.ts'
import { summary, verdict } from './builders.ts'

t.test('jsonLine() is one line that reads back as the record', async t => {
  const record = verdict({ message: 'two\nlines \u2028 and \x1b' })
  t.equal(jsonLine(record).split('\n').length, 2)
  t.strictSame(JSON.parse(jsonLine(record)), record)
  t.match(jsonLine(summary()), /^\{"kind":"summary","pods":0,.*\}\n$/)
})

t.test('jsonLine() escapes what a terminal obeys, beyond the control characters that JSON escapes itself', async t => {
  const record = verdict({ message: '\x7f \x9b31m \u202eabc \u200b \u2028\u2029 \u{e0041} \u{1f980} é' })
  t.match(jsonLine(record), '"message":"\\u007f \\u009b31m \\u202eabc \\u200b \\u2028\\u2029 \\udb40\\udc41 \u{1f980} é"')
  t.strictSame(JSON.parse(jsonLine(record)), record)
})
