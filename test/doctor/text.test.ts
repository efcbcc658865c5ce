import t from 'tap'
import type { DoctorRecord, DoctorSummary, SidecarRecord, StrippedRecord } from '../../runtime/doctor/record.ts'
import { doctorText } from '../../runtime/report/doctor/text.ts'
import { painter } from '../../runtime/report/style.ts'

function page(records: readonly DoctorRecord[], who: string | null = null): string {
  const text = doctorText({ paint: painter(false), who })
  for (const record of records) text.add(record)
  return text.text()
}

const sidecar: SidecarRecord = {
  kind: 'sidecar',
  namespace: 'shop',
  owner: { kind: 'CronJob', name: 'backup' },
  container: 'proxy',
  row: 'acme',
  title: 'Acme proxy',
  why: 'known sidecar acme',
  pods: 2,
  templates: 1,
  certain: true,
  needsReaper: true,
  native: { by: 'spec', message: 'write it otherwise' },
  possible: 'yes',
}

const stripped: StrippedRecord = {
  kind: 'stripped',
  namespace: 'shop',
  owner: { kind: 'Job', name: 'mesh' },
  container: 'mesh-proxy',
  how: 'plain',
  message: 'mesh-proxy is a plain container',
  pods: 1,
  pod: 'mesh-x',
  webhooks: [],
}

const summary: DoctorSummary = {
  kind: 'summary',
  needed: 'no',
  message: 'no reaper is needed',
  pods: 1,
  jobs: 0,
  cronJobs: 2,
  sidecars: 0,
  stripped: 0,
  blocked: 0,
  denied: 0,
  unclear: 0,
  limits: [],
  incomplete: false,
  policy: { wasm: '', catalogue: '', settings: '' },
}

t.test('doctorText() of nothing found is the cluster and a conclusion', async t => {
  const cluster = {
    kind: 'cluster',
    address: 'https://a.test (kubeconfig k)',
    server: 'v1.34.4',
    kubelet: { node: 'n1', version: 'v1.33.0' },
    nodes: 3,
    native: 'yes',
    message: 'native sidecars work',
  } as const
  t.equal(
    page([cluster, summary]),
    `Cluster
  Server:          https://a.test (kubeconfig k), v1.34.4
  Oldest kubelet:  v1.33.0, on one of 3 nodes (n1)
  Native:          native sidecars work

1 pod, 0 Jobs and 2 CronJobs looked at.
No reaper is needed.
`,
  )
})

t.test('doctorText() puts what is of one vendor and becomes native in one way under one heading', async t => {
  const expected = { ...sidecar, owner: { kind: 'Job', name: 'idle' }, pods: 0, certain: false }
  const unknown = { ...sidecar, row: null, title: null, container: 'logger', needsReaper: false, templates: 0, possible: 'no' } as const
  t.equal(
    page([unknown, sidecar, expected]),
    `Sidecars that are not native
  Acme proxy (acme)
    write it otherwise
      NAMESPACE   OWNER            CONTAINER   PODS     TEMPLATES
      shop        CronJob backup   proxy       2 pods   1 template
      shop        Job idle         proxy       0 pods   1 template   expected: no pod shows it now
  known by an annotation or a setting alone
    not before every kubelet is 1.29 or newer: write it otherwise
      NAMESPACE   OWNER            CONTAINER   PODS     TEMPLATES
      shop        CronJob backup   logger      2 pods   no template   needs no reaper: it ends by itself
`,
  )
})

t.test("doctorText() shows a vendor's note beside its switch, unless it is the switch", async t => {
  const vendor = {
    by: 'vendor',
    message: 'switch',
    since: 'Acme 2',
    annotations: { 'acme/native': 'true' },
    byDefault: null,
    note: 'A note.',
  } as const
  t.match(page([{ ...sidecar, native: vendor }]), /\n {4}switch\n {4}A note\.\n {6}NAMESPACE/)
  t.notMatch(page([{ ...sidecar, native: { ...vendor, annotations: {} } }]), 'A note')
})

