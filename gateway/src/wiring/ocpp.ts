import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { openCredentialsFile } from '../broker/credentials-file.ts'
import type { OcppSettings } from '../config/charge-point-device.ts'
import type { ResolvedHall } from '../config/resolved-hall.ts'
import { HallwattError } from '../domain/errors.ts'
import type { Presence } from '../domain/frame.ts'
import { createTroubles } from '../ingest/troubles.ts'
import type { Ocpp } from '../ocpp/ocpp.ts'
import type { Store } from '../store/store.ts'
import type { Frames } from './frames.ts'
import type { GatewayOptions, Opened } from './opened.ts'

/** The port of charge points, and how it goes over to another state of the hall. */
export interface ChargePoints {
  readonly ocpp: Ocpp
  takeOver(hall: ResolvedHall): Promise<void>
}

/** Undefined when the hall has no such port. */
export async function openChargePoints(
  parts: {
    hall: () => ResolvedHall
    store: Store
    frames: Frames
    onPresence: (device: string, presence: Presence, at: number, reason?: string) => void
  },
  options: GatewayOptions,
  opened: Opened,
): Promise<ChargePoints | undefined> {
  const { hall, store, frames, onPresence } = parts
  const settings = hall().hall.ocpp
  if (!settings) return undefined
  const { clock, log, random, folder } = options
  const credentials =
    settings.securityProfile > 0 && settings.credentialsFile !== undefined
      ? await openCredentialsFile(resolve(folder, settings.credentialsFile), clock)
      : undefined
  // A hall without charge points does not carry the library.
  const { openOcpp } = await import('../ocpp/ocpp.ts')
  const ocpp = await openOcpp({
    settings,
    devices: [...hall().devices.values()],
    store,
    clock,
    log,
    random,
    troubles: createTroubles(log, clock),
    tls: await tlsOf(settings, folder),
    verify: credentials && ((chargePoint, password) => credentials.verify(chargePoint, asWritten(password))),
    onFrame: frames.take,
    onPresence,
  })
  opened.add(() => ocpp.close())
  return {
    ocpp,
    async takeOver(next) {
      await credentials?.reload()
      ocpp.setDevices([...next.devices.values()])
    },
  }
}

async function tlsOf({ tls, securityProfile }: OcppSettings, folder: string) {
  if (!tls || securityProfile !== 2) return undefined
  const pem = (file: string) =>
    readFile(resolve(folder, file)).catch((cause: unknown) => {
      throw new HallwattError('HW_FILE_UNREADABLE', `${file} (ocpp.tls) could not be read.`, { cause })
    })
  return { cert: await pem(tls.certificateFile), key: await pem(tls.keyFile) }
}

/**
 * An AuthorizationKey is set as hexadecimal digits; some charge points send the bytes these stand for. A password of bytes that
 * are no text is taken as the digits a person has written.
 */
export function asWritten(password: Buffer): Buffer {
  const isText = password.every((byte) => byte >= 0x20 && byte < 0x7f)
  return isText ? password : Buffer.from(password.toString('hex'))
}
