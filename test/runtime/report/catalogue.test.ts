import t from 'tap'
import { catalogueRow } from '../../../runtime/catalogue/schema.ts'
import { catalogueRowText, catalogueText } from '../../../runtime/report/catalogue.ts'
import { painter } from '../../../runtime/report/style.ts'

const paint = painter(false)
const port = { flag: 'admin-port', env: 'ACME_PORT', default: 9000 }
const quits = [{ flag: 'quit', env: 'ACME_QUIT', is: ['true', 't', '1'] }]
const acme = catalogueRow.parse({
  title: 'Acme proxy',
  names: ['acme-proxy'],
  prefixes: ['acme-'],
  images: ['acme/proxy', 'acme/proxy-fips'],
  marks: [{ annotation: 'acme.example/status' }, { label: 'acme.example/inject', value: 'yes' }, { namespaceLabel: 'acme' }],
  ways: [
    { way: 'exec', argv: ['/acme', 'quit', '--port', '{port}'], port, when: quits, exit: 0, since: '2.0', proof: 'program' },
    { way: 'http', port: { default: 9000 }, path: '/quit', unless: [{ annotation: 'acme.example/locked' }], source: 'acme/proxy quit.go' },
    { way: 'signal', signal: 'TERM', when: [{ flag: 'clean', is: ['true'], default: 'false' }], exit: 0, proof: 'protocol' },
    { way: 'signal', signal: 'TERM', when: [{ flag: 'clean', is: ['false'], default: 'false' }], exit: 143 },
  ],
  doubts: [{ flag: 'delay' }, { env: 'ACME_CONFIG' }],
  last: true,
  endsItself: { withinSeconds: 30, when: [{ env: 'ACME_LEAVES', is: ['1'] }] },
  drainSeconds: 5,
  distroless: true,
  native: { annotations: { 'acme.example/native': 'true' }, since: 'Acme 3', note: 'Off by default.', source: 'acme/proxy native.go' },
  notes: ['Never twice.'],
  sources: ['https://acme.example'],
})
const bare = catalogueRow.parse({ title: 'Ours', names: ['a', 'b'] })

t.test('catalogueText() lists the known sidecars by name, each kind of way once', async t => {
  t.equal(
    catalogueText({ ours: bare, acme }, paint),
    `NAME   TITLE        CONTAINERS           WAYS
acme   Acme proxy   acme-proxy, acme-*   exec (exit 0), http, TERM (exit 0 or 143), complete
ours   Ours         a, b                 complete
`,
  )
  t.equal(catalogueText({}, paint), 'No sidecars are known.\n')
})

t.test('catalogueRowText() shows all that is known of one', async t => {
  t.equal(
    catalogueRowText('acme', acme, paint),
    `Acme proxy (acme)

Recognised by a name together with an image or a mark
  Names:   acme-proxy
           acme-*
  Images:  acme/proxy
           acme/proxy-fips
  Marks:   annotation acme.example/status
           label acme.example/inject: yes
           label of the namespace acme

Ways, in order
  1. exec /acme quit --port {port}
     When:   --quit or $ACME_QUIT is true, t or 1
     Port:   --admin-port, else $ACME_PORT, else 9000
     Exit:   0
     Since:  2.0
     Proof:  program: the real program was run
  2. http POST localhost:{port}/quit
     Unless:  annotation acme.example/locked is set
     Port:    9000
     Exit:    unknown
     Proof:   documented: its source or documentation says so; it was not run
     Source:  acme/proxy quit.go
  3. signal TERM
     When:   --clean is true; the default is false
     Exit:   0
     Proof:  protocol: a stand-in that speaks its documented protocol was run
  4. signal TERM
     When:   --clean is false, the default
     Exit:   143
     Proof:  documented: its source or documentation says so; it was not run

How it ends
  Doubts:     no exit code is certain when --delay is set, or $ACME_CONFIG is set
  Turn:       last: it is the network of the others
  By itself:  within 30 s after all other containers have ended, when $ACME_LEAVES is 1
  Drains:     up to 5 s
  Shell:      none in its usual image, and no kill

Native sidecar
  Since:       Acme 3
  Annotation:  acme.example/native: "true"
  Note:        Off by default.
  Source:      acme/proxy native.go

Notes
  - Never twice.

Sources
  - https://acme.example
`,
  )
})

t.test('catalogueRowText() says what becomes of one of which little is known', async t => {
  t.equal(
    catalogueRowText('ours', bare, paint),
    `Ours (ours)

Recognised by a name together with an image or a mark
  Names:   a
           b
  Images:  none
  Marks:   none

Ways, in order
  TERM, or the container's lifecycle.stopSignal; nobody knows its exit code

Native sidecar
  Switch:  none is known; one that is written by hand belongs to initContainers, with restartPolicy: Always
`,
  )
  const http = catalogueRow.parse({ ...bare, ways: [{ way: 'http', port: { annotation: 'p' }, path: '/' }] })
  t.match(catalogueRowText('ours', http, paint), "\n  Else TERM, or the container's lifecycle.stopSignal; nobody knows its exit code\n")
})

t.test('catalogueRowText() keeps the text of a settings file from the terminal', async t => {
  t.match(catalogueRowText('ours', { ...bare, notes: ['\u001b[31mred'] }, paint), '- \\u{1b}[31mred\n')
})
