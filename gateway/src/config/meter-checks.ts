import { didYouMean } from '../documents/documents.ts'
import type { Hall, Link } from './hall-schema.ts'

type Device = Hall['devices'][number]
type Report = (path: readonly PropertyKey[], message: string) => void

/** What a DL/T 645 meter needs of hall.yaml: a serial line, its address, and even parity. */
export function reportMeter(
  device: Device,
  links: Readonly<Record<string, Link>>,
  variants: readonly string[],
  at: readonly PropertyKey[],
  report: Report,
): void {
  const { profile, address, variant } = device
  const names = Object.keys(links)
  for (const key of ['unitId', 'topic'] as const)
    if (device[key] !== undefined)
      report([...at, key], `${profile} speaks DL/T 645 and needs no ${key}: remove this line.`)
  if (typeof address === 'number')
    report([...at, 'address'], 'Write the address in quotes, with its leading zeros: "000000000161".')
  if (address === undefined)
    report(at, `address is missing: ${profile} is asked by the 12 digits on the meter’s label, in quotes.`)
  if (variant !== undefined && !variants.includes(variant))
    report(
      [...at, 'variant'],
      `${profile} has no variant "${variant}". ${variants.length > 0 ? `Variants: ${variants.join(', ')}.` : 'It has no variants: remove this line.'}`,
    )
  if (device.link === undefined) {
    report(
      at,
      `link is missing: ${profile} is read over a serial line. Links of this file: ${names.join(', ') || 'none'}.`,
    )
    return
  }
  const link = links[device.link]
  if (!link) report([...at, 'link'], `Link "${device.link}" is not in links.${didYouMean(device.link, names)}`)
  else if (link.type === 'modbus-tcp')
    report(
      [...at, 'link'],
      `DL/T 645 needs a line that passes bytes on: "${device.link}" is modbus-tcp. Use modbus-rtu (a serial port) or modbus-rtu-over-tcp (a serial server).`,
    )
  else if (link.type === 'modbus-rtu' && device.serial === undefined && link.parity !== 'even')
    report(
      at,
      `DL/T 645 is 8E1, but "${device.link}" has parity ${link.parity ?? 'none'}: write serial: { baud: 2400, parity: even } on this device, or parity: even on the link.`,
    )
}

/** Two meters under one address would answer at once, and so would a meter asked by a wildcard and its neighbours. */
export function reportSharedAddresses(devices: readonly Device[], report: Report): void {
  const seen: { link: string; address: string; id: string }[] = []
  devices.forEach((device, i) => {
    if (typeof device?.link !== 'string' || typeof device.address !== 'string') return
    const { link, address, id } = device
    const other = seen.find((one) => one.link === link && mayBothAnswer(one.address, address))
    if (other)
      report(
        ['devices', i, 'address'],
        address.includes('A') || other.address.includes('A')
          ? `A wildcard is for the only meter it can mean: on ${link}, ${other.id} would answer too.`
          : `Address ${address} on ${link} is ${other.id} already.`,
      )
    seen.push({ link, address, id })
  })
}

const mayBothAnswer = (a: string, b: string): boolean =>
  [...a].every((digit, i) => digit === 'A' || b[i] === 'A' || digit === b[i])
