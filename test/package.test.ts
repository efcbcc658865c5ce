import t from 'tap'
import packageJson from '../package.json' with { type: 'json' }
import lock from '../package-lock.json' with { type: 'json' }

t.test('every install script of a dependency is allowed in the version that is locked', async t => {
  const packages = Object.entries(lock.packages as Readonly<Record<string, { version?: string; hasInstallScript?: boolean }>>) // npm wrote it
  const scripted = packages
    .filter(([, { hasInstallScript }]) => hasInstallScript)
    .map(([path, { version }]) => `${path.replace(/^.*node_modules\//, '')}@${version}`)
  t.strictSame(Object.keys(packageJson.allowScripts).toSorted(), scripted.toSorted(), 'npm install-scripts approve PACKAGE')
})
