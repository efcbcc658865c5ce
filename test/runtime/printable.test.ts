import t from 'tap'
import fc from 'fast-check'
import { printable } from '../../runtime/printable.ts'

t.test('printable() leaves what can be read as it is', async t => {
  t.equal(printable('Größe: 5 % – ok 👍🏽'), 'Größe: 5 % – ok 👍🏽')
})

t.test('printable() shows control, bidi and separator characters by their code', async t => {
  t.equal(
    printable('a\u001b[2Jb\nc\u202ed\u2028e\u200bf\u009bg\ud800'),
    'a\\u{1b}[2Jb\\u{a}c\\u{202e}d\\u{2028}e\\u{200b}f\\u{9b}g\\u{d800}',
  )
})

t.test('printable() cuts with an ellipsis and keeps escapes and surrogate pairs whole', async t => {
  t.equal(printable('abcdef', 6), 'abcdef')
  t.equal(printable('abcdefg', 6), 'abcde…')
  t.equal(printable('abc\u001bd', 6), 'abc…')
  t.equal(printable('abcd👍👍', 6), 'abcd…')
  t.equal(printable('abcd👍', 6), 'abcd👍')
})

t.test('printable() never exceeds its limit and never lets a control character through', async () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.integer({ min: 1, max: 40 }), (text, limit) => {
      const shown = printable(text, limit)
      return shown.length <= limit && !/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(shown)
    }),
  )
})
