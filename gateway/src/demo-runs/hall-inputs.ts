import type { DemoSettings } from '../config/demos-schema.ts'
import type { Run, RunReason } from '../demos/run.ts'
import type { InterlockView } from '../demos/run-view.ts'
import type { Value } from '../domain/frame.ts'
import type { DeviceState } from '../readings/readings.ts'

/** An input of the hall that stops demonstrations. */
export interface TrippedInput {
  readonly id: 'I1' | 'I2' | 'I10'
  readonly reason: RunReason
  /** Absent: every circuit. */
  readonly circuit?: string
  readonly device: string
}

/**
 * I1, I2 and I10 as the inputs show them. An E-stop or a contactor that gives no good reading counts as tripped: nobody knows
 * whether it could stop anything.
 */
export function trippedInputs(
  settings: DemoSettings,
  state: (device: string) => DeviceState | undefined,
): TrippedInput[] {
  const { emergencyStop, contactor, trips, dangers } = settings
  const found: TrippedInput[] = []
  const shows = ({ device, quantity, trippedWhen }: { device: string; quantity: string; trippedWhen: Value }) => {
    const reading = state(device)?.readings.get(quantity)
    if (reading?.quality !== 'good') return 'unknown'
    return reading.value === trippedWhen ? 'tripped' : 'clear'
  }
  const reason = (code: RunReason['code'], zh: string, en: string): RunReason => ({ code, text: { zh, en } })
  const stopper = (input: typeof emergencyStop, zh: string, en: string) => {
    const shown = input && shows(input)
    if (!input || shown === 'clear') return
    const [more, told] = shown === 'unknown' ? ['（读不到）', ' It cannot be read.'] : ['', '']
    found.push({ id: 'I1', device: input.device, reason: reason('HW_DEMO_EMERGENCY_STOP', zh + more, en + told) })
  }
  stopper(emergencyStop, '急停已按下', 'The emergency stop is pressed.')
  stopper(contactor, '演示接触器已断开', 'The contactor of the demonstrations is open.')
  for (const { circuit, ...input } of trips)
    if (shows(input) === 'tripped')
      found.push({
        id: 'I2',
        device: input.device,
        ...(circuit !== undefined && { circuit }),
        reason: reason(
          'HW_DEMO_TRIPPED',
          '漏电保护或断路器已跳闸',
          'A residual current device or breaker has tripped.',
        ),
      })
  for (const { kind, ...input } of dangers)
    if (shows(input) === 'tripped') {
      const { zh, en } = DANGERS[kind]
      found.push({ id: 'I10', device: input.device, reason: reason('HW_DEMO_DANGER', zh, en) })
    }
  return found
}

/** Whether an input ends this run: it has power, on that circuit where the input is of one. */
export const ends = ({ circuit }: Pick<TrippedInput, 'circuit'>, run: Run): boolean =>
  run.startedAt !== undefined &&
  run.slots.some(({ switched, device }) => switched && device !== undefined) &&
  (circuit === undefined || run.slots.some((slot) => slot.circuit === circuit))

const DANGERS = {
  smoke: { zh: '检测到烟雾', en: 'Smoke was detected.' },
  gas: { zh: '检测到燃气', en: 'Gas was detected.' },
  water: { zh: '检测到漏水', en: 'Water was detected.' },
}

/** The interlocks of the whole hall, for launcher and run. */
export function hallInterlocks(
  settings: DemoSettings,
  tripped: readonly TrippedInput[],
  open: boolean,
): InterlockView[] {
  const one = (id: 'I1' | 'I2' | 'I10', zh: string, en: string): InterlockView => {
    const found = tripped.find((input) => input.id === id)
    return { id, clear: !found, text: found?.reason.text ?? { zh, en } }
  }
  return [
    ...(settings.emergencyStop || settings.contactor
      ? [one('I1', '急停与接触器正常', 'Emergency stop and contactor')]
      : []),
    ...(settings.trips.length > 0 ? [one('I2', '保护器未跳闸', 'No breaker has tripped')] : []),
    ...(settings.dangers.length > 0 ? [one('I10', '无烟、气、水报警', 'No smoke, gas or water')] : []),
    {
      id: 'I11',
      clear: open,
      text: open
        ? { zh: '在开放时间内', en: 'Within the schedule' }
        : { zh: '非开放时间，不通电', en: 'Outside the schedule' },
    },
  ]
}
