import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { drillCodes } from '../src/cli/drill-rows.ts'
import { runDrill } from '../src/cli/drill-run.ts'

/** Beside the drill a person may have running. */
const BASE_PORT = 29_000

/** All rows; gateway/test/drill.test.ts runs a few of them in CI. */
export async function run() {
  const folder = await mkdtemp(join(tmpdir(), 'hallwatt-drill-bench-'))
  try {
    const { rows, passed, alertMs, heartbeatLossMs, stagesMs, messages, repeatedMessages, callsPerRow } =
      await runDrill({
        codes: drillCodes,
        basePort: BASE_PORT,
        folder,
        onResult: () => {},
      })
    const { atOnce, atOnceP1 } = alertMs
    const ms = (value: number | undefined) => (value === undefined ? 'none' : `${value} ms`)
    return {
      name: 'From a fault to a closed work order (drills)',
      method: `Simulated devices, gateway and a local webhook as three processes on this machine; ${rows} faults of the taxonomy, each set at its device and followed over one-tap links and telemetry proof to the closed order, up to 25 devices at once. A terminal tells a change within 0.5 s, which is part of every figure.`,
      figures: {
        'rows that went the whole way': `${passed} of ${rows}`,
        'fault at the device → accepted by the channel, no delay declared (p50)': ms(atOnce?.p50),
        'the same, p95 (goal 1 s)': ms(atOnce?.p95),
        'the same for P1, p95 (goal 1 s)': ms(atOnceP1?.p95),
        'terminal that speaks every 5 s, or a polled meter, falls silent → found, longest (goal 3 periods)': ms(
          heartbeatLossMs?.max,
        ),
        'one tap on a link → in the order, on disk, answered (p95; goal 2 s)': ms(stagesMs?.finish.p95),
        'repaired → proved by telemetry, 3 s of health asked for (p95)': ms(stagesMs?.verify.p95),
        'messages, of these sent twice': `${messages}, ${repeatedMessages}`,
        'calls for one fault, recoveries apart': callsPerRow,
      },
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

if (import.meta.main) console.log(await run())
