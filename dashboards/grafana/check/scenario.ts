import type { RepairChain } from '../../../gateway/src/repair/repair.ts'
import type { WorkOrder } from '../../../gateway/src/work-orders/work-order.ts'
import type { FaultParameters, Faults } from '../../../simulators/faults.ts'

/** What breaks: on every day of the check, at this minute of the day. `minutes`: mends by itself after that long. */
const BREAKS: readonly {
  readonly day: number
  readonly at: string
  readonly fault: string
  readonly device: string
  readonly minutes?: number
  readonly parameters?: FaultParameters
}[] = [
  { day: 0, at: '09:10', fault: 'paper_jam', device: 'kiosk-01' },
  { day: 0, at: '09:40', fault: 'scanner_dead', device: 'kiosk-07' },
  { day: 0, at: '10:05', fault: 'note_jam', device: 'kiosk-05' },
  { day: 0, at: '10:50', fault: 'silent', device: 'meter-hvac', minutes: 35 },
  { day: 0, at: '13:20', fault: 'charger_tripped', device: 'evse-01', minutes: 50 },
  { day: 0, at: '14:00', fault: 'paper_out', device: 'queue-01' },
  { day: 0, at: '16:00', fault: 'app_frozen', device: 'kiosk-03' },
  { day: 1, at: '08:50', fault: 'paper_jam', device: 'kiosk-01' },
  { day: 1, at: '09:30', fault: 'card_reader_dead', device: 'kiosk-02' },
  { day: 1, at: '10:15', fault: 'disconnect', device: 'kiosk-06', minutes: 40 },
  { day: 1, at: '11:45', fault: 'printer_offline', device: 'kiosk-08' },
  { day: 1, at: '15:10', fault: 'fan_failed', device: 'kiosk-04' },
  { day: 1, at: '20:30', fault: 'network_down', device: 'kiosk-02', minutes: 25 },
  { day: 2, at: '09:00', fault: 'note_jam', device: 'kiosk-05' },
  { day: 2, at: '09:20', fault: 'paper_jam', device: 'kiosk-01' },
  { day: 2, at: '09:45', fault: 'evaluator_lost', device: 'evaluator-02', minutes: 45 },
  { day: 2, at: '10:30', fault: 'cutter_fault', device: 'kiosk-04' },
  { day: 2, at: '11:00', fault: 'silent', device: 'meter-lighting', minutes: 40 },
  { day: 2, at: '13:30', fault: 'disconnect', device: 'plug-water-heater', minutes: 50 },
  // Still broken when the check looks.
  { day: 2, at: '23:00', fault: 'disconnect', device: 'plug-kettle' },
  { day: 2, at: '23:20', fault: 'charger_tripped', device: 'evse-03' },
]

const STEP: Readonly<Record<string, 'accept' | 'arrive' | 'finish'>> = {
  pending: 'accept',
  dispatched: 'accept',
  accepted: 'arrive',
  onSite: 'finish',
}
/** Minutes a technician takes for each step, before the order's own number is added. */
const MINUTES = { accept: 4, arrive: 18, finish: 22 }
const DAY_MS = 86_400_000

type Repairing = Pick<RepairChain, 'openOrders' | 'openAlarms' | 'actOnOrder' | 'actOnAlarm' | 'report'>

/** Breaks things by the list above and repairs what orders are made for, the same way every time. */
export function createScenario(parts: {
  start: number
  faults: Faults
  repair: Repairing
  mend: (device: string) => void
}) {
  const { start, faults, repair, mend } = parts
  const due = BREAKS.flatMap(({ day, at, fault, device, minutes, parameters }) => {
    const [hour, minute] = at.split(':').map(Number)
    const from = start + day * DAY_MS + (hour! * 60 + minute!) * 60_000
    const ends = minutes === undefined ? [] : [{ at: from + minutes * 60_000, act: () => void faults.clear(device) }]
    const begins = () => {
      const result = faults.apply(fault, device, parameters)
      if (!result.ok) throw new Error(result.message)
    }
    return [{ at: from, act: begins }, ...ends]
  }).sort((a, b) => a.at - b.at)
  let reported = false

  return {
    async step(now: number): Promise<void> {
      while (due[0] && due[0].at <= now) due.shift()!.act()
      if (!reported && now >= start + 15 * 3_600_000) {
        reported = true
        await repair.report({ device: 'kiosk-02', source: 'qr', text: '屏幕有划痕', by: 'guest' })
      }
      for (const order of repair.openOrders()) await work(order, now)
    },
  }

  async function work(order: WorkOrder, now: number): Promise<void> {
    const act = STEP[order.state]
    if (!act) return
    const number = Number(order.id.slice(-4))
    const waited = (now - order.events.at(-1)!.at) / 60_000
    if (waited < MINUTES[act] + ((number * 7) % 23)) return
    const by = number % 2 === 0 ? 'li-wei' : 'wang-fang'
    const finished = order.events.filter(({ type }) => type === 'finished').length
    // A device that does not prove healthy after two repairs is closed by name.
    if (finished > 1)
      await repair.actOnOrder({ act: 'override-close', order: order.id, by: 'li-wei', reason: '已更换耗材,继续观察' })
    else if (act !== 'finish') await repair.actOnOrder({ act, order: order.id, by })
    // Every fifth repair is none: the fault is still there, the device does not prove healthy, and somebody has to go again.
    else if (number % 5 !== 0 || finished > 0) {
      faults.clear(order.device)
      mend(order.device)
      for (const alarm of repair.openAlarms().filter(({ latched, fault }) => latched && fault.device === order.device))
        await repair.actOnAlarm({ act: 'release-latch', alarm: alarm.id, by, reason: '已现场核查' })
      await repair.actOnOrder({ act, order: order.id, by, remark: '', noFault: order.source !== 'telemetry' })
    } else await repair.actOnOrder({ act, order: order.id, by, remark: '', noFault: false })
  }
}
