import t from 'tap'
import { progress } from '../../../runtime/report/progress.ts'
import { outcome, verdict } from './builders.ts'

t.test('progress() redraws one line, not more often than it should, and takes it away', async t => {
  const texts: string[] = []
  let now = 0
  const bar = progress({ write: text => texts.push(text), now: () => now })
  bar.record(verdict({ decision: 'wait' }))
  bar.record(verdict())
  now = 100
  bar.record(verdict({ uid: 'u2' }))
  now = 200
  bar.record(outcome())
  bar.end()
  bar.end()
  t.strictSame(texts, [
    '\r\x1b[K1 pods judged …',
    '\r\x1b[K3 pods judged, waiting for 2 endings …',
    '\r\x1b[K3 pods judged, waiting for 1 ending …',
    '\r\x1b[K',
  ])
})

t.test('progress() counts a pod once whose second verdict is not to end it', async t => {
  const texts: string[] = []
  const bar = progress({ write: text => texts.push(text), now: () => 0, everyMs: 0 })
  bar.record(verdict())
  bar.record(verdict({ decision: 'wait' }))
  t.strictSame(texts, ['\r\x1b[K1 pods judged, waiting for 1 ending …', '\r\x1b[K1 pods judged …'])
})

t.test('progress() writes nothing before its first record', async t => {
  const texts: string[] = []
  const bar = progress({ write: text => texts.push(text), now: () => 0 })
  bar.clear()
  bar.end()
  t.strictSame(texts, [])
})
