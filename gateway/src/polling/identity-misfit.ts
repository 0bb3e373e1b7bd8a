import type { IdentifyResult } from '../modbus/modbus.ts'
import type { ModbusProfile } from '../profiles/profile-schema.ts'

/** Object ids of the basic device identification (V1.1b3 §6.21). */
const OBJECT_IDS = { vendor: 0, productCode: 1, revision: 2, productName: 4, modelName: 5 } as const

/**
 * What a device says of itself that shows it is another model, as a person reads it; undefined when it fits. A device that does not
 * know the function, or leaves an object out, proves nothing.
 */
export function identityMisfit(
  wanted: NonNullable<ModbusProfile['identity']>,
  answer: IdentifyResult | undefined,
): string | undefined {
  if (!answer?.ok) return undefined
  for (const [name, start = ''] of Object.entries(wanted)) {
    const said = answer.objects.get(OBJECT_IDS[name as keyof typeof OBJECT_IDS])
    if (said !== undefined && !said.toLowerCase().startsWith(start.toLowerCase())) return said
  }
  return undefined
}
