import type { IdentifyResult } from './modbus.ts'
import { GARBLED, type Operation, type Outcome } from './session.ts'

/** Function code, MEI type, code, conformity, more follows, next object, number of objects. */
const HEAD_BYTES = 7
/** Basic identification has seven objects; a device that goes on for ever is stopped here. */
const MAX_ANSWERS = 8

/** Asks for the basic objects until the device says that nothing follows (V1.1b3 §6.21). */
export async function identify(
  unitId: number,
  perform: (operation: Operation) => Promise<Outcome>,
): Promise<IdentifyResult> {
  const objects = new Map<number, string>()
  let address = 0
  for (let i = 0; i < MAX_ANSWERS; i++) {
    const outcome = await perform({ kind: 'identify', unitId, address })
    if (!outcome.ok) return objects.size > 0 ? { ok: true, objects } : outcome
    const bytes = Buffer.from(outcome.words as number[])
    if (bytes.length < HEAD_BYTES || !takeObjects(bytes, objects)) return GARBLED
    const next = bytes[5] ?? 0
    if (bytes[4] !== 0xff || next <= address) break
    address = next
  }
  return { ok: true, objects }
}

/** False when an object reaches beyond the answer. */
function takeObjects(bytes: Buffer, objects: Map<number, string>): boolean {
  let at = HEAD_BYTES
  for (let left = bytes[6] ?? 0; left > 0; left--) {
    const [id, length] = [bytes[at], bytes[at + 1]]
    if (id === undefined || length === undefined || at + 2 + length > bytes.length) return false
    objects.set(id, bytes.toString('utf8', at + 2, at + 2 + length).trim())
    at += 2 + length
  }
  return true
}
