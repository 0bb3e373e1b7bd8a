import { CAPABILITIES, type Capability, capabilitiesOf } from './capability.ts'
import type { DeviceKind } from './device-kind.ts'
import type { FaultKey } from './fault-event.ts'
import { faultFacts } from './fault-facts.ts'

interface Device {
  readonly id: string
  readonly name: string
  readonly kind: DeviceKind
}

/** What customers can no longer do at one device, and where they still can. */
interface StillServing {
  readonly capability: Capability
  readonly name: { readonly zh: string; readonly en: string }
  /** Names of the devices that can; empty: the whole hall cannot. */
  readonly at: readonly string[]
}

/**
 * Asks it of one fault after another; the open faults are looked through once.
 * @param faults  every fault that is not over
 */
export function stillServing(
  devices: readonly Device[],
  faults: readonly FaultKey[],
): (fault: FaultKey) => StillServing | undefined {
  const kinds = new Map(devices.map(({ id, kind }) => [id, kind]))
  const unable = new Map<Capability, Set<string>>()
  for (const { code, part, device } of faults)
    for (const lost of faultFacts(code, part, kinds.get(device)).loses)
      unable.set(lost, (unable.get(lost) ?? new Set()).add(device))
  return ({ code, part, device }) => {
    const capability = faultFacts(code, part, kinds.get(device)).loses[0]
    if (capability === undefined) return undefined
    const at = devices
      .filter(
        ({ id, kind }) =>
          id !== device && !unable.get(capability)?.has(id) && capabilitiesOf(kind).includes(capability),
      )
      .map(({ name }) => name)
    return { capability, name: CAPABILITIES[capability], at }
  }
}
