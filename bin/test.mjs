// `npm test`: installs what the tests need, then runs every check and test. Plain JavaScript for old Node.js.
// The last line is "N passed, N failed". A missing real component (InfluxDB, Mosquitto …) fails; it is never skipped.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildConsole, installDependencies, node24, root } from './install.mjs'

/** Program, or file, that must be there → Debian package that brings it. */
const TOOLS = {
  influxd: 'influxdb',
  'victoria-metrics': 'victoria-metrics',
  mosquitto: 'mosquitto',
  mosquitto_pub: 'mosquitto-clients',
  mbpoll: 'mbpoll',
  gcc: 'gcc',
  // A Modbus device that is not ours is compiled against it.
  '/usr/include/modbus/modbus.h': 'libmodbus-dev',
  '/usr/include/stdio.h': 'libc6-dev',
  socat: 'socat',
  strace: 'strace',
  sqlite3: 'sqlite3',
  openssl: 'openssl',
  snmpd: 'snmpd',
  ping: 'iputils-ping',
  chromium: 'chromium',
  // Without it every Chinese word on a picture is an empty box.
  '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc': 'fonts-noto-cjk',
}

const PATH = `${join(root, 'node_modules', '.bin')}:${process.env.PATH}:/usr/sbin`
// As the launcher sets it: gateways that tests start are as quick as those that people start.
const NODE_COMPILE_CACHE = join(root, 'node_modules', '.cache', 'hallwatt')
const env = { NODE_COMPILE_CACHE, ...process.env, PATH }
const run = (command, args, options = {}) => spawnSync(command, args, { cwd: root, stdio: 'inherit', env, ...options })
const has = (tool) =>
  tool.startsWith('/')
    ? existsSync(tool)
    : spawnSync('sh', ['-c', `command -v ${tool}`], { env, stdio: 'ignore' }).status === 0

function installTools() {
  const missing = Object.keys(TOOLS).filter((tool) => !has(tool))
  if (missing.length === 0) return
  const packages = [...new Set(missing.map((tool) => TOOLS[tool]))]
  const apt = { env: { ...env, DEBIAN_FRONTEND: 'noninteractive' }, stdio: ['ignore', 'ignore', 'inherit'] }
  if (process.getuid?.() === 0 && has('apt-get')) {
    console.log(`Installing Debian packages for the tests: ${packages.join(' ')}`)
    // A package must not start its service on this machine: the tests start their own on free ports.
    run('apt-get', ['update', '-qq'], apt)
    run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], apt)
  }
  const still = missing.filter((tool) => !has(tool))
  if (still.length === 0) return
  console.error(
    `The tests use the real programs ${still.join(', ')}. Install them: sudo apt-get install ${packages.join(' ')}`,
  )
  console.log(`0 passed, ${still.length} failed`)
  process.exit(1)
}

installDependencies()
installTools()
const node = node24()
const failures = []
if (!buildConsole()) failures.push('build of the console')
run(node, ['dashboards/console/generate-api.ts'])
const only = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'hallwatt-test-'))
const report = join(folder, 'report.json')

const checks =
  only.length > 0
    ? []
    : [
        ['format and lint', 'biome', ['check', '.']],
        ['types', 'tsc', ['--noEmit']],
        ['dead code', 'knip', []],
        ['types of the console', 'vue-tsc', ['--noEmit', '-p', 'dashboards/console/tsconfig.test.json']],
        ['types of the service worker', 'tsc', ['--noEmit', '-p', 'dashboards/console/tsconfig.worker.json']],
      ]
let passed = 0
for (const [name, command, args] of checks) {
  if (run(join(root, 'node_modules', '.bin', command), args).status === 0) passed++
  else failures.push(name)
}
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
const { status } = run(node, [
  vitest,
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile=${report}`,
  ...only,
])
let counts = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0 }
try {
  counts = JSON.parse(readFileSync(report, 'utf8'))
} catch {
  failures.push('test run: no report was written')
}
rmSync(folder, { recursive: true, force: true })
if (only.length === 0) {
  // By itself, after everything else: what is measured is the console, not the tests beside it.
  const budgets = join(root, 'dashboards', 'console', 'test', 'console-budgets.ts')
  if (run(node, [budgets, '--minutes', '0.3']).status === 0) passed++
  else failures.push('budgets of the console')
}
passed += counts.numPassedTests
const notRun = counts.numPendingTests + counts.numTodoTests
if (notRun > 0) failures.push(`${notRun} tests were not run`)
if (status !== 0 && counts.numFailedTests === 0) failures.push('test run')
if (counts.numPassedTests === 0) failures.push('no test ran')
for (const failure of failures) console.error(`failed: ${failure}`)
const failed = counts.numFailedTests + failures.length
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)
