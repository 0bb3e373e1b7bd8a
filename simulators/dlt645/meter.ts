import type { Trouble } from '../trouble.ts'
import { type MeterRequest, meterFrame } from './codec.ts'
import type { Items } from './items.ts'

/** One meter on a line. */
export interface Dlt645Meter {
  readonly device: string
  /** Twelve digits. */
  readonly address: string
  readonly items: Items
  readonly trouble: Trouble
  /** Longest data of one frame; what does not fit is fetched frame by frame. */
  readonly maxData?: number
}

const READ = 0x11
const READ_MORE = 0x12
const READ_ADDRESS = 0x13
const FROM_METER = 0x80
const MORE = 0x20
const REFUSED = 0x40
/** Bits of the error word. */
const OTHER_ERROR = 1
const NO_SUCH_DATA = 2
const MOST_DATA = 200

/** What the meter says to a request; undefined when it is not meant, or is out of order. A meter never answers a broadcast. */
export function meterAnswer(meter: Dlt645Meter, request: MeterRequest): Buffer | undefined {
  if (meter.trouble.silent || !isMeant(meter, request)) return undefined
  const say = (control: number, data: readonly number[]) => meterFrame(meter.address, control, data)
  const { control, data } = request
  if (control === READ_ADDRESS)
    return say(
      FROM_METER | READ_ADDRESS,
      [...(meter.address.match(/../g) ?? [])].reverse().map((pair) => Number.parseInt(pair, 16)),
    )
  if (control !== READ && control !== READ_MORE) return say(FROM_METER | REFUSED | control, [OTHER_ERROR])
  const identifier = data.slice(0, 4)
  const name = identifier
    .map((byte) => byte.toString(16).toUpperCase().padStart(2, '0'))
    .reverse()
    .join('')
  const all = meter.items[name]?.()
  if (!all || meter.trouble.exception) return say(FROM_METER | REFUSED | control, [NO_SUCH_DATA])
  const room = (meter.maxData ?? MOST_DATA) - 4
  const part = control === READ ? 0 : (data[4] ?? 0)
  const bytes = all.slice(part * room, (part + 1) * room)
  const more = all.length > (part + 1) * room ? MORE : 0
  return say(FROM_METER | more | control, [...identifier, ...bytes, ...(control === READ ? [] : [part])])
}

function isMeant({ address }: Dlt645Meter, { pairs }: MeterRequest): boolean {
  const own = address.match(/../g) ?? []
  return pairs.every((pair, i) => pair === 'AA' || pair === own[i])
}