t.test('doctorText() says how many more there are where a section would be too long', async t => {
  const many = Array.from({ length: 25 }, (_, index) => ({ ...sidecar, owner: { kind: 'Job', name: `job-${index}` } }))
  const text = page(many)
  t.equal(text.match(/Job job-/g)?.length, 20)
  t.match(text, /\n {6}and 5 more; -o json has them all\n$/)
})

t.test('doctorText() names the webhooks that are asked of a pod that was to have a native sidecar', async t => {
  const webhook = {
    configuration: 'hooks',
    name: 'old.test',
    suspect: true,
    certain: true,
    failurePolicy: 'Fail',
    message: 'takes only v1beta1',
  }
  t.equal(
    page([{ ...stripped, webhooks: [webhook, { ...webhook, message: '' }] }, stripped, { ...stripped, webhooks: null }]),
    `Were to be native, but are not
  shop, Job mesh, 1 pod such as mesh-x
    mesh-proxy is a plain container
    mutating webhooks that are asked of such a pod:
      hooks old.test: takes only v1beta1
      hooks old.test
  shop, Job mesh, 1 pod such as mesh-x
    mesh-proxy is a plain container
    no mutating webhook is asked of such a pod
  shop, Job mesh, 1 pod such as mesh-x
    mesh-proxy is a plain container
    which webhooks are asked of such a pod could not be read
`,
  )
})

t.test('doctorText() says since when a CronJob is blocked, and by what', async t => {
  const blocked = {
    kind: 'blocked',
    namespace: 'shop',
    cronJob: 'backup',
    job: 'backup-1',
    pod: 'backup-1-x',
    decision: 'end',
    reason: 'left-over',
    message: 'proxy left over',
    report: true,
    since: '2026-01-01T00:00:00Z',
    schedule: '@daily',
    lastSchedule: null,
  } as const
  t.equal(
    page([blocked]),
    `CronJobs that run no more
  shop, CronJob backup
    its Job backup-1 hangs since 2026-01-01T00:00:00Z; concurrencyPolicy Forbid lets no other begin
    scheduled @daily, the last run was of a time that is not known
    verdict on backup-1-x: end, left-over: proxy left over; only reported, as the setting mode asks
`,
  )
})

t.test('doctorText() names rights as RBAC does, and whose they are', async t => {
  const right = {
    kind: 'right',
    verb: 'patch',
    resource: 'pods/status',
    apiGroup: '',
    namespace: null,
    why: 'way complete',
    allowed: false,
  } as const
  const event = { ...right, verb: 'create', resource: 'events', apiGroup: 'events.k8s.io', namespace: 'shop', allowed: true }
  const admission = { kind: 'admission', result: 'refused', namespace: 'shop', pod: 'x', tried: 'completion', message: 'denied' } as const
  t.equal(
    page([right, event, { ...event, allowed: null }, admission, { ...summary, denied: 1, limits: ['Nodes: forbidden'] }], 'someone'),
    `What someone may do, of what a sweep needs
  VERB     RESOURCE               WHERE        ALLOWED   FOR
  patch    pods/status            everywhere   no        way complete
  create   events.events.k8s.io   shop         yes       way complete
  create   events.events.k8s.io   shop         unknown   way complete

Admission
  refuses the patch of pods/status (asked of shop/x): denied

warning: Nodes: forbidden
1 right that a sweep needs is missing.
1 pod, 0 Jobs and 2 CronJobs looked at.
No reaper is needed.
`,
  )
})

t.test('doctorText() shows the words of strangers as text', async t => {
  const text = page([{ ...stripped, pod: 'a\u001b[2J', message: 'b\u202e', owner: { kind: 'Job', name: 'c\n' } }])
  t.match(text, /shop, Job c\\u\{a\}, 1 pod such as a\\u\{1b\}\[2J\n {4}b\\u\{202e\}\n/)
})
