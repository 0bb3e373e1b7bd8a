import { type Asking, createAsking } from '../asking/asking.ts'
import type { ResolvedHall } from '../config/resolved-hall.ts'
import { readSecret } from '../config/secrets.ts'
import type { ErrorCode } from '../domain/error-codes.ts'
import type { Presence } from '../domain/frame.ts'
import { storedDocument } from '../store/documents-table.ts'
import type { Store } from '../store/store.ts'
import type { Frames } from './frames.ts'
import type { GatewayOptions, Opened } from './opened.ts'
import { createPowerSignatures, type KeptHabit } from './power-signatures.ts'

/** Devices that are asked over the network. */
export function openAsking(
  parts: {
    hall: () => ResolvedHall
    frames: Frames
    onPresence: (device: string, presence: Presence, at: number, reason?: string) => void
  },
  { clock, log, random, environment }: GatewayOptions,
  opened: Opened,
): Asking {
  const { hall, frames, onPresence } = parts
  const asking = createAsking({
    ...{ clock, log, random, onPresence },
    secret: (name) => secretOf(environment, name),
    onFrame: (frame) => frames.takeAside(frame),
  })
  opened.add(() => asking.close())
  asking.setDevices(hall().devices.values())
  return asking
}

/** `printers` → HALLWATT_SECRET_PRINTERS, or the file named by HALLWATT_SECRET_PRINTERS_FILE. */
export function secretOf(environment: Record<string, string | undefined>, name: string): string | undefined {
  try {
    return readSecret(environment, `HALLWATT_SECRET_${name.replaceAll('-', '_').toUpperCase()}`)
  } catch {
    // A file that cannot be read is a secret that is not there: the device says so when it is asked.
    return undefined
  }
}

const KEEP_EVERY_MS = 600_000

/** Devices that are read off the power of their plug; what was learnt of them outlives a restart. */
export async function openPowerSignatures(
  parts: Omit<Parameters<typeof createPowerSignatures>[0], 'kept' | 'clock'> & { store: Store },
  { clock, log }: GatewayOptions,
  opened: Opened,
) {
  const document = storedDocument<readonly KeptHabit[]>(parts.store, 'power-signatures', [])
  const signatures = createPowerSignatures({ ...parts, clock, kept: await document.load() })
  const keep = () =>
    signatures.kept().length === 0
      ? undefined
      : document.save(signatures.kept()).catch((error: Error) => {
          log.warn({ code: 'HW_STORE_IO' satisfies ErrorCode, cause: error.message }, 'power signatures were not kept')
        })
  opened.add(keep)
  opened.every(1000, signatures.tick)
  opened.every(KEEP_EVERY_MS, keep)
  return signatures
}
