import type { DeviceKind } from '../../../gateway/src/domain/device-kind.ts'
import type { Frame, Series } from '../../../gateway/src/domain/frame.ts'
import { lineOf } from '../../../gateway/src/influx/line-protocol.ts'

const KINDS: readonly DeviceKind[] = ['kiosk', 'kiosk', 'kiosk', 'meter', 'plug', 'evse']
const STEP_MS = 600_000
const ZONES = 12

/** Lines of one day of a hall with this many devices, as the gateway writes them: readings, status, an alarm and an order each. */
export function* dayOf(devices: number, to: number): Generator<string> {
  const steps = 86_400_000 / STEP_MS
  for (let device = 0; device < devices; device++) {
    const kind = KINDS[device % KINDS.length]!
    const series = (stream: Series['stream'], code?: string): Series => ({
      hall: 'big',
      zone: `zone-${device % ZONES}`,
      device: `${kind}-${device}`,
      kind,
      profile: `maker/${kind}`,
      stream,
      ...(code && { code }),
    })
    const frame = (stream: Series['stream'], at: number, values: Frame['values'], code?: string) =>
      lineOf(series(stream, code), { device: `${kind}-${device}`, stream, at, values })
    for (let step = 0; step < steps; step++) {
      const at = to - (steps - step) * STEP_MS
      yield frame('reading', at, readingOf(kind, step))
      if (step % 4 === 0)
        yield frame('status', at, { online: device % 7 > 0, dutyAvailability: device % 5 > 0 ? 100 : 0 })
    }
    const alarm = { alarmId: `A${device}`, alarmState: 'unacknowledged', alarmPriority: 'P2', alarmActive: true }
    yield frame('alarm', to - STEP_MS, { ...alarm, alarmSuppressed: false }, 'prn.paper_jam')
    const order = { orderId: `W${device}`, orderState: 'closed', orderPriority: 'P2', orderAge: 3600 }
    yield frame('work_order', to - STEP_MS, { ...order, orderToRepairTime: 3600, orderFalseAlarm: 0 }, 'prn.paper_jam')
  }
  const own = { hall: 'big', zone: '', device: 'gateway', kind: '', profile: '', stream: 'gateway' } as const
  const values = {
    devicesTotal: devices,
    devicesOnline: devices,
    alarmsOpen: devices,
    ordersOpen: 0,
    'unitsAble.payQr': 3,
  }
  yield lineOf(own, { device: 'gateway', stream: 'gateway', at: to - STEP_MS, values })
}

function readingOf(kind: DeviceKind, step: number): Frame['values'] {
  if (kind === 'kiosk')
    return {
      'paperRemaining.receipt': 100 - (step % 90),
      cashBoxFill: step % 90,
      transactions: step,
      transactionsFailed: 0,
    }
  const power = { activePower: 1000 + step, activeEnergyImport: step }
  return kind === 'evse' ? { ...power, evseState: step % 50 > 25 ? 'A' : 'C', sessionEnergy: step % 40 } : power
}

/** Writes lines in batches and waits until InfluxDB has them. */
export async function writeLines(url: string, database: string, lines: Iterable<string>): Promise<number> {
  let batch: string[] = []
  let written = 0
  const flush = async () => {
    const answer = await fetch(`${url}/write?db=${database}&precision=ms`, { method: 'POST', body: batch.join('\n') })
    if (answer.status !== 204) throw new Error(`InfluxDB answers ${answer.status}: ${await answer.text()}`)
    written += batch.length
    batch = []
  }
  for (const line of lines) if (batch.push(line) >= 5000) await flush()
  if (batch.length > 0) await flush()
  return written
}
