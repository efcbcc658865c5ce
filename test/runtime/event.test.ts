import t from 'tap'
import { eventsOf, outcomeNote, outcomeReason } from '../../runtime/event.ts'
import { containerOf, outcomeOf, subjectOf } from './subject.ts'

const now = new Date('2026-11-24T10:00:00.123Z')

interface Event {
  readonly metadata: { readonly name: string }
  readonly note: string
  readonly type: string
  readonly eventTime: string
}

/** The only Event on a pod without a Job. */
function eventOf(subject = subjectOf(), note = 'note', reason: Parameters<typeof eventsOf>[1] = 'SidecarsEnded'): Event {
  return eventsOf(subject, reason, note, now)[0] as Event // its shape is compared below
}

t.test('eventsOf() names the same thing about the same containers the same', async t => {
  const name = (...args: Parameters<typeof eventOf>) => eventOf(...args).metadata.name
  t.equal(name(), name())
  t.equal(name(subjectOf(), 'other words'), name())
  const others = [
    name(subjectOf(), '', 'SidecarsFailed'),
    name(subjectOf({ uid: 'u2' })),
    name(subjectOf({}, { reason: 'no-way' })),
    name(subjectOf({}, { containers: [containerOf({ containerID: 'containerd://new' })] })),
  ]
  t.equal(new Set([name(), ...others]).size, 5)
  const main = containerOf({ name: 'main', role: 'main', containerID: 'containerd://m' })
  t.equal(name(subjectOf({}, { containers: [containerOf(), main] })), name(), "a main's id says nothing about its sidecars")
})

t.test('eventsOf() keeps to what the API server takes', async t => {
  const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
  for (const name of ['a', 'a.b-c', `${'a'.repeat(199)}-b`, `${'a'.repeat(198)}.-.b`, 'a'.repeat(253)]) {
    const event = eventOf(subjectOf({ ref: { namespace: 'shop', name } }))
    t.match(event.metadata.name, subdomain)
    t.ok(event.metadata.name.length <= 253)
  }
  for (const note of ['', 'x', 'x'.repeat(5000), 'ü'.repeat(2000), '漢'.repeat(2000), `${'a'.repeat(1018)}😀😀😀`, '\u{1b}[2Jx\n']) {
    const said = eventOf(subjectOf(), note).note
    t.ok(Buffer.byteLength(said) <= 1024, `${Buffer.byteLength(said)} bytes`)
    t.notMatch(said, /[\p{Cc}\u{fffd}]/u)
  }
  t.equal(eventOf().eventTime, '2026-11-24T10:00:00.123000Z')
  t.strictSame([eventOf().type, eventOf(subjectOf(), '', 'SidecarsRefused').type], ['Normal', 'Warning'])
})

t.test('outcomeReason() is silent about what nobody needs to hear', async t => {
  const reasons = (['ended', 'reported', 'reverted', 'failed', 'vanished', 'abandoned'] as const).map(result =>
    outcomeReason(outcomeOf({ result })),
  )
  t.strictSame(reasons, ['SidecarsEnded', 'SidecarsLeftOver', 'SidecarsReverted', 'SidecarsFailed', undefined, undefined])
})

t.test('an ending with another phase than was said is a warning, and says what that means', async t => {
  const dirty = outcomeOf({ way: 'signal', phase: 'Failed', expected: 'Succeeded' })
  t.equal(outcomeReason(dirty), 'SidecarsEndedDirty')
  const meaning = 'but the pod is Failed, and was to become Succeeded: its Job may run the main again'
  t.equal(outcomeNote(dirty, subjectOf()), `Ended proxy (exit 143) by signal, ${meaning}`)
  t.equal(outcomeNote({ ...dirty, way: null }, subjectOf()), `Ended proxy (exit 143), ${meaning}`)
  t.equal(eventOf(subjectOf(), '', 'SidecarsEndedDirty').type, 'Warning')
  const others = [
    outcomeOf({ phase: 'Failed', expected: 'Failed' }),
    outcomeOf({ phase: 'Failed', expected: 'Unknown' }),
    outcomeOf({ phase: 'Failed', expected: null }),
    outcomeOf({ phase: null }),
  ]
  t.strictSame(others.map(outcomeReason), others.map(() => 'SidecarsEnded')) // prettier-ignore
})

t.test('outcomeNote() names containers, the way, and what was tried', async t => {
  const note = (...given: Parameters<typeof outcomeOf>) => outcomeNote(outcomeOf(...given), subjectOf())
  t.equal(note(), 'Ended proxy (exit 143) by complete: the mains succeeded')
  t.equal(note({ way: null }), 'Ended proxy (exit 143): the mains succeeded')
  t.equal(
    note({ result: 'reported', way: null, containers: [{ name: 'proxy', containerID: 'x', exit: null, way: null }] }),
    'Would end proxy: the mains succeeded',
  )
  const tried = [{ way: 'signal' as const, container: 'proxy', error: 'no' }, { way: 'complete' as const, container: null, error: 'never' }] // prettier-ignore
  t.equal(note({ result: 'failed', way: null, tried }), 'Could not end proxy (exit 143): signal: no; complete: never')
  const waited = [{ way: null, container: 'proxy', error: 'it did not end by itself' }]
  t.equal(note({ result: 'failed', way: null, tried: waited }), 'Could not end proxy (exit 143): proxy: it did not end by itself')
})
