import type { Value } from '../domain/frame.ts'
import type { ProfileCommand, RegisterWrite } from './command-schema.ts'
import { decimalOf, scaled } from './decimal.ts'
import type { OcppCallRule } from './ocpp-calls.ts'
import type { Profile, WordOrder } from './profile-schema.ts'

/** One thing that is sent for a command, ready for the wire. */
export type CommandStep =
  /** uint16 words in wire order. */
  | {
      readonly via: 'registers'
      readonly address: number
      readonly words: readonly number[]
      readonly unless?: AlreadySo
    }
  | { readonly via: 'coil'; readonly address: number; readonly on: boolean; readonly unless?: AlreadySo }
  | { readonly via: 'message'; readonly topic: string; readonly payload: string }
  /** Filled in where the transaction under way is known. */
  | { readonly via: 'ocpp'; readonly rule: OcppCallRule; readonly value?: Value; readonly seconds?: number }

/** What a reading shows when the step is not needed. */
export interface AlreadySo {
  readonly quantity: string
  readonly value: Value
}

export interface CommandContext {
  /** Values for the {names} of topics. */
  readonly parameters: Readonly<Record<string, string>>
  /** The number of the command. */
  readonly id: string
  /** Unix ms. */
  readonly at: number
  /** It is to be taken back after so many seconds. */
  readonly seconds?: number
}

/**
 * Everything that is sent for a command, in order; the last step is the command itself. `value` has been checked before.
 * @throws RangeError when the value does not fit the register: a profile whose range is wider than its type is refused before
 */
export function commandSteps(
  profile: Profile,
  command: ProfileCommand,
  value: Value | undefined,
  context: CommandContext,
): readonly CommandStep[] {
  const { register, message, ocpp, timed } = command
  if (ocpp && profile.ocpp) {
    const { seconds } = context
    return [
      { via: 'ocpp', rule: ocpp, ...(value !== undefined && { value }), ...(seconds !== undefined && { seconds }) },
    ]
  }
  if (register && profile.modbus) {
    const order = profile.modbus.wordOrder
    const before = command.before.map((one): CommandStep => {
      const step = registerStep(one, one.value, order)
      return one.quantity === undefined ? step : { ...step, unless: { quantity: one.quantity, value: one.value } }
    })
    return [...before, registerStep(register, value ?? true, order)]
  }
  const own = context.seconds !== undefined && timed && context.seconds <= timed.mostS ? timed : message
  return own ? [messageOf(own, value, context)] : []
}

/** The message that makes a device report, or none. */
export const askingMessage = ({ ask }: ProfileCommand, context: CommandContext): CommandStep | undefined =>
  ask && messageOf(ask, undefined, context)

function messageOf(
  { topic, payload }: { readonly topic: string; readonly payload: string },
  value: Value | undefined,
  { parameters, id, at, seconds = 0 }: CommandContext,
): CommandStep {
  const inPayload: Readonly<Record<string, string>> = {
    ...parameters,
    value: String(value ?? ''),
    id,
    time: String(at),
    seconds: String(seconds),
    'seconds+100': String(seconds + 100),
  }
  // What is no known name is the payload's own brace: JSON has many.
  const fill = (text: string, names: Readonly<Record<string, string>>) =>
    text.replace(/\{([a-zA-Z+0-9]+)\}/g, (whole, name: string) => (Object.hasOwn(names, name) ? names[name]! : whole))
  return { via: 'message', topic: fill(topic, parameters), payload: fill(payload, inPayload) }
}

function registerStep(write: RegisterWrite, value: Value, order: WordOrder) {
  const raw = rawOf(write, value)
  if (write.table === 'coil') return { via: 'coil', address: write.address, on: raw !== 0 } as const
  return { via: 'registers', address: write.address, words: encode(write.type, raw, write.wordOrder ?? order) } as const
}

function rawOf({ raw, scale }: RegisterWrite, value: Value): number {
  const listed = raw?.[String(value)]
  if (listed !== undefined) return listed
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value === 'string') throw new RangeError(`"${value}" has no raw number.`)
  if (scale === undefined) return value
  const { digits, places } = decimalOf(scale)
  // 6.3 A at 0.001 is 6300 and not 6299.999…: the scale is a decimal, so the division is one of integers.
  return scaled(value, 1, -places) / digits
}

const LIMITS = {
  uint16: [0, 0xffff],
  int16: [-0x8000, 0x7fff],
  uint32: [0, 0xffffffff],
  int32: [-0x80000000, 0x7fffffff],
} as const

/** uint16 words in wire order. Integers are rounded to the nearest. */
function encode(type: RegisterWrite['type'], raw: number, order: WordOrder): number[] {
  const view = new DataView(new ArrayBuffer(4))
  if (type === 'float32') view.setFloat32(0, raw)
  else {
    const whole = Math.round(raw)
    const [low, high] = LIMITS[type]
    if (!(whole >= low && whole <= high)) throw new RangeError(`${raw} does not fit ${type}.`)
    if (type === 'uint16' || type === 'int16') return [whole & 0xffff]
    view.setInt32(0, whole | 0)
  }
  const words = [view.getUint16(0), view.getUint16(2)]
  return order === 'high-first' ? words : words.reverse()
}
