import type { Duplex } from 'node:stream'
import type { Link } from '../config/hall-schema.ts'
import { HallwattError } from '../domain/errors.ts'
import type { Clock } from '../ports/clock.ts'
import { after } from './session.ts'

type SerialLink = Extract<Link, { type: 'modbus-rtu' }>

/**
 * Opens a serial port. `serialport` is the gateway's one native add-on and optional, so it is loaded only here.
 * @throws HallwattError HW_SERIAL_MISSING when it is not installed; otherwise what the system says (no such port, no right, busy)
 */
export async function openSerialPort(
  link: SerialLink,
  timeoutMs: number,
  clock: Clock,
): Promise<{ port: Duplex; close: () => Promise<void> }> {
  const { SerialPort } = await import('serialport').catch((cause: unknown) => {
    throw new HallwattError('HW_SERIAL_MISSING', 'The package serialport is not installed.', { cause })
  })
  const { path, baud: baudRate, parity, dataBits, stopBits } = link
  const port = new SerialPort({ path, baudRate, parity, dataBits, stopBits, autoOpen: false })
  await new Promise<void>((resolve, reject) => {
    const cancel = after(clock, timeoutMs, () => reject(new Error(`${path} did not open within ${timeoutMs} ms`)))
    port.open((error) => {
      cancel()
      if (error) reject(error)
      else resolve()
    })
  })
  const close = () =>
    new Promise<void>((resolve) => {
      if (!port.isOpen) return resolve()
      port.close(() => resolve())
    })
  return { port, close }
}
