import { idleDemo } from './gateway-idle.ts'
import { restart } from './gateway-restart.ts'
import { steadyLoad } from './gateway-steady.ts'
import { alarmStorm } from './gateway-storm.ts'
import { toInfluxdb } from './gateway-to-influx.ts'

/** The whole gateway as a process, over real sockets. `short` is for CI: it shows that nothing is lost, not how fast it is. */
export async function run({ short = false }: { short?: boolean } = {}) {
  return [
    await steadyLoad(short ? 2 : 40),
    await alarmStorm(short ? 2 : 20),
    await toInfluxdb(short ? 500 : 10_000),
    await restart(short ? 3000 : 1_000_000, short ? 1 : 5),
    await idleDemo(short ? 0 : 60, short ? 1 : 60),
  ]
}

if (import.meta.main) console.log(await run({ short: process.argv.includes('--short') }))
