import type { Duplex } from 'node:stream'
import type { Link, SerialSettings } from '../config/hall-schema.ts'
import { HallwattError } from '../domain/errors.ts'
import type { Clock } from '../ports/clock.ts'
import { after } from './session.ts'

type SerialLink = Extract<Link, { type: 'modbus-rtu' }>

export interface OpenSerialPort {
  readonly port: Duplex
  /**
   * Gives the port other settings; undefined: those of the link. A port takes a new speed as it is; for anything else it is closed and
   * opened again, and `onNew` gets the new stream before the old one ends.
   * @returns the stream the line is now; undefined when nothing had to change. Rejects when the port does not open again
   */
  tune(serial: SerialSettings | undefined, onNew: (port: Duplex) => void): Promise<Duplex | undefined>
  close(): Promise<void>
}

/**
 * Opens a serial port. `serialport` is the gateway's one native add-on and optional, so it is loaded only here.
 * @throws HallwattError HW_SERIAL_MISSING when it is not installed; otherwise what the system says (no such port, no right, busy)
 */
export async function openSerialPort(link: SerialLink, timeoutMs: number, clock: Clock): Promise<OpenSerialPort> {
  const { SerialPort } = await import('serialport').catch((cause: unknown) => {
    throw new HallwattError('HW_SERIAL_MISSING', 'The package serialport is not installed.', { cause })
  })
  const { path, baud, parity, dataBits, stopBits } = link
  let settings = { baud, parity, dataBits, stopBits }
  let closed = false

  const made = (as: typeof settings) => {
    const { baud: baudRate, ...rest } = as
    return new SerialPort({ path, baudRate, ...rest, autoOpen: false })
  }
  const opened = (closedPort: ReturnType<typeof made>) =>
    new Promise<void>((resolve, reject) => {
      const cancel = after(clock, timeoutMs, () => reject(new Error(`${path} did not open within ${timeoutMs} ms`)))
      closedPort.open((error) => {
        cancel()
        if (error) reject(error)
        else resolve()
      })
    })
  const ended = (openPort: ReturnType<typeof made>) =>
    new Promise<void>((resolve) => {
      if (!openPort.isOpen) return resolve()
      openPort.close(() => resolve())
    })

  let port = made(settings)
  await opened(port)
  return {
    port,
    async tune(serial, onNew) {
      const wanted = serial ? { ...serial, dataBits: 8 as const } : { baud, parity, dataBits, stopBits }
      const before = settings
      if (Object.entries(wanted).every(([key, value]) => before[key as keyof typeof before] === value)) return undefined
      settings = wanted
      if (
        wanted.parity === before.parity &&
        wanted.dataBits === before.dataBits &&
        wanted.stopBits === before.stopBits
      ) {
        await new Promise<void>((resolve, reject) => {
          port.update({ baudRate: wanted.baud }, (error) => (error ? reject(error) : resolve()))
        })
        return port
      }
      const old = port
      port = made(wanted)
      onNew(port)
      await ended(old)
      await opened(port)
      // Whoever closed the line meanwhile found nothing open.
      if (closed) await ended(port)
      return port
    },
    close: () => {
      closed = true
      return ended(port)
    },
  }
}
