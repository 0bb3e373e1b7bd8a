import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { didYouMean } from '../documents/documents.ts'
import { HallwattError } from '../domain/errors.ts'
import type { Command } from './cli.ts'
import { type DrillSummary, drillHeading, drillLine } from './drill-figures.ts'
import { type DrilledCode, drillCodes } from './drill-rows.ts'
import { runDrill } from './drill-run.ts'
import { untilStopped } from './until-stopped.ts'

/** Beside the demo's hundred, so that both can run on one machine. */
const DRILL_BASE_PORT = 19_000

export const drill: Command = {
  usage: 'drill [code …] [--json] [--base-port 19000]',
  summary:
    'Breaks every part of a simulated hall once and follows each fault to the closed work order, with stage times.',
  async run(args) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        'base-port': { type: 'string', default: String(DRILL_BASE_PORT) },
      },
    })
    const codes = positionals.length === 0 ? drillCodes : positionals.map(codeOf)
    const basePort = Number(values['base-port'])
    if (!(Number.isInteger(basePort) && basePort >= 1024 && basePort <= 65_000))
      throw new HallwattError('HW_USAGE', `--base-port takes a port from 1024 to 65000, not "${values['base-port']}".`)
    const folder = await mkdtemp(join(tmpdir(), 'hallwatt-drill-'))
    const over = new AbortController()
    void untilStopped().then(() => over.abort())
    try {
      process.stdout.write(`${drillHeading}\n`)
      const onResult = (result: Parameters<typeof drillLine>[0]) => process.stdout.write(`${drillLine(result)}\n`)
      const summary = await runDrill({ codes, basePort, folder, onResult, signal: over.signal })
      process.stdout.write(values.json ? `${JSON.stringify(summary)}\n` : spoken(summary))
      return summary.passed === summary.rows ? 0 : 1
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
}

function codeOf(text: string): DrilledCode {
  const code = drillCodes.find((one) => one === text)
  if (code) return code
  throw new HallwattError('HW_USAGE', `There is no fault code "${text}".${didYouMean(text, [...drillCodes])}`)
}

function spoken({ rows, passed, alertMs, heartbeatLossMs }: DrillSummary): string {
  const atOnce = alertMs.atOnce ? `  fault → channel p50 ${alertMs.atOnce.p50} ms, p95 ${alertMs.atOnce.p95} ms` : ''
  const silence = heartbeatLossMs ? `  silence found after at most ${heartbeatLossMs.max} ms` : ''
  return `${passed} of ${rows} rows passed.${atOnce}${silence}\n`
}
