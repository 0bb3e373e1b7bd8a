import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { Scenario } from '../demos/scenario-schema.ts'
import { HallwattError } from '../domain/errors.ts'
import type { Command } from './cli.ts'
import { type CheckResult, checkOne } from './scenarios-check-one.ts'
import { watchRuns } from './scenarios-guide.ts'
import { type CheckHall, startCheckHall } from './scenarios-hall.ts'
import { isHot, type KillResult, killInTheMiddle } from './scenarios-kill.ts'
import { readCheckValues } from './scenarios-values.ts'
import { shippedScenarios } from './shipped-scenarios.ts'

/** Beside the hundreds of demo and drill, so that all can run on one machine. */
const BASE_PORT = 20_000
/** Twenty-two starts in one instant would measure a crowd. */
const BETWEEN_STARTS_MS = 300

export const scenariosCheck: Command = {
  usage: 'scenarios-check [--only D03,D11] [--kill] [--json] [--base-port 20000]',
  summary:
    'Plays every demonstration on simulated devices as a guide does and compares its figures; --kill ends the gateway in the middle.',
  async run(args) {
    const { values } = parseArgs({
      args: [...args],
      options: {
        only: { type: 'string' },
        kill: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        'base-port': { type: 'string', default: String(BASE_PORT) },
      },
    })
    const basePort = Number(values['base-port'])
    if (!(Number.isInteger(basePort) && basePort >= 1024 && basePort <= 65_000))
      throw new HallwattError('HW_USAGE', `--base-port takes a port from 1024 to 65000, not "${values['base-port']}".`)
    const scenarios = chosen(await shippedScenarios(), values.only).filter((one) => !values.kill || isHot(one))
    const folder = await mkdtemp(join(tmpdir(), 'hallwatt-scenarios-'))
    try {
      const hall = await startCheckHall({ folder, basePort })
      try {
        const results = await (values.kill ? killAll : playAll)(hall, scenarios)
        const passed = results.filter((result) => result.passed).length
        process.stdout.write(values.json ? `${JSON.stringify({ scenarios: results.length, passed })}\n` : '')
        return passed === results.length && passed > 0 ? 0 : 1
      } finally {
        await hall.close()
      }
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
}

function chosen(all: readonly Scenario[], only: string | undefined): readonly Scenario[] {
  if (only === undefined) return all
  const numbers = only.split(',').map((word) => word.trim())
  const unknown = numbers.filter((word) => !all.some(({ number, id }) => number === word || id === word))
  if (unknown.length > 0) throw new HallwattError('HW_USAGE', `There is no demonstration ${unknown.join(', ')}.`)
  return all.filter(({ number, id }) => numbers.includes(number) || numbers.includes(id))
}

async function playAll(hall: CheckHall, scenarios: readonly Scenario[]): Promise<CheckResult[]> {
  const values = await readCheckValues()
  const watch = await watchRuns(hall)
  try {
    return await Promise.all(
      scenarios.map(async (scenario, index) => {
        await delay(index * BETWEEN_STARTS_MS)
        const result = await checkOne(hall, watch, scenario, values.get(scenario.id))
        tell(result, `${Math.round(result.seconds)} s`.padStart(6), result.sentence)
        return result
      }),
    )
  } finally {
    watch.close()
  }
}

async function killAll(hall: CheckHall, scenarios: readonly Scenario[]): Promise<KillResult[]> {
  const values = await readCheckValues()
  const first = await killInTheMiddle(hall, scenarios, values)
  // Loads that are on for seconds only can be missed in the crowd; they get a round of their own.
  const missed = first.filter(({ wasOn }) => !wasOn).map(({ scenario }) => scenario)
  const second = missed.length === 0 ? [] : await killInTheMiddle(hall, missed, values)
  const results = [...first.filter(({ wasOn }) => wasOn), ...second]
  for (const result of results) {
    const s = result.offAfterS === undefined ? '  –   ' : `${result.offAfterS.toFixed(1)} s`.padStart(6)
    tell(result, s, { zh: '断电后', en: 'until everything was off' })
  }
  return results
}

function tell(
  { scenario, passed, problems }: CheckResult | KillResult,
  figure: string,
  said: { readonly zh: string; readonly en: string },
): void {
  const { number, name } = scenario
  const line = `${number} ${passed ? '✓' : '✗'} ${figure}  ${name.zh} · ${name.en}  ${said.zh} · ${said.en}\n`
  process.stdout.write(line + problems.map((problem) => `      ${problem}\n`).join(''))
}
