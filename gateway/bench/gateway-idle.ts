import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { launch } from './bench-hall.ts'
import { childrenOf, takenBy, until } from './measured-process.ts'

const method = (warmUpS: number, measureS: number) =>
  `\`npm run demo\`: the whole demo hall, simulators beside it, no InfluxDB, nobody looks at the page, no NODE_EXTRA_CA_CERTS. ${measureS} s after ${warmUpS} s of warming up, as Linux counts CPU and memory for each process; MB are 1,000,000 bytes. With Node.js 22.15 or newer the launcher becomes the gateway; started with an older one it stays beside it with about 45 MB.`

/** What the gateway takes while a hall is as quiet as a hall is. */
export async function idleDemo(warmUpS: number, measureS: number) {
  const folder = await mkdtemp(join(tmpdir(), 'hallwatt-bench-demo-'))
  // Below the ports the system gives to outgoing connections.
  const basePort = 20_000 + 100 * Math.floor(Math.random() * 120)
  // Certificates that a company adds to every Node.js of the machine are read at its start: they are not the gateway's.
  const environment = { NODE_EXTRA_CA_CERTS: '' }
  const demo = launch(['demo', '--plain', '--base-port', String(basePort), '--data', folder], environment)
  const exited = once(demo, 'exit')
  let said = ''
  demo.stdout?.on('data', (text) => (said += text))
  demo.stderr?.on('data', (text) => (said += text))
  try {
    // `74/74 台在线`: all of them, or in the short version any.
    const enough = warmUpS > 0 ? /([1-9]\d*)\/\1 / : /[1-9]\d*\/\d+ /
    await until('devices online', 60_000, async () => enough.test(said) || demo.exitCode !== null)
    if (demo.exitCode !== null) throw new Error(said)
    await delay(warmUpS * 1000)
    const [simulators = 0] = childrenOf(demo.pid!)
    const measuring = delay(measureS * 1000)
    const [gateway, beside] = await Promise.all([takenBy(demo.pid!, measuring), takenBy(simulators, measuring)])
    return {
      name: 'gateway: idle in the demo hall',
      method: method(warmUpS, measureS),
      figures: {
        'gateway: memory, MB RSS (goal ≤ 150)': Math.round(gateway.rssMaxMB),
        'gateway: CPU, % of one core (goal ≤ 5)': percent(gateway.cpuShare),
        'simulators: memory, MB RSS': Math.round(beside.rssMaxMB),
        'simulators: CPU, % of one core': percent(beside.cpuShare),
      },
    }
  } finally {
    demo.kill('SIGTERM')
    await exited
    await rm(folder, { recursive: true, force: true })
  }
}

const percent = (share: number) => Math.round(share * 1000) / 10
