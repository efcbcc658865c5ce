import t from 'tap'
import { jsonLine } from '../../../runtime/report/json.ts'
import { summary, verdict } from './builders.ts'

t.test('jsonLine() is one line that reads back as the record', async t => {
  const record = verdict({ message: 'two\nlines \u2028 and \x1b' })
  t.equal(jsonLine(record).split('\n').length, 2)
  t.strictSame(JSON.parse(jsonLine(record)), record)
  t.match(jsonLine(summary()), /^\{"kind":"summary","pods":0,.*\}\n$/)
})
