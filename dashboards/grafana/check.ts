import { parseArgs } from 'node:util'
import { startInfluxdb } from '../../gateway/test/servers/influxdb.ts'
import { boardOf } from './board.ts'
import { BOARDS } from './boards.ts'
import { checkBoards } from './check/check-boards.ts'
import { EXPECTED } from './check/expected/expected.ts'
import { factsOf } from './check/facts.ts'
import { simulateDays } from './check/simulated-days.ts'

/** Three days hold a repeat fault, a false fix and what is still broken at the end. */
const DAYS = 3
/** The boards are opened at an odd time, as people do: no bucket begins where the time range does. */
const BEFORE_MIDNIGHT_MS = 203_000
const DATABASE = 'hallwatt'

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } })
const say = (line: string) => (values.json ? process.stderr : process.stdout).write(`${line}\n`)

const influx = await startInfluxdb()
try {
  await influx.createDatabase(DATABASE)
  const began = performance.now()
  const seconds = () => `${((performance.now() - began) / 1000).toFixed(1)} s`
  const days = await simulateDays({ days: DAYS, influx: { url: influx.url, database: DATABASE } })
  say(`${DAYS} simulated days, ${days.frames.length} frames in InfluxDB after ${seconds()}`)
  const { troubles, ...checked } = await checkBoards(BOARDS.map(boardOf), {
    url: influx.url,
    database: DATABASE,
    facts: factsOf(days.frames),
    now: days.to - BEFORE_MIDNIGHT_MS,
    expected: EXPECTED,
  })
  for (const trouble of troubles) say(trouble)
  const { boards, panels, withData } = checked
  say(
    `${boards} boards, ${panels} panels, ${withData} with data, ${checked.checked} with the right numbers after ${seconds()}`,
  )
  if (values.json) process.stdout.write(`${JSON.stringify(checked)}\n`)
  if (withData < panels || checked.checked < panels) process.exitCode = 1
} finally {
  await influx.close()
}
