import t from 'tap'
import { catalogueRow } from '../../../runtime/catalogue.ts'
import { catalogueRowText, catalogueText } from '../../../runtime/report/catalogue.ts'
import { painter } from '../../../runtime/report/style.ts'

const paint = painter(false)
const istio = catalogueRow.parse({
  title: 'Istio proxy',
  names: ['istio-proxy'],
  images: ['istio/proxyv2'],
  marks: [
    { annotation: 'sidecar.istio.io/status' },
    { label: 'sidecar.istio.io/inject', value: 'true' },
    { namespaceLabel: 'istio-injection', value: 'enabled' },
  ],
  ways: [{ way: 'signal', signal: 'TERM', exit: 0 }],
  sources: ['https://istio.io/'],
})

t.test('catalogueText() lists the known sidecars by name', async t => {
  const bare = catalogueRow.parse({ title: 'Ours', names: ['a', 'b'], images: [], sources: [] })
  t.equal(
    catalogueText({ ours: bare, istio }, paint),
    `NAME    TITLE         CONTAINERS    WAYS
istio   Istio proxy   istio-proxy   signal (exit 0), complete
ours    Ours          a, b          complete
`,
  )
  t.equal(catalogueText({}, paint), 'No sidecars are known.\n')
})

t.test('catalogueRowText() shows all that is known of one', async t => {
  t.equal(
    catalogueRowText('istio', istio, paint),
    `Istio proxy (istio)

Container names
  - istio-proxy

Images end in
  - istio/proxyv2

Marks on the pod or its namespace
  - annotation sidecar.istio.io/status
  - label sidecar.istio.io/inject: true
  - label of the namespace istio-injection: enabled

Ways
  - signal TERM: exits with 0

Sources
  - https://istio.io/
`,
  )
})
