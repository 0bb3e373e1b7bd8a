import { crashRounds } from '../test/support/crash-rounds.ts'

/** `kill -9` of the gateway, and now and then of InfluxDB, while terminals publish. */
export async function run({ rounds = 50 } = {}) {
  const { acknowledged, lost, duplicated, readyMs } = await crashRounds(rounds, Math.random)
  const sorted = [...readyMs].sort((a, b) => a - b)
  return {
    name: 'Crash: kill -9 at random moments',
    method:
      'Four terminals publish numbered QoS 1 readings in a closed loop; the gateway is killed with SIGKILL 0.3–1.8 s after it was ready, ' +
      'InfluxDB 1.6.7 too in every third round. At the end every acknowledged number is looked up in InfluxDB. Ready: start of the process ' +
      'until `/readyz` answers 200, warm compile cache.',
    figures: {
      rounds,
      'readings acknowledged': acknowledged,
      'acknowledged readings lost (goal 0)': lost,
      'points doubled in InfluxDB (goal 0)': duplicated,
      'ready again, median ms': sorted[Math.floor(sorted.length / 2)] ?? 0,
      'ready again, worst ms (goal 3000)': sorted.at(-1) ?? 0,
    },
  }
}
