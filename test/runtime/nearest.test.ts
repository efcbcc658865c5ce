import t from 'tap'
import { nearest } from '../../runtime/nearest.ts'

t.test('nearest() finds the word that was meant', async t => {
  t.equal(nearest('setle', ['settle', 'mode']), 'settle')
  t.equal(nearest('MAXENDINGS', ['mode', 'maxEndings']), 'maxEndings')
  t.equal(nearest('istoi', ['istio', 'linkerd']), 'istio')
  t.equal(nearest('perNodes', ['perNode', 'mode']), 'perNode')
})

t.test('nearest() has no guess when nothing is near', async t => {
  t.equal(nearest('colour', ['settle', 'mode']), undefined)
  t.equal(nearest('', ['settle']), undefined)
  t.equal(nearest('x', []), undefined)
})
